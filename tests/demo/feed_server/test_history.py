"""Backfill: the distributions of NAV's feed, and the same history for the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from jobsearch.demo.feed_server import Store
from jobsearch.demo.feed_server.backfill import build_history, read_build_parameters
from jobsearch.demo.feed_server.time_formats import DAY, midnight, to_micros

NOW = datetime(2026, 9, 24, 10, 0, tzinfo=UTC)
ACTIVE, LINES = 3000, 12_000


def make_store(ads, **parameters):
    store = Store(ads=ads, clock=lambda: NOW)
    build_history(store, **{"active": ACTIVE, "lines": LINES, **parameters})
    return store


def query(store, sql):
    with store.reading() as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def history():
    from .conftest import TinyAds

    store = make_store(TinyAds())
    yield store
    store.close()


def test_the_numbers_of_active_ads_and_lines_are_exactly_as_requested(history):
    assert history.active_count() == len(history.read_active_ads()) == ACTIVE
    assert history.line_count() == LINES


def test_every_active_ad_expires_in_the_future_and_was_not_published_after_today(history):
    today = midnight(to_micros(NOW))
    sql = "SELECT min(expires), max(published), max(expires - published) FROM ad WHERE status = 'ACTIVE'"
    ((soonest, latest, longest),) = query(history, sql)
    assert soonest > today
    assert latest < today
    assert longest <= 181 * DAY


def test_the_time_to_expiry_of_active_ads_is_distributed_as_in_the_feed(history):
    today = midnight(to_micros(NOW))
    left = [row[0] - today for row in query(history, "SELECT expires FROM ad WHERE status = 'ACTIVE'")]
    for days, share in ((7, 0.37), (14, 0.59), (30, 0.83)):
        found = sum(time <= days * DAY + 3600e6 for time in left) / len(left)
        assert found == pytest.approx(share, abs=0.03)


def test_last_lines_agree_with_details_except_for_a_small_share(history):
    sql = """SELECT l.status, a.status, a.source = 'FINN', count(*) FROM ad a
             JOIN line l ON l.seq = (SELECT max(seq) FROM line WHERE ad = a.uuid) GROUP BY 1, 2, 3"""
    counts = {row[:3]: row[3] for row in query(history, sql)}
    assert counts[("ACTIVE", "ACTIVE", 0)] == ACTIVE
    assert 0 < counts[("ACTIVE", "INACTIVE", 0)] + counts[("ACTIVE", "ACTIVE", 1)] <= ACTIVE * 0.02
    assert ("INACTIVE", "ACTIVE", 0) not in counts
    assert counts[("INACTIVE", "INACTIVE", 0)] > ACTIVE


def test_kinds_of_lines_are_distributed_as_in_the_feed(history):
    sql = "SELECT status, count(*), sum(title = '...'), sum(municipal = '?') FROM line WHERE source <> 'FINN' GROUP BY 1"
    counts = {row[0]: row[1:] for row in query(history, sql)}
    assert 0.65 <= counts["ACTIVE"][0] / LINES <= 0.87
    assert counts["INACTIVE"][1] / counts["INACTIVE"][0] == pytest.approx(0.3, abs=0.03)
    assert counts["ACTIVE"][1] == 0
    assert (counts["ACTIVE"][2] + counts["INACTIVE"][2]) / LINES == pytest.approx(0.02, abs=0.006)


def test_a_large_history_has_3_7_lines_per_ad(ads):
    store = make_store(ads, active=300, lines=9000)
    assert 9000 / query(store, "SELECT count(*) FROM ad")[0][0] == pytest.approx(3.7, abs=0.1)
    store.close()


def test_batches_share_a_time_and_time_goes_back(history):
    times = [row[0] for row in query(history, "SELECT time FROM line ORDER BY seq")]
    assert len(set(times)) < LINES * 0.7
    assert sum(later < earlier for earlier, later in pairwise(times)) > LINES * 0.01
    assert max(times) < midnight(to_micros(NOW))
    assert max(times) - min(times) > 170 * DAY


def test_lines_of_one_ad_never_go_back_in_time_and_begin_active(history):
    seen = {}
    for ad, time in query(history, "SELECT ad, time FROM line WHERE source <> 'FINN' ORDER BY seq"):
        assert time > seen.get(ad, 0) or ad not in seen
        seen[ad] = time


def test_the_history_has_hidden_lines_reactivations_and_repeats_on_a_page(history):
    assert query(history, "SELECT count(*) FROM line WHERE source = 'FINN'")[0][0] > 10
    histories = {}
    for ad, status in query(history, "SELECT ad, status FROM line WHERE source <> 'FINN' ORDER BY seq"):
        histories[ad] = histories.get(ad, "") + status[0]
    assert sum("AIA" in history for history in histories.values()) > 10
    page = [row[0] for row in query(history, "SELECT ad FROM line ORDER BY seq LIMIT 1000 OFFSET 5000")]
    assert len(set(page)) < len(page)


def test_peaks_answer_if_modified_since_like_a_scan(history):
    from jobsearch.demo.feed_server.pages import find_first_line_after

    lines = query(history, "SELECT id, time FROM line WHERE source <> 'FINN' ORDER BY seq")
    for days in (1, 7, 60, 179):
        moment = to_micros(NOW - timedelta(days=days))
        assert find_first_line_after(history, moment) == next(line for line, time in lines if time > moment)


def test_same_seed_and_day_make_the_same_feed(ads):
    one, two = (make_store(ads, active=50, lines=200) for _ in range(2))
    other = make_store(ads, active=50, lines=200, seed=2)
    for table in ("line", "ad"):
        assert query(one, f"SELECT * FROM {table}") == query(two, f"SELECT * FROM {table}")
        assert query(one, f"SELECT * FROM {table}") != query(other, f"SELECT * FROM {table}")
    for store in (one, two, other):
        store.close()


def test_another_day_changes_only_the_dates(ads):
    one = make_store(ads, active=50, lines=200)
    two = make_store(ads, active=50, lines=200, now=NOW + timedelta(days=7))
    sql = "SELECT id, ad, status, title, municipal FROM line"
    assert query(one, sql) == query(two, sql)
    one.close()
    two.close()


def test_a_build_is_marked_complete_last_and_runs_only_once(ads):
    store = Store(ads=ads)
    with pytest.raises(ValueError, match="as many lines"):
        build_history(store, active=10, lines=5)
    assert read_build_parameters(store) is None
    build_history(store, active=10, lines=50)
    assert read_build_parameters(store) == "10 50 180 1"
    with pytest.raises(ValueError, match="new file"):
        build_history(store, active=10, lines=50)
    assert store.publish() not in {row[0] for row in query(store, "SELECT ad FROM line ORDER BY seq LIMIT 50")}
    store.close()
