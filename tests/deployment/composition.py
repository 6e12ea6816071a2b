"""What the deployment's files say, read as their own programs read them."""

from __future__ import annotations

import ast
import fnmatch
import re
import shutil
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
"""What an operator must write into `.env` before the composition starts, and no more."""
_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<how>:-|:\?)(?P<word>[^}]*))?\}|\$")


class Refused(Exception):
    """Compose would stop here, with this sentence."""


def variables() -> dict[str, list[str]]:
    """Every variable that docker-compose.yml takes from `.env`, with the sentences said where it is missing."""
    found: dict[str, list[str]] = {}
    for match in _VARIABLE.finditer(_without_comments(COMPOSE.read_text())):
        if match["name"]:
            found.setdefault(match["name"], []).extend([match["word"]] if match["how"] == ":?" else [])
    return found


def compose(**values: str) -> dict[str, Any]:
    """The composition with `.env`'s values filled in."""
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


def env_example() -> dict[str, str]:
    """Each variable of .env.example with the comment above it."""
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


def settings_read() -> dict[str, str]:
    """Each variable that jobsearch/settings.py reads, with its default as text."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse((ROOT / "jobsearch" / "settings.py").read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "env"):
            continue
        first, *others = node.args
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            continue
        try:
            default = ast.literal_eval(others[0]) if others else ""
        except ValueError:  # not the reading of the variable, but something done with what was read
            continue
        default = int(default) if isinstance(default, bool) else default
        found[first.value] = ",".join(default) if isinstance(default, list) else str(default)
    return found


def dockerfile() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, continued lines joined."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    text = "\n".join(lines).replace("\\\n", " ")
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in text.splitlines()]


def image_environment() -> dict[str, str]:
    """The variables that the image sets, without PATH."""
    text = " ".join(rest for word, rest in dockerfile() if word == "ENV")
    return {name: value for name, _, value in (part.partition("=") for part in text.split()) if name != "PATH"}


def copied() -> dict[str, str]:
    """What the Dockerfile copies out of the checkout: source and where it goes."""
    pairs = (rest.split() for word, rest in dockerfile() if word == "COPY" and not rest.startswith("--from"))
    return {source: target for source, target in pairs}  # noqa: C416 - says that a line has two parts


def lay_out(folder: Path) -> None:
    """Puts the program into a folder as it lies in the image's /srv/utlyst: what is copied and not ignored, nothing else."""
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
