"""Restart after a kill at any moment: the next sync run continues, with real processes and signals on one database."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.servers.ports import wait_until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes
TIMEOUT = 120  # seconds; only a hanging process takes this long, even on a busy machine
PROGRAM = """
import json, os, sys
sys.path.insert(0, os.getcwd())
import django
django.setup()
from ingest import sync
from jobsearch.core.leases import LeaseHeld
try:
    report = sync.run()
except LeaseHeld as error:
    print(error)
    sys.exit(3)
print(json.dumps(report.as_json()))
sys.exit(report.exit_code)
"""
READ = """
import json, os, sys
sys.path.insert(0, os.getcwd())
import django
django.setup()
from ingest.models import DetailTask, Run
from jobsearch.core.models import LeaseRecord
from jobsearch.vacancies.models import Vacancy
print(json.dumps({
    "active": [str(uuid) for uuid in Vacancy.objects.active().values_list("uuid", flat=True)],
    "tasks": DetailTask.objects.count(), "lease": LeaseRecord.objects.get(name="feed").owner,
    "runs": list(Run.objects.values_list("state", flat=True)),
}))
"""


class Processes:
    """Runs sync processes on one SQLite database."""

    def __init__(self, feed: FakeFeed, folder: Path, database: str) -> None:
        self.feed = feed
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
            "JOBSEARCH_READ_DOTENV": "0",
            "SECRET_KEY": "a key for tests only, with nothing behind it",
            "NAV_FEED_URL": feed.url,
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": f"filesystem:///{folder}/broker",
            "SEARCH_URL": f"embedded:///{folder}/index",
        }

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", PROGRAM], env=self._environment, cwd=ROOT, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip

    def finish(self) -> dict:
        process = self.start()
        out, error = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 0, out + error
        return json.loads(out)

    def count_ads(self) -> int:
        with closing(sqlite3.connect(self._environment["DATABASE_URL"].removeprefix("sqlite:///"), timeout=TIMEOUT)) as database:
            return database.execute("SELECT count(*) FROM vacancies_vacancy").fetchone()[0]

    def read_database(self) -> dict:
        return json.loads(self._call(READ))

    def _call(self, *arguments: str) -> str:
        return subprocess.run([sys.executable, "-c", *arguments], env=self._environment, cwd=ROOT, check=True, text=True,
                              stdout=subprocess.PIPE).stdout  # fmt: skip


@pytest.fixture
def processes(tmp_path: Path, fresh_database: Callable[[str], str]) -> Iterator[Processes]:
    with FakeFeed(ads=plain_ads) as feed:
        yield Processes(feed, tmp_path, fresh_database("sqlite"))


def _count_detail_requests(feed: FakeFeed) -> int:
    return sum(request.kind == "detail" for request in feed.requests)


def _wait_for(feed: FakeFeed, details: int, process: subprocess.Popen[str]) -> None:
    """Waits for this many detail requests, then slows down details: the process is still working when the test continues."""
    deadline = time.monotonic() + TIMEOUT
    while _count_detail_requests(feed) < details:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    feed.faults.latency(detail=1)


def test_the_next_run_continues_after_a_kill_at_any_moment(processes):
    feed = processes.feed
    chance = random.Random(1)
    ads = [feed.publish() for _ in range(350)]
    for ad in ads[:50]:
        feed.expire(ad)
    for details in (1, 100, 210):
        feed.faults.latency(detail=0.01)
        process = processes.start()
        _wait_for(feed, details, process)
        time.sleep(chance.random() / 10)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    feed.faults.clear()
    report = processes.finish()  # immediately: the lease of a dead process of this machine is taken
    database = processes.read_database()
    assert set(database["active"]) == set(feed.read_active_ads())
    assert (database["tasks"], database["lease"]) == (0, "")
    assert database["runs"] == ["done", "failed", "failed", "failed"]
    assert report["new"] < 300
    assert _count_detail_requests(feed) < 300 + 4 * 180  # only requests that were under way are repeated


def test_sigterm_ends_a_run_after_the_current_transaction(processes):
    feed = processes.feed
    for _ in range(400):
        feed.publish()
    feed.faults.latency(detail=0.02)
    process = processes.start()
    _wait_for(feed, 120, process)
    wait_until(lambda: processes.count_ads() >= 50, TIMEOUT, "the first ads")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=TIMEOUT)
    assert process.returncode == -signal.SIGTERM
    database = processes.read_database()
    assert database["lease"] == ""
    assert database["runs"] == ["stopped"]
    assert 50 <= len(database["active"]) < 400
    feed.faults.clear()
    assert processes.finish()["new"] == 400 - len(database["active"])


def test_concurrent_processes_fetch_each_detail_once(processes):
    """One process syncs; the others name it in their error, or sync after it has ended. Each detail is requested once."""
    feed = processes.feed
    for _ in range(150):
        feed.publish()
    feed.faults.latency(detail=0.02)
    first = processes.start()
    _wait_for(feed, 10, first)
    others = [processes.start() for _ in range(2)]
    ended = [(process.pid, *_wait_for_end(process)) for process in others]
    feed.faults.clear()
    out, error = first.communicate(timeout=TIMEOUT)
    assert first.returncode == 0, error
    results = [(first.pid, 0, out), *ended]
    reports = [(pid, json.loads(text)) for pid, code, text in results if code == 0]
    assert sum(report["new"] for _pid, report in reports) == 150
    for _pid, code, text in results:
        assert code == 0 or (code == 3 and any(f"process {pid}" in text for pid, _report in reports)), (code, text)
    assert _count_detail_requests(feed) == 150


def _wait_for_end(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _ = process.communicate(timeout=TIMEOUT)
    return process.returncode, out
