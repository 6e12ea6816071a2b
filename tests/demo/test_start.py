"""Command `start`: the site on the feed of the settings."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from jobsearch.demo.feed_server import FakeFeed
from jobsearch.demo.supervisor import find_free_port
from tests.servers.partly_migrated import copy_partly_migrated, is_migrated

ROOT = Path(__file__).resolve().parents[2]


def environment(folder: Path, feed: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}} | {
        "JOBSEARCH_READ_DOTENV": "0",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": "a key for tests only, with nothing behind it",
        "NAV_FEED_URL": feed,
        "DATABASE_URL": f"sqlite:////{folder}/db.sqlite3",
        "SEARCH_URL": f"embedded://{folder}/index",
        "CELERY_BROKER_URL": f"filesystem://{folder}/broker",
    }


class Followed(NamedTuple):
    """A database that `start` has filled until it was stopped by SIGTERM."""

    folder: Path
    feed: str
    page: str
    exit_code: int


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Followed:
    folder, port = tmp_path_factory.mktemp("start"), find_free_port(8400)
    copy_partly_migrated(sqlite_template, folder / "db.sqlite3")
    with FakeFeed() as feed:
        for _ in range(20):
            feed.publish()
        log = folder / "log"
        with log.open("wb") as file:
            command = [sys.executable, "manage.py", "start", "--port", str(port)]
            env = environment(folder, feed.url)
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + 240
            while "At the head of the feed: 20 new" not in log.read_text():
                assert process.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.2)
            page = requests.get(f"http://127.0.0.1:{port}/", timeout=60).text
            process.send_signal(signal.SIGTERM)
            return Followed(folder, feed.url, page, process.wait(240))
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.timeout(900)
def test_start_migrates_and_syncs_the_feed_of_the_settings_and_ends_on_sigterm(followed):
    assert is_migrated(followed.folder / "db.sqlite3")
    assert re.search(r'data-total="(\d+)"', followed.page)[1] == "20"
    assert followed.exit_code == 0


@pytest.mark.timeout(900)
def test_a_database_of_another_feed_is_refused(followed):
    with FakeFeed() as other:
        command = [sys.executable, "manage.py", "start", "--port", str(find_free_port(8450))]
        env = environment(followed.folder, other.url)
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 1
    assert f"This database follows {followed.feed}" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == "", "the site was started"
