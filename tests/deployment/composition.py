"""Readers of the deployment files (Compose, Dockerfile, `.env.example`), which parse them as the real programs do."""

from __future__ import annotations

import ast
import fnmatch
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
ENV_EXAMPLE = ROOT / ".env.example"
FILLED_IN = {
    "SITE_URL": "https://jobb.example.no",
    "ALLOWED_HOSTS": "jobb.example.no",
    "SECRET_KEY": "a-key-for-tests-only-with-nothing-behind-it",
    "POSTGRES_PASSWORD": "databasepassword",
    "REDIS_PASSWORD": "brokerpassword",
}
"""The variables that must be set in `.env` before the services start, and no others."""
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<how>:-|:\?)(?P<word>[^}]*))?\}|\$")


class Refused(Exception):
    """Compose would stop with this error message."""


def variables() -> dict[str, list[str]]:
    """Every variable that docker-compose.yml takes from `.env`, with the error messages for a missing one."""
    found: dict[str, list[str]] = {}
    for match in _VARIABLE.finditer(_without_comments(COMPOSE.read_text())):
        if match["name"]:
            found.setdefault(match["name"], []).extend([match["word"]] if match["how"] == ":?" else [])
    return found


def compose(**values: str) -> dict[str, Any]:
    """docker-compose.yml with the values of `.env` substituted."""
    return _fill(YAML(typ="safe").load(COMPOSE.read_text()), values)


def services() -> dict[str, dict[str, Any]]:
    return compose(**FILLED_IN)["services"]


def _fill(node: Any, values: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _fill(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, values) for value in node]
    return _VARIABLE.sub(lambda match: _value(match, values), node) if isinstance(node, str) else node


def _value(match: re.Match[str], values: dict[str, str]) -> str:
    if match[0] == "$$":
        return "$"
    if match[0] == "$":
        raise Refused("A lone $ is a mistake in a composition; a real one is written $$.")
    value = values.get(match["name"], "")
    if not value and match["how"] == ":?":
        raise Refused(match["word"])
    return value or (match["word"] if match["how"] == ":-" else "") or ""


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def read_env_example() -> dict[str, str]:
    """Variables of .env.example with the comments above them."""
    found, comment = {}, []
    for line in ENV_EXAMPLE.read_text().splitlines():
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
        elif not line:
            comment = []
        else:
            name, _, value = line.partition("=")
            assert value == "", f"{name}: a file that is safe to copy sets nothing"
            found[name] = " ".join(comment)
    return found


def list_settings() -> dict[str, str]:
    """Variables that jobsearch/settings.py reads, with their defaults as text."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse((ROOT / "jobsearch" / "settings.py").read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id in {"env", "env_databases"}):
            continue
        first, *others = node.args
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            continue
        try:
            default = ast.literal_eval(others[0]) if others else ""
        except ValueError:  # a method of the value, not the reading of a variable
            continue
        default = int(default) if isinstance(default, bool) else default
        found[first.value] = ",".join(default) if isinstance(default, list) else str(default)
    return found


def dockerfile() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, continued lines joined."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    text = "\n".join(lines).replace("\\\n", " ")
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in text.splitlines()]


def read_image_environment() -> dict[str, str]:
    """Environment variables of the image, without PATH."""
    text = " ".join(rest for word, rest in dockerfile() if word == "ENV")
    return {name: value for name, _, value in (part.partition("=") for part in text.split()) if name != "PATH"}


def copied() -> dict[str, str]:
    """COPY instructions of the Dockerfile: source and target."""
    pairs = (rest.split() for word, rest in dockerfile() if word == "COPY" and not rest.startswith("--from"))
    return {source: target for source, target in pairs}  # noqa: C416 - asserts that a line has two parts


def copy_as_in_image(folder: Path) -> None:
    """Copy the project into a folder as in the image's /srv/utlyst: only what COPY takes and .dockerignore does not exclude."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    allowed = {line[1:] for line in lines if line.startswith("!")}
    everywhere = [line.removeprefix("**/") for line in lines if line.startswith("**/")]

    def ignored(_: str, names: list[str]) -> set[str]:
        return {name for name in names for pattern in everywhere if fnmatch.fnmatch(name, pattern)}

    assert lines[0] == "*", "the .dockerignore lets in by name only"
    for source, target in copied().items():
        assert source in allowed, f"{source} is copied, but .dockerignore keeps it out"
        if not target.startswith("/srv/utlyst"):
            continue
        to = folder / target.removeprefix("/srv/utlyst").lstrip("/")
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, to, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy2(ROOT / source, to)


def compile_as_in_image(folder: Path) -> None:
    """Compile the copied files to bytecode as the Dockerfile does, since the container cannot write it."""
    (line,) = [rest for word, rest in dockerfile() if word == "RUN" and "compileall" in rest]
    _program, *words = line.split()
    words = [str(folder) if word == "/srv/utlyst" else word for word in words if word != "/opt/venv/lib"]
    subprocess.run([sys.executable, *words], check=True, timeout=240)
