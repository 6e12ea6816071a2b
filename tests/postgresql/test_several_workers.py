"""Concurrent sync runs: only the process with the lease writes, on both databases, with real processes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.postgresql.competing import read_results
from tests.postgresql.sync_runs import SyncRuns
from tests.servers.live import ROOT, LiveSite, wait_for_first_ads
from tests.servers.ports import wait_until

VENDORS = pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
UTC = {"sqlite": "", "postgresql": "+00:00"}  # as each database writes it
ADS = 90
HELD = 3  # the command's exit code if another process has the lease


@pytest.fixture
def feed() -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        yield fake_feed


def publish_slowly(feed: FakeFeed) -> None:
    """Publish enough ads, and make the feed slow enough, that a run can be interrupted."""
    for _ in range(ADS):
        feed.publish()
    feed.faults.latency(detail=0.15)


def count_detail_requests(feed: FakeFeed) -> Counter[str]:
    """Counts the requests for each detail."""
    return Counter(request.path.rpartition("/")[2] for request in feed.requests if "/feedentry/" in request.path)


def matches_feed(site: LiveSite, feed: FakeFeed) -> bool:
    assert site.active() == set(feed.read_active_ads())
    assert site.value("SELECT count(*) FROM ingest_detailtask") == 0
    return True


@VENDORS
def test_two_processes_never_hold_the_lease(live_site: Callable[..., LiveSite], feed: FakeFeed, vendor: str) -> None:
    site = live_site(vendor, feed=feed.url)
    names = [f"racer{number}" for number in range(4)]
    racers = site.start("racers", str(ROOT / "tests/postgresql/racer.py"), str(site.folder), "10", *names)
    assert racers.wait(240) == 0, site.log("racers")
    results = read_results(site, "racers")
    assert {name: held for name, (held, _conflicts) in results.items()} == dict.fromkeys(names, 10)
    assert sum(conflicts for _held, conflicts in results.values()) == 0


@VENDORS
def test_sync_runs_at_once_and_after_a_kill_and_after_a_pause(
    live_site: Callable[..., LiveSite], feed: FakeFeed, vendor: str
) -> None:
    """Three scenarios on one site, each with new ads: all runs are forked from one process, which takes two seconds to start."""
    site = live_site(vendor, feed=feed.url)
    at_once = [f"sync{number}" for number in range(3)]
    runs = SyncRuns(site, *at_once, "killed", "next", "paused", "other")
    check_that_no_detail_is_fetched_or_written_twice(site, feed, runs, at_once)
    check_that_the_lease_of_a_killed_process_is_taken_at_once(site, feed, runs, vendor)
    check_that_a_paused_process_that_lost_its_lease_writes_nothing(site, feed, runs, vendor)


def check_that_no_detail_is_fetched_or_written_twice(site: LiveSite, feed: FakeFeed, runs: SyncRuns, names: list[str]) -> None:
    publish_slowly(feed)
    for name in names:
        runs.begin(name)
    codes = [runs.wait(name)[0] for name in names]
    assert codes.count(0) >= 1
    assert set(codes) <= {0, HELD}
    assert set(count_detail_requests(feed).values()) == {1}
    assert site.rows("SELECT DISTINCT version FROM vacancies_vacancy") == [(1,)]
    assert matches_feed(site, feed)


def check_that_the_lease_of_a_killed_process_is_taken_at_once(
    site: LiveSite, feed: FakeFeed, runs: SyncRuns, vendor: str
) -> None:
    had = len(site.active())
    publish_slowly(feed)
    killed = runs.begin("killed")
    wait_for_first_ads(site, feed, had + 30)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{killed}").exists(), 15, "the end of the killed process")
    before = len(site.active())
    assert before < had + ADS
    # The lease expires in 2999, but its process is dead, so another process may take it.
    site.rows("UPDATE core_leaserecord SET expires = ? WHERE name = 'feed' RETURNING name", "2999-01-01 00:00:00" + UTC[vendor])
    feed.faults.latency(detail=0)
    runs.begin("next")
    code, printed = runs.wait("next")
    assert code == 0, site.log("syncs")
    assert matches_feed(site, feed)
    assert json.loads(printed)["new"] == had + ADS - before, "written ads were fetched again, or ads were lost"


def check_that_a_paused_process_that_lost_its_lease_writes_nothing(
    site: LiveSite, feed: FakeFeed, runs: SyncRuns, vendor: str
) -> None:
    had = len(site.active())
    publish_slowly(feed)
    paused = runs.begin("paused")
    wait_for_first_ads(site, feed, had + 30)
    pause_between_transactions(site, paused, vendor)
    # Its lease expires, as when a machine sleeps; its process still exists.
    site.rows("UPDATE core_leaserecord SET expires = ? WHERE name = 'feed' RETURNING name", "2020-01-01 00:00:00" + UTC[vendor])
    feed.faults.latency(detail=0)
    runs.begin("other")
    assert runs.wait("other")[0] == 0, site.log("syncs")
    assert matches_feed(site, feed)
    before = site.rows("SELECT uuid, version, checked FROM vacancies_vacancy ORDER BY uuid")
    os.kill(paused, signal.SIGCONT)
    assert runs.wait("paused")[0] == HELD, site.log("syncs")
    assert site.rows("SELECT uuid, version, checked FROM vacancies_vacancy ORDER BY uuid") == before
    assert site.rows("SELECT owner FROM core_leaserecord WHERE name = 'feed'") == [("",)]


def pause_between_transactions(site: LiveSite, process: int, vendor: str) -> None:
    """Stops a process at a moment when it holds no lock."""
    for _attempt in range(200):
        os.kill(process, signal.SIGSTOP)
        time.sleep(0.02)
        if not _holds_a_lock(site, vendor):
            return
        os.kill(process, signal.SIGCONT)
        time.sleep(0.03)
    raise AssertionError("the process is never between two transactions")


def _holds_a_lock(site: LiveSite, vendor: str) -> bool:
    if vendor == "postgresql":
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        return bool(site.value(f"SELECT count(*) FROM pg_stat_activity WHERE {others} AND state <> 'idle'"))
    path = urlsplit(site.database).path
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
    return False
