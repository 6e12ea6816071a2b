"""Killed at any instant, the next run goes on: real processes, real signals, one database."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.servers.ports import wait_until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes
LONG = 120  # seconds that only a process that hangs needs, however busy the machine
PROGRAM = """
import json, os, sys
sys.path.insert(0, os.getcwd())
import django
django.setup()
from django.core.management import call_command
from ingest import sync
from ingest.client.errors import LeaseHeld
if sys.argv[1] == "migrate":
    call_command("migrate", verbosity=0, skip_checks=True)
    sys.exit()
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
from ingest.models import FeedState, DetailTask, Run
from jobsearch.vacancies.models import Vacancy
print(json.dumps({
    "active": [str(uuid) for uuid in Vacancy.objects.active().values_list("uuid", flat=True)],
    "tasks": DetailTask.objects.count(), "lease": FeedState.objects.get().lease_owner,
    "runs": list(Run.objects.values_list("state", flat=True)),
}))
"""


class Processes:
    def __init__(self, feed: FakeFeed, folder: Path) -> None:
        self.feed = feed
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
            "JOBSEARCH_READ_DOTENV": "0",
            "SECRET_KEY": "a key for tests only, with nothing behind it",
            "NAV_FEED_URL": feed.url,
            "DATABASE_URL": f"sqlite:////{folder}/db.sqlite3",
            "CELERY_BROKER_URL": f"filesystem:///{folder}/broker",
            "SEARCH_URL": f"embedded:///{folder}/index",
        }
        self._call(PROGRAM, "migrate")

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", PROGRAM, "sync"], env=self._environment, cwd=ROOT, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip

    def finish(self) -> dict:
        process = self.start()
        out, error = process.communicate(timeout=LONG)
        assert process.returncode == 0, out + error
        return json.loads(out)

    def record(self) -> dict:
        return json.loads(self._call(READ))

    def _call(self, *arguments: str) -> str:
        return subprocess.run([sys.executable, "-c", *arguments], env=self._environment, cwd=ROOT, check=True, text=True,
                              stdout=subprocess.PIPE).stdout  # fmt: skip


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with FakeFeed(ads=plain_ads) as feed:
        yield Processes(feed, tmp_path)


def _details_asked(feed: FakeFeed) -> int:
    return sum(request.kind == "detail" for request in feed.requests)


def _wait_for(feed: FakeFeed, details: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many details were asked for. From then on they come slowly: whatever this test does next, the process
    is still at work."""
    deadline = time.monotonic() + LONG
    while _details_asked(feed) < details:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    feed.faults.latency(detail=1)


def test_killed_at_any_instant_the_next_one_goes_on(processes):
    feed = processes.feed
    chance = random.Random(1)
    ads = [feed.publish() for _ in range(700)]
    for ad in ads[:100]:
        feed.expire(ad)
    for details in (1, 200, 420):
        feed.faults.latency(detail=0.01)
        process = processes.start()
        _wait_for(feed, details, process)
        time.sleep(chance.random() / 10)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    feed.faults.clear()
    report = processes.finish()  # at once: the lease of a dead process of this machine holds nobody up
    record = processes.record()
    assert set(record["active"]) == set(feed.truth())
    assert (record["tasks"], record["lease"]) == (0, "")
    assert record["runs"] == ["done", "failed", "failed", "failed"]
    assert report["new"] < 600
    assert _details_asked(feed) < 600 + 4 * 180  # only what was under way is asked for again


def test_sigterm_ends_a_run_in_good_order(processes):
    feed = processes.feed
    for _ in range(400):
        feed.publish()
    feed.faults.latency(detail=0.02)
    process = processes.start()
    _wait_for(feed, 120, process)
    wait_until(lambda: len(processes.record()["active"]) >= 50, LONG, "the first ads")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=LONG)
    assert process.returncode == -signal.SIGTERM
    record = processes.record()
    assert record["lease"] == ""
    assert record["runs"] == ["stopped"]
    assert 50 <= len(record["active"]) < 400
    feed.faults.clear()
    assert processes.finish()["new"] == 400 - len(record["active"])


def test_two_processes_at_once(processes):
    """One follows the feed; the others say which process does, or follow it when that one has ended. Nothing is asked twice."""
    feed = processes.feed
    for _ in range(300):
        feed.publish()
    feed.faults.latency(detail=0.02)
    first = processes.start()
    _wait_for(feed, 10, first)
    others = [processes.start() for _ in range(2)]
    ended = [(process.pid, *_ended(process)) for process in others]
    feed.faults.clear()
    out, error = first.communicate(timeout=LONG)
    assert first.returncode == 0, error
    everyone = [(first.pid, 0, out), *ended]
    followers = [(pid, json.loads(text)) for pid, code, text in everyone if code == 0]
    assert sum(report["new"] for _pid, report in followers) == 300
    for _pid, code, text in everyone:
        assert code == 0 or (code == 3 and any(f"process {pid}" in text for pid, _report in followers)), (code, text)
    assert _details_asked(feed) == 300


def _ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _ = process.communicate(timeout=LONG)
    return process.returncode, out
