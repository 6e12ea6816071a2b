"""Docker image, tested without a Docker engine: the Dockerfile is linted, and its files and commands run here.

The project is copied into a folder as by the Dockerfile, and the commands and health checks of docker-compose.yml run
there, with a filesystem broker and SQLite in place of the servers.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment import composition
from tests.deployment.composition import FILLED_IN
from tests.servers.partly_migrated import LEFT, copy_partly_migrated

BIN = Path(sys.executable).parent
READY = {"worker": (" ready.", 1), "beat": ("Sending due task", 4)}
"""What a service logs before it is healthy, and how often."""
ON_FILES = {
    "DATABASE_URL": "sqlite:///var/db.sqlite3",
    "SEARCH_URL": "embedded://var/index",
    "CELERY_BROKER_URL": "filesystem://var/broker",
    "CACHE_URL": "",
    "NAV_FEED_URL": "http://127.0.0.1:9",  # the discard port: no test may request the real feed
}


class Site:
    """Our services of docker-compose.yml, run in a folder with the files of the image."""

    def __init__(self, folder: Path, copied: set[str]) -> None:
        self.folder = folder
        self.copied = copied
        """The files that the Dockerfile copies, before it compiles them."""
        self.services = composition.compose(**FILLED_IN)["services"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def env(self, name: str) -> dict[str, str]:
        given = self.services[name]["environment"] | ON_FILES
        base = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": "/nonexistent", "HOSTNAME": socket.gethostname()}
        return {**base, **composition.read_image_environment(), **given}

    def here(self, words: list[str]) -> list[str]:
        """The same command with this test's port in place of the container's."""
        moved = [word.replace("0.0.0.0:8000", f"127.0.0.1:{self.port}") for word in words]
        return [word.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}") for word in moved]

    def start(self, name: str) -> None:
        with (self.folder.parent / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                self.here(self.services[name]["command"]), env=self.env(name), cwd=self.folder, stdout=log, stderr=log
            )

    def log(self, name: str) -> str:
        return (self.folder.parent / f"{name}.log").read_text(errors="replace")

    def check(self, name: str) -> int:
        """Run the service's health check and return its exit code."""
        kind, *words = self.services[name]["healthcheck"]["test"]
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        return subprocess.run(
            self.here(command), env=self.env(name), cwd=self.folder, capture_output=True, timeout=240
        ).returncode

    def wait_until_healthy(self, name: str, seconds: float) -> bool:
        until = time.monotonic() + seconds
        # A check of the worker or beat is a process of its own that imports the project: not before it can pass.
        ready, times = READY.get(name, ("", 0))
        while self.log(name).count(ready) < times and time.monotonic() < until:
            assert self.running[name].poll() is None, f"{name} ended:\n{self.log(name)}"
            time.sleep(0.2)
        while time.monotonic() < until:
            assert self.running[name].poll() is None, f"{name} ended:\n{self.log(name)}"
            if self.check(name) == 0:
                return True
            time.sleep(0.5)
        return False

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self) -> dict[str, int]:
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        codes = {}
        for name, process in self.running.items():
            try:
                codes[name] = process.wait(120)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = -signal.SIGKILL
        return codes


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("image") / "utlyst"
    folder.mkdir()
    composition.copy_as_in_image(folder)
    copied = files_outside_var(folder)
    composition.compile_as_in_image(folder)
    (folder / "var").mkdir()  # the tmpfs
    copy_partly_migrated(sqlite_template, folder / "var" / "db.sqlite3")
    site = Site(folder, copied)
    try:
        yield site
    finally:
        site.stop()


def files_outside_var(folder: Path) -> set[str]:
    names = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    return {name for name in names if name != "var" and not name.startswith("var/")}


def test_commands_start_the_site_and_health_checks_can_fail(site):
    before = files_outside_var(site.folder)

    # Nothing runs yet: a health check that passes now would always pass.
    assert site.check("web") != 0

    migrated = subprocess.run(
        site.services["migrate"]["command"], env=site.env("migrate"), cwd=site.folder, capture_output=True, text=True, timeout=240
    )
    assert migrated.returncode == 0, migrated.stderr
    assert f"Applying {LEFT}... OK" in migrated.stdout
    assert site.check("beat") != 0, "a beat that never ran is not healthy"

    for name in ("web", "worker", "beat"):
        site.start(name)
    for name in ("web", "worker", "beat"):
        assert site.wait_until_healthy(name, seconds=240), f"{name} is not healthy:\n{site.log(name)}"

    assert site.get("/healthz") == 200
    assert site.get("/readyz") == 200
    assert site.get("/static/css/base.css") == 200, "static files are served without collectstatic"
    assert site.get("/?q=sykepleier+hemmelig") in {200, 503}
    assert "hemmelig" not in site.log("web"), "what people search for is written nowhere"

    assert site.stop() == {"web": 0, "worker": 0, "beat": 0}, "each ends well on STOPSIGNAL"
    assert site.check("web") != 0
    assert site.check("worker") != 0
    assert files_outside_var(site.folder) - before == set(), "the container's file system is read only"


def test_dockerfile_passes_hadolint():
    answer = subprocess.run([str(BIN / "hadolint"), str(composition.DOCKERFILE)], capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_image_contains_only_needed_files(site):
    names = site.copied
    expected = {"manage.py", "gunicorn.conf.py", "jobsearch", "ingest", "templates", "static", "locale"}
    assert expected == {name.partition("/")[0] for name in names}
    assert not [name for name in names if name.endswith((".env", ".sqlite3", ".pyc", ".key", ".pem"))]


def test_copied_files_exist():
    for source in composition.copied():
        assert (composition.ROOT / source).exists(), source


def test_image_runs_as_an_unprivileged_user():
    stages = [index for index, (word, _) in enumerate(composition.dockerfile()) if word == "FROM"]
    final = composition.dockerfile()[stages[-1] :]
    users = [rest for word, rest in final if word == "USER"]
    assert users == ["10001:10001"]
    uids = {tmpfs for tmpfs in composition.services()["web"]["tmpfs"] if "uid=" in tmpfs}
    assert all("uid=10001,gid=10001" in tmpfs for tmpfs in uids)


def test_final_stage_builds_nothing_and_has_no_secret():
    text = composition.DOCKERFILE.read_text()
    final = text[text.rindex("\nFROM") :]
    assert not re.search(r"pip install|apt-get|gcc|build-essential|curl|wget", final)
    assert not re.search(r"SECRET_KEY|PASSWORD|TOKEN|^ARG", text, re.M)
    assert "--require-hashes" in text
    assert "--only-binary :all:" in text


def test_python_version_equals_pyproject():
    images = {rest.split()[0] for word, rest in composition.dockerfile() if word == "FROM"}
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (composition.ROOT / "pyproject.toml").read_text())[1]
    (image,) = images
    name, _, digest = image.partition("@")
    assert name == f"python:{oldest}-slim-bookworm"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)


def test_default_command_is_the_web_service():
    (command,) = [rest for word, rest in composition.dockerfile() if word == "CMD"]
    words = [part.strip(' "') for part in command.strip("[]").split(",")]
    joined = []
    for word in words:
        if joined and joined[-1].startswith("--") and not word.startswith("--"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    assert joined == composition.services()["web"]["command"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_access_logs_contain_no_queries(name):
    command = " ".join(composition.services()[name]["command"])
    assert "access-log" not in command
    assert "DEBUG" not in command
