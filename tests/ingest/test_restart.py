"""Restart after a kill at any moment: the next sync run continues, with real processes and signals on one database."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until

pytestmark = pytest.mark.processes
TIMEOUT = 120  # seconds; only a hanging process takes this long, even on a busy machine
PROGRAM = """
import json, sys
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
import json
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


class Run:
    """A process with one sync run."""

    def __init__(self, site: LiveSite, name: str) -> None:
        self._site, self._name = site, name
        self.process = site.start(name, "-c", PROGRAM)

    def finish(self) -> tuple[int, str]:
        """Waits for its end; returns its exit code and its output."""
        return self.process.wait(TIMEOUT), self._site.log(self._name)


class Processes:
    """Runs sync processes on one SQLite database."""

    def __init__(self, feed: FakeFeed, site: LiveSite) -> None:
        self.feed = feed
        self._site, self._started = site, 0

    def start(self) -> Run:
        self._started += 1
        return Run(self._site, f"run{self._started}")

    def finish(self) -> dict:
        code, output = self.start().finish()
        assert code == 0, output
        return read_report(output)

    def count_active(self) -> int:
        return len(self._site.active())

    def read_database(self) -> dict:
        assert self._site.start("read", "-c", READ).wait(TIMEOUT) == 0, self._site.log("read")
        return read_report(self._site.log("read"))


def read_report(output: str) -> dict:
    """What the last line says; log lines stand before it."""
    return json.loads(output.splitlines()[-1])


@pytest.fixture
def processes(live_site: Callable[..., LiveSite]) -> Iterator[Processes]:
    with FakeFeed(ads=plain_ads) as feed:
        yield Processes(feed, live_site("sqlite", feed=feed.url))


def _count_detail_requests(feed: FakeFeed) -> int:
    return sum(request.kind == "detail" for request in feed.requests)


def _wait_for(feed: FakeFeed, details: int, run: Run) -> None:
    """Waits for this many detail requests, then slows down details: the process is still working when the test continues."""
    deadline = time.monotonic() + TIMEOUT
    while _count_detail_requests(feed) < details:
        assert run.process.poll() is None, run.finish()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    feed.faults.latency(detail=1)


def test_the_next_run_continues_after_a_kill_at_any_moment(processes):
    feed = processes.feed
    chance = random.Random(1)
    ads = [feed.publish() for _ in range(260)]
    for ad in ads[:50]:
        feed.expire(ad)
    for details, stored in ((1, 0), (70, 0), (150, 1)):
        feed.faults.latency(detail=0.01)
        run = processes.start()
        _wait_for(feed, details, run)
        wait_until(lambda stored=stored: processes.count_active() >= stored, TIMEOUT, "the first ads")
        time.sleep(chance.random() / 10)
        run.process.send_signal(signal.SIGKILL)
        run.finish()
    feed.faults.clear()
    report = processes.finish()  # immediately: the lease of a dead process of this machine is taken
    database = processes.read_database()
    assert set(database["active"]) == set(feed.read_active_ads())
    assert (database["tasks"], database["lease"]) == (0, "")
    assert database["runs"] == ["done", "failed", "failed", "failed"]
    assert report["new"] < 210
    assert _count_detail_requests(feed) < 210 + 4 * 180  # only requests that were under way are repeated


def test_sigterm_ends_a_run_after_the_current_transaction(processes):
    feed = processes.feed
    for _ in range(250):
        feed.publish()
    feed.faults.latency(detail=0.02)
    run = processes.start()
    _wait_for(feed, 80, run)
    wait_until(lambda: processes.count_active() >= 50, TIMEOUT, "the first ads")
    run.process.send_signal(signal.SIGTERM)
    assert run.finish()[0] == -signal.SIGTERM
    database = processes.read_database()
    assert database["lease"] == ""
    assert database["runs"] == ["stopped"]
    assert 50 <= len(database["active"]) < 250
    feed.faults.clear()
    assert processes.finish()["new"] == 250 - len(database["active"])


def test_concurrent_processes_fetch_each_detail_once(processes):
    """One process syncs; the others name it in their error, or sync after it has ended. Each detail is requested once."""
    feed = processes.feed
    for _ in range(90):
        feed.publish()
    feed.faults.latency(detail=0.02)
    first = processes.start()
    _wait_for(feed, 10, first)
    others = [processes.start() for _ in range(2)]
    ended = [(run.process.pid, *run.finish()) for run in others]
    feed.faults.clear()
    code, output = first.finish()
    assert code == 0, output
    results = [(first.process.pid, 0, output), *ended]
    reports = [(pid, read_report(text)) for pid, code, text in results if code == 0]
    assert sum(report["new"] for _pid, report in reports) == 90
    for _pid, code, text in results:
        assert code == 0 or (code == 3 and any(f"process {pid}" in text for pid, _report in reports)), (code, text)
    assert _count_detail_requests(feed) == 90
