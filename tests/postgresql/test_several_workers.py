"""However many processes follow the feed at once, one writes: on both databases, with real processes."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.servers import processes
from tests.servers.live import ROOT, LiveSite, wait_for_first_ads
from tests.servers.ports import wait_until

VENDORS = pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
UTC = {"sqlite": "", "postgresql": "+00:00"}  # as each database writes it
HELD = 3  # the command's exit code where another one follows the feed


@pytest.fixture
def feed() -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        yield fake_feed


@pytest.fixture
def full_feed(feed: FakeFeed) -> FakeFeed:
    """Enough ads, slow enough, that a first load can be caught in the middle."""
    for _ in range(400):
        feed.publish()
    feed.faults.latency(detail=0.03)
    return feed


def asked(feed: FakeFeed) -> Counter[str]:
    """How many times each detail was asked for."""
    return Counter(request.path.rpartition("/")[2] for request in feed.requests if "/feedentry/" in request.path)


def is_true(site: LiveSite, feed: FakeFeed) -> bool:
    assert site.active() == set(feed.truth())
    assert site.value("SELECT count(*) FROM ingest_detailtask") == 0
    return True


@VENDORS
def test_the_lease_is_never_held_by_two(live_site: Callable[..., LiveSite], feed: FakeFeed, vendor: str) -> None:
    site = live_site(vendor, feed=feed.url)
    assert site.manage("sync") == 0  # makes the row
    names = [f"racer{number}" for number in range(4)]
    racers = [site.start(name, str(ROOT / "tests/postgresql/racer.py"), str(site.folder), name, "10") for name in names]
    wait_until(lambda: all((site.folder / f"{name}.ready").exists() for name in names), 60, "all racers")
    (site.folder / "go").touch()
    assert [racer.wait(240) for racer in racers] == [0] * 4
    results = [[int(word) for word in site.log(name).split()] for name in names]
    assert sum(intruders for _held, intruders in results) == 0
    assert [held for held, _intruders in results] == [10] * 4


@VENDORS
def test_no_detail_is_fetched_or_written_by_two(live_site: Callable[..., LiveSite], full_feed: FakeFeed, vendor: str) -> None:
    site = live_site(vendor, feed=full_feed.url)
    codes = [process.wait(240) for process in [site.sync(f"sync{number}") for number in range(3)]]
    assert codes.count(0) >= 1
    assert set(codes) <= {0, HELD}
    assert set(asked(full_feed).values()) == {1}
    assert site.rows("SELECT DISTINCT version FROM vacancies_vacancy") == [(1,)]
    assert is_true(site, full_feed)


@VENDORS
def test_what_a_killed_process_left_is_taken_up_at_once(
    live_site: Callable[..., LiveSite], full_feed: FakeFeed, vendor: str
) -> None:
    site = live_site(vendor, feed=full_feed.url)
    first = site.sync("killed")
    wait_for_first_ads(site, full_feed, 100)
    processes.kill(first)
    had = len(site.active())
    assert had < 400
    # Its process is seen to be dead: whoever waited for the lease would wait for ever.
    site.rows("UPDATE ingest_feedstate SET lease_until = ? RETURNING id", "2999-01-01 00:00:00" + UTC[vendor])
    full_feed.faults.latency(detail=0)
    assert site.sync("next").wait(240) == 0
    assert is_true(site, full_feed)
    report = json.loads(site.log("next").strip().splitlines()[-1])
    assert report["new"] == 400 - had, "what was written before was fetched again, or something was lost"


@VENDORS
def test_who_was_away_while_another_took_over_writes_nothing(
    live_site: Callable[..., LiveSite], full_feed: FakeFeed, vendor: str
) -> None:
    site = live_site(vendor, feed=full_feed.url)
    away = site.sync("away")
    wait_for_first_ads(site, full_feed, 100)
    pause_between_transactions(site, away, vendor)
    # Its lease runs out, as it does when a machine sleeps; its process is there still.
    site.rows("UPDATE ingest_feedstate SET lease_until = ? RETURNING id", "2020-01-01 00:00:00" + UTC[vendor])
    full_feed.faults.latency(detail=0)
    assert site.sync("other").wait(240) == 0
    assert is_true(site, full_feed)
    before = site.rows("SELECT uuid, version, checked FROM vacancies_vacancy ORDER BY uuid")
    away.send_signal(signal.SIGCONT)
    assert away.wait(240) == HELD, site.log("away")
    assert site.rows("SELECT uuid, version, checked FROM vacancies_vacancy ORDER BY uuid") == before
    assert site.rows("SELECT lease_owner, lease_until FROM ingest_feedstate") == [("", None)]


def pause_between_transactions(site: LiveSite, process: subprocess.Popen[bytes], vendor: str) -> None:
    """Stops a process at a moment at which it holds nothing that others wait for."""
    for _attempt in range(200):
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.02)
        if not _holds_a_lock(site, vendor):
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.03)
    raise AssertionError("it is never between two transactions")


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
