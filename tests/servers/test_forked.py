"""Forked processes: each does what a new one does, from its environment to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import forked, processes
from tests.servers.live import ROOT
from tests.servers.ports import wait_until

_SHOW = """
import json, os, signal, sys
from django.apps import apps
from django.conf import settings
told = {"arguments": sys.argv, "environment": dict(os.environ), "session": os.getsid(0), "files": os.listdir("/proc/self/fd")}
told |= {"preloaded": "celery.apps.worker" in sys.modules, "configured": settings.configured, "ready": apps.models_ready}
import django
django.setup()
told |= {"name": settings.DATABASES["default"]["NAME"], "sigterm": signal.getsignal(signal.SIGTERM) is signal.SIG_DFL}
print(json.dumps(told))
sys.exit(3)
"""
_HANG = "print('ready'); import time; time.sleep(600)"
_RUN = """
import sys, time
from pathlib import Path
from tests.servers import forked
print(forked.start(["-c", "import time; time.sleep(600)"], Path(sys.argv[1]), env={}).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
        "JOBSEARCH_READ_DOTENV": "0",
        "SECRET_KEY": "a key for tests only, with nothing behind it",
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.sqlite3",
        "CELERY_BROKER_URL": f"filesystem://{tmp_path}/broker",
        "SEARCH_URL": f"embedded://{tmp_path}/index",
    }


def test_a_forked_process_reads_its_own_environment_and_settings(tmp_path: Path, environment: dict[str, str]) -> None:
    hanging = forked.start(["-c", _HANG], tmp_path / "other", env={})
    try:
        process = forked.start(["-c", _SHOW, "one", "two"], tmp_path / "log", env=environment)
        assert process.wait(60) == 3
    finally:
        processes.kill(hanging)
    told = json.loads((tmp_path / "log").read_text())
    assert told["arguments"] == ["-c", "one", "two"]
    assert told["environment"] == environment
    assert told["session"] == process.pid, "it can be killed together with its children"
    assert {int(number) for number in told["files"]} <= {0, 1, 2, 3}, "files of the server, or of another process"
    assert told["preloaded"]
    assert not told["configured"]
    assert not told["ready"]
    assert told["name"].endswith("own.sqlite3")
    assert told["sigterm"]


def test_modules_scripts_and_errors_end_as_usual(tmp_path: Path, environment: dict[str, str]) -> None:
    log = tmp_path / "log"
    assert forked.start(["-m", "json.tool", "--help"], log, env={}).wait(60) == 0
    assert "json.tool" in log.read_text()
    assert forked.start([str(ROOT / "manage.py"), "check"], log, env=environment).wait(60) == 0
    assert "no issues" in log.read_text()
    assert forked.start(["-c", "raise RuntimeError('a bug')"], log, env={}).wait(60) == 1
    assert "RuntimeError: a bug" in log.read_text()


def test_a_forked_process_can_be_waited_for_and_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = forked.start(["-c", _HANG], log, env={})
    wait_until(lambda: "ready" in log.read_text(), 20, "the process")
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    assert processes.stop(process) == process.poll() == -signal.SIGTERM


def test_forked_processes_end_with_the_test_run(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(tmp_path / "log")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout
    with run.stdout as told:
        process = Path(f"/proc/{int(told.readline())}")
    assert process.exists()
    run.kill()
    run.wait()
    wait_until(lambda: not process.exists(), 15, "the forked process to end")
