"""Command `start`: the site on the feed of the settings."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from jobsearch.demo.feed_server import FakeFeed
from jobsearch.demo.supervisor import find_free_port

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


@pytest.mark.timeout(900)
def test_start_syncs_the_feed_of_the_settings_and_ends_on_sigterm(tmp_path):
    port = find_free_port(8400)
    with FakeFeed() as feed:
        for _ in range(20):
            feed.publish()
        env = environment(tmp_path, feed.url)
        log = tmp_path / "log"
        with log.open("wb") as file:
            command = [sys.executable, "manage.py", "start", "--port", str(port)]
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + 240
            while "At the head of the feed: 20 new" not in log.read_text():
                assert process.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.2)
            page = requests.get(f"http://127.0.0.1:{port}/", timeout=60).text
            assert re.search(r'data-total="(\d+)"', page)[1] == "20"
            process.send_signal(signal.SIGTERM)
            assert process.wait(240) == 0
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.timeout(900)
def test_a_database_of_another_feed_is_refused(tmp_path):
    with FakeFeed() as feed, FakeFeed() as other:
        env = environment(tmp_path, feed.url)
        for words in (["migrate", "--verbosity", "0"], ["sync"]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, timeout=240, check=True)
        command = [sys.executable, "manage.py", "start", "--port", str(find_free_port(8450))]
        env = environment(tmp_path, other.url)
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 1
    assert f"This database follows {feed.url}" in done.stderr and "Traceback" not in done.stderr
