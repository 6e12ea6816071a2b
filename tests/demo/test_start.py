"""`manage.py start`: the same site on a feed that the settings name."""

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

from ingest.standin import StandIn
from jobsearch.demo.processes import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(200)
def test_start_follows_the_feed_of_the_settings_and_ends_on_sigterm(tmp_path):
    port = free_port(8400)
    with StandIn() as feed:
        for _ in range(20):
            feed.publish()
        env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}} | {
            "JOBSEARCH_READ_DOTENV": "0",
            "PYTHONUNBUFFERED": "1",
            "SECRET_KEY": "a key for tests only, with nothing behind it",
            "NAV_FEED_URL": feed.url,
            "DATABASE_URL": f"sqlite:////{tmp_path}/db.sqlite3",
            "SEARCH_URL": f"embedded://{tmp_path}/index",
            "CELERY_BROKER_URL": f"filesystem://{tmp_path}/broker",
        }
        log = tmp_path / "log"
        with log.open("wb") as file:
            command = [sys.executable, "manage.py", "start", "--port", str(port)]
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + 90
            while "At the tip of the feed: 20 new" not in log.read_text():
                assert process.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.2)
            page = requests.get(f"http://127.0.0.1:{port}/", timeout=30).text
            assert re.search(r'data-total="(\d+)"', page)[1] == "20"
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            if process.poll() is None:
                process.kill()
