"""Command `demo`, and `bin/dev`, which reloads changed files: real processes, a small feed, and a temporary folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests
from django.core.management import CommandError, call_command

from jobsearch.demo.management.commands.demo import ENVIRONMENT_READY
from jobsearch.demo.supervisor import find_free_port

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("bin", "ingest", "jobsearch", "locale", "static", "templates", "gunicorn.conf.py", "manage.py")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
LOGIN = re.compile(r"(Administrator|Operator|Recruiter)\s+(\S+) / (\S+)")


class Demo:
    """A running demo; `output` is what it has printed so far. `command` starts it, in the folder `project`."""

    def __init__(self, folder: Path, log: Path, *command: str, project: Path = ROOT) -> None:
        size = ("--active", "60", "--lines", "240")
        arguments = [*command, "--data", str(folder), *size, "--port", str(find_free_port(8300))]
        self.log = log
        env = {**ENVIRONMENT, "JOBSEARCH_READ_DOTENV": "0", "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as file:
            self.process = subprocess.Popen(arguments, cwd=project, env=env, stdout=file, stderr=subprocess.STDOUT)
        self.wait_for("At the head of the feed")
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        self.site = re.search(r"is at\s+(http://127\.0\.0\.1:\d+)/", self.output)[1]
        self.passwords = {user: password for _, user, password in LOGIN.findall(self.output)}

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_for(self, words: str, seconds: float = 240) -> None:
        until = time.monotonic() + seconds
        while words not in self.output:
            assert self.process.poll() is None, f"the demo ended:\n{self.output}"
            assert time.monotonic() < until, f"no {words!r} in:\n{self.output}"
            time.sleep(0.2)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(240)


@contextmanager
def running(*arguments: object, **options: Path) -> Iterator[Demo]:
    demo = Demo(*arguments, **options)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait(60)


@pytest.fixture
def project(tmp_path: Path) -> Path:
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


def wait_until(condition: Callable[[], bool], message: str, seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, message
        time.sleep(0.3)


def read_page(site: str, path: str) -> str:
    """The page's HTML; "" while the server starts again."""
    try:
        answer = requests.get(f"{site}{path}", headers={"Accept-Language": "nb"}, timeout=60)
    except requests.ConnectionError:
        return ""
    assert answer.status_code == 200
    return answer.text


def has_ended(processes: list[psutil.Process]) -> bool:
    return not [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def total(site: str, **params: str) -> int:
    answer = requests.get(f"{site}/", params=params, headers={"Accept-Language": "nb"}, timeout=60)
    return int(re.search(r'data-total="(\d+)"', answer.text)[1])


def log_in(site: str, path: str, user: str, password: str) -> requests.Response:
    session = requests.Session()
    token = find_token(session.get(f"{site}{path}", timeout=60))
    fields = {"username": user, "password": password, "csrfmiddlewaretoken": token}
    return session.post(f"{site}{path}", data=fields, timeout=60)


def log_in_by_code(site: str, address: str) -> requests.Response:
    """The page after a login with the code from the list of sent mails."""
    session = requests.Session()
    fields = {"csrfmiddlewaretoken": find_token(session.get(f"{site}/logg-inn/", timeout=60)), "email": address}
    form = session.post(f"{site}/logg-inn/kode/", data=fields, timeout=60)
    code = re.search(r"\d{4}-\d{4}", session.get(f"{site}/demo/mail/", timeout=60).text)[0]
    return session.post(form.url, data={"csrfmiddlewaretoken": find_token(form), "code": code}, timeout=60)


def find_token(page: requests.Response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]


@pytest.mark.timeout(900)
def test_the_demo_loads_the_feed_and_the_development_server_continues_it_and_reloads_changed_files(project, tmp_path):
    with running(tmp_path / "demo", tmp_path / "first.log", sys.executable, "manage.py", "demo") as demo:
        check_site_and_logins(demo)
        assert demo.stop() == 0
    assert has_ended(demo.children)
    with running(tmp_path / "demo", tmp_path / "second.log", "bin/dev", project=project) as resumed:
        assert resumed.passwords == demo.passwords
        assert 54 <= total(resumed.site) <= 66
        check_changed_files_are_shown(resumed, project)
        parts = [*resumed.children, *psutil.Process(resumed.process.pid).children(recursive=True)]
        assert resumed.stop() == 0, "Ctrl-C"
        wait_until(lambda: has_ended(parts), "processes are left")


def check_site_and_logins(demo: Demo) -> None:
    assert 50 <= total(demo.site) <= 64  # some end at midnight, and until midnight in UTC the feed has no new ones
    assert len(demo.children) >= 4  # feed, the web server and its process, the worker with beat
    assert all(
        connection.laddr.ip == "127.0.0.1"
        for child in [psutil.Process(demo.process.pid), *demo.children]
        for connection in child.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    )
    entered = log_in(demo.site, "/admin/login/?next=/admin/", "administrator", demo.passwords["administrator"])
    assert entered.status_code == 200 and "Kontrollrom" in entered.text
    assert log_in(demo.site, "/logg-inn/", "rekrutterer", demo.passwords["rekrutterer"]).url.endswith("/lagrede-sok/")
    operator = log_in(demo.site, "/admin/login/?next=/admin/", "operator", demo.passwords["operator"])
    assert operator.status_code == 200 and "Kontrollrom" in operator.text
    assert log_in_by_code(demo.site, "rekrutterer@example.no").url.endswith("/lagrede-sok/")


def check_changed_files_are_shown(server: Demo, project: Path) -> None:
    assert read_page(server.site, "/om/")
    assert len(server.children) >= 4  # feed, the web server and its reloader, the worker with beat

    template = project / "templates" / "web" / "about.html"
    template.write_text(template.read_text().replace("{% block content %}", "{% block content %}<p>Changed template</p>"))
    wait_until(lambda: "Changed template" in read_page(server.site, "/om/"), "the template is not reloaded")

    settings = project / "jobsearch" / "settings.py"
    settings.write_text(settings.read_text() + '\nSITE_NAME = "Changed code"\n')
    wait_until(lambda: "Om Changed code" in read_page(server.site, "/om/"), "the code is not reloaded")


@pytest.mark.parametrize("name", ["DATABASE_URL", "NAV_FEED_URL"])
def test_the_demo_refuses_a_database_or_feed_of_the_environment(name, monkeypatch, tmp_path):
    for variable in ("DATABASE_URL", "NAV_FEED_URL", ENVIRONMENT_READY):
        monkeypatch.delenv(variable, raising=False)
    value = {"DATABASE_URL": f"sqlite:////{tmp_path}/mine.sqlite3", "NAV_FEED_URL": "http://127.0.0.1:9"}[name]
    monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=f"^{name} is set.* Unset"):
        call_command("demo", "--data", str(tmp_path / "demo"))
    assert not (tmp_path / "demo").exists()
