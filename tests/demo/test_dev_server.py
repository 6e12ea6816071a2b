"""`bin/dev`: the demo with a web server that reloads changed files, run on a copy of the project."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from jobsearch.demo.supervisor import find_free_port

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("bin", "ingest", "jobsearch", "locale", "static", "templates", "gunicorn.conf.py", "manage.py")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}


def wait_until(condition: Callable[[], bool], message: str, seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, message
        time.sleep(0.3)


class DevelopmentServer:
    def __init__(self, project: Path, folder: Path) -> None:
        port = find_free_port(8500)
        self.site = f"http://127.0.0.1:{port}"
        self.log = folder / "output.log"
        command = ["bin/dev", "--data", str(folder / "data"), "--active", "40", "--lines", "120", "--port", str(port)]
        env = {**ENVIRONMENT, "JOBSEARCH_READ_DOTENV": "0", "PYTHONUNBUFFERED": "1"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=project, env=env, stdout=log, stderr=subprocess.STDOUT)
        wait_until(self.is_filled, f"not filled:\n{self.log.read_text()}")

    def is_filled(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return "At the head of the feed" in self.log.read_text()

    def page(self, path: str) -> str:
        """The page's HTML; "" while the server starts again."""
        try:
            answer = requests.get(f"{self.site}{path}", headers={"Accept-Language": "nb"}, timeout=60)
        except requests.ConnectionError:
            return ""
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy of the project, whose files may be changed. Its `bin/setup` does nothing: the packages are installed."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name)  # with the bytecode, which each of the processes would compile
        else:
            shutil.copy2(source, copy / name)
    (copy / "bin" / "setup").write_text("#!/bin/sh\n")
    python = copy / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return copy


@pytest.fixture
def server(project, tmp_path, sqlite_template) -> Iterator[DevelopmentServer]:
    (tmp_path / "data").mkdir()
    shutil.copy(sqlite_template, tmp_path / "data" / "db.sqlite3")  # the demo's test migrates a new one
    running = DevelopmentServer(project, tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()


@pytest.mark.timeout(900)
def test_changed_templates_and_code_are_shown_and_ctrl_c_ends_every_process(server, project):
    assert server.page("/om/")
    parts = psutil.Process(server.process.pid).children(recursive=True)
    assert len(parts) >= 4  # feed, the web server and its reloader, the worker with beat

    template = project / "templates" / "web" / "about.html"
    template.write_text(template.read_text().replace("{% block content %}", "{% block content %}<p>Changed template</p>"))
    wait_until(lambda: "Changed template" in server.page("/om/"), "the template is not reloaded")

    settings = project / "jobsearch" / "settings.py"
    settings.write_text(settings.read_text() + '\nSITE_NAME = "Changed code"\n')
    wait_until(lambda: "Om Changed code" in server.page("/om/"), "the code is not reloaded")

    parts += psutil.Process(server.process.pid).children(recursive=True)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(240) == 0
    wait_until(
        lambda: not [part for part in parts if part.is_running() and part.status() != psutil.STATUS_ZOMBIE],
        "processes are left",
    )
