"""The worker with beat in a thread: real processes with a broker on the file system."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
OPTIONS = ["--threads", "1"]
# A scheduler whose first round fails, as none of the library does.
BROKEN = """
import sys
from celery.beat import Scheduler
def tick(self, *args, **kwargs):
    raise RuntimeError("the scheduler is broken")
Scheduler.tick = tick
from jobsearch.core.embedded_beat import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def env(tmp_path, fresh_database):
    return ENVIRONMENT | {
        "JOBSEARCH_READ_DOTENV": "0",
        "SECRET_KEY": "a key for tests only, with nothing behind it",
        "NAV_FEED_URL": "http://127.0.0.1:9",
        "DATABASE_URL": fresh_database("sqlite"),
        "SEARCH_URL": f"embedded://{tmp_path}/index",
        "CELERY_BROKER_URL": f"filesystem://{tmp_path}/broker",
    }


def run(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)


@pytest.mark.timeout(300)
def test_beat_starts_tasks_in_the_worker_and_ends_with_it(env, tmp_path):
    log = tmp_path / "log"
    worker = run(["-m", "jobsearch.core.embedded_beat", *OPTIONS, "--loglevel", "INFO"], env, log)
    try:
        until = time.monotonic() + 120
        while "index_changes" not in log.read_text() or "succeeded" not in log.read_text():
            assert worker.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.2)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0, log.read_text()
    finally:
        worker.kill()
    assert "Beat has ended" not in log.read_text()


@pytest.mark.timeout(300)
def test_the_worker_ends_when_beat_ends_by_itself(env, tmp_path):
    log = tmp_path / "log"
    worker = run(["-c", BROKEN, *OPTIONS, "--loglevel", "WARNING"], env, log)
    try:
        assert worker.wait(120) is not None
    finally:
        worker.kill()
    assert "the scheduler is broken" in log.read_text()
    assert "Beat has ended" in log.read_text()
