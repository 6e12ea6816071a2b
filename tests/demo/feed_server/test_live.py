"""Live changes: the number of active ads stays near its target, and a restart continues."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from jobsearch.demo.feed_server import Store
from jobsearch.demo.feed_server.backfill import build_history
from jobsearch.demo.feed_server.live_changes import LivePublisher, catch_up
from jobsearch.demo.feed_server.time_formats import to_micros

NOW = datetime(2026, 9, 24, 10, 0, tzinfo=UTC)


def lines(store):
    with store.reading() as connection:
        return connection.execute("SELECT ad, status, title FROM line ORDER BY seq").fetchall()


@pytest.fixture
def store(ads, clock):
    clock.now = NOW
    store = Store(ads=ads, clock=clock)
    build_history(store, active=200, lines=800)
    yield store
    store.close()


def test_active_count_stays_within_five_percent(store, clock):
    publisher = LivePublisher(store)
    kinds = set()
    for _ in range(600):
        clock.advance(hours=1)
        kinds |= set(publisher.step())
        assert 190 <= store.active_count() <= 210
    assert kinds == {"publish", "change", "expire", "stop", "reactivate"}


@pytest.mark.parametrize("active", [1, 10, 30])
def test_the_active_count_of_a_small_feed_stays_at_its_target(ads, clock, active):
    store = Store(ads=ads, clock=clock)
    build_history(store, active=active, lines=active * 5)
    publisher = LivePublisher(store)
    for _ in range(100):
        clock.advance(seconds=4)
        publisher.step()
        assert abs(store.active_count() - active) <= active * 0.05
    store.close()


def test_changes_depend_on_the_counter_so_a_restart_continues(ads, clock):
    def run(restart):
        clock.now = NOW
        store = Store(ads=ads, clock=clock)
        build_history(store, active=100, lines=300)
        publisher = LivePublisher(store)
        for step in range(30):
            clock.advance(seconds=4)
            if restart and step == 15:
                publisher = LivePublisher(store)
            publisher.step()
        found = lines(store)
        store.close()
        return found

    assert run(restart=False) == run(restart=True)


def test_ads_expired_while_the_server_was_stopped_get_an_inactive_line(store, clock):
    clock.advance(days=10)
    before = store.line_count()
    with store.reading() as connection:
        due = [
            row[0]
            for row in connection.execute("SELECT uuid FROM ad WHERE status = 'ACTIVE' AND expires < ?", (to_micros(clock.now),))
        ]
    due = [uuid for uuid in due if uuid in store.read_active_ads()]
    assert len(due) > 50
    assert catch_up(store) == len(due) == store.line_count() - before
    assert {store.last_line_status(uuid) for uuid in due} == {"INACTIVE"}
    assert catch_up(store) == 0


def test_catching_up_restores_the_number_of_active_ads(store, clock):
    start = clock.now
    clock.advance(days=60)
    catch_up(store, target=200)
    assert store.active_count() == 200
    with store.reading() as connection:
        times = [row[0] for row in connection.execute("SELECT time FROM line WHERE time > ?", (to_micros(start),))]
        soonest = connection.execute("SELECT min(expires) FROM ad WHERE status = 'ACTIVE' AND source <> 'FINN'").fetchone()
    assert len(set(times)) > 50
    assert max(times) <= to_micros(clock.now) < soonest[0]


def test_an_ad_whose_stop_was_ignored_is_never_closed(store, clock):
    uuid = store.publish()
    store.stop_unnoticed(uuid)
    clock.advance(days=100)
    catch_up(store, target=200)
    assert store.last_line_status(uuid) == "ACTIVE"


def test_the_publisher_runs_in_a_thread_and_continues_after_a_failing_step(store, monkeypatch, caplog):
    publisher = LivePublisher(store, interval=0.01)
    real, calls = publisher.step, []

    def step():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("once")
        return real()

    monkeypatch.setattr(publisher, "step", step)
    before = store.line_count()
    with publisher:
        until = time.monotonic() + 60
        while store.line_count() == before and time.monotonic() < until:
            time.sleep(0.01)
    assert store.line_count() > before
    assert "failed a step" in caplog.text
