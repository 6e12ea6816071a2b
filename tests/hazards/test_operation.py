"""Hazards 43-48: concurrent processes, restarts, the first load, and health."""

from __future__ import annotations

import datetime as dt
import threading
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from ingest import detail_queue, page_walker, status, sync
from ingest.client.errors import WrongOrigin
from ingest.lease import FeedLease
from ingest.models import DetailTask, FeedState, Run
from jobsearch.core.leases import LeaseHeld, LeaseLost
from jobsearch.core.models import LeaseRecord
from jobsearch.demo.feed_server import FakeFeed
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.ingest import plain_ads
from tests.servers.ports import wait_until


@pytest.mark.precomputing
def test_the_detail_queue_survives_a_restart(feed, site):
    """43: the queue is a database table."""
    ads = [feed.publish() for _ in range(120)]
    stop = threading.Event()
    report = site.follow(after_batch=stop.set, stop=stop)
    assert 0 < report.new < len(ads)
    assert report.waiting == len(ads) - report.new
    assert Run.objects.first().state == Run.State.STOPPED
    assert site.follow().new == len(ads) - report.new
    assert site.matches_feed()


@pytest.mark.precomputing
def test_an_answer_requested_before_a_newer_line_is_not_written(feed, site):
    """9, 43: otherwise an old answer could overwrite a newer one, or reactivate an ad that was closed meanwhile."""
    closed, edited, *_ = [feed.publish() for _ in range(110)]
    feed.faults.latency(detail=0.02)

    def apply_newer_lines() -> None:
        if not applied:
            wait_until(lambda: site.count_requests(closed) and site.count_requests(edited), 30, "both requests")
            applied.append(DetailTask.objects.filter(uuid=closed).delete())
            with transaction.atomic():
                detail_queue.enqueue({UUID(edited): timezone.now()}, DetailTask.Origin.LINE)

    applied: list[object] = []
    report = site.follow(after_batch=apply_newer_lines)
    assert (report.exit_code, report.superseded) == (0, 2)
    assert site.ad(closed) is None
    assert (site.count_requests(closed), site.count_requests(edited)) == (1, 2)
    assert edited in site.active()


def test_a_second_concurrent_run_is_refused(feed, site):
    """Hazard 44."""
    feed.publish()
    FeedState.get_for_feed(feed.url)
    with FeedLease() as lease, pytest.raises(LeaseHeld, match="process"):
        assert lease
        site.follow()
    assert site.follow().exit_code == 0


@pytest.mark.precomputing
def test_a_run_that_lost_its_lease_writes_nothing(feed, site):
    """44: each transaction begins with a check of the lease."""
    ads = [feed.publish() for _ in range(120)]

    def take_lease() -> None:
        LeaseRecord.objects.update(owner="another process")

    with pytest.raises(LeaseLost):
        site.follow(after_batch=take_lease)
    assert 0 < Vacancy.objects.count() < len(ads)
    assert LeaseRecord.objects.get().owner == "another process"


def test_a_run_that_lost_its_lease_does_not_move_the_cursor(feed, site):
    """44: and does not apply a page."""
    site.publish_lines(250)
    cursors = []

    def take_lease(phase: str, done: int, total: int) -> None:
        cursors.append(site.state().page_id)
        LeaseRecord.objects.update(owner="another process")

    with pytest.raises(LeaseLost):
        site.follow(on_progress=take_lease)
    assert cursors == [site.state().page_id]


def test_a_page_and_the_cursor_are_committed_together(feed, site, monkeypatch):
    """Hazard 45."""
    ad = feed.publish()
    feed.publish()
    site.follow()
    before = site.state()
    feed.stop(ad)
    new = feed.publish()
    real = page_walker.PageWalker._mark

    def failing(self, *arguments):
        raise RuntimeError("killed here")

    monkeypatch.setattr(page_walker.PageWalker, "_mark", failing)
    with pytest.raises(RuntimeError):
        site.follow()
    assert site.state().page_id == before.page_id
    assert ad in site.active()
    assert site.task(new) is None
    monkeypatch.setattr(page_walker.PageWalker, "_mark", real)
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_a_missing_cursor_page_restarts_by_time(feed, site):
    """46: when NAV rebuilds the feed, the page at the cursor is gone."""
    now = timezone.now()
    old = feed.publish(at=now - dt.timedelta(days=3))
    near = feed.publish(at=now - dt.timedelta(minutes=30))
    feed.publish(at=now)
    site.follow()
    FeedState.objects.update(page_id="00000000-0000-4000-8000-000000000000")
    feed.clear_requests()
    new = feed.publish()
    report = site.follow()
    assert report.exit_code == 0
    assert new in site.active()
    assert site.state().cursor_lost
    assert (site.count_requests(old), site.count_requests(near)) == (0, 1)
    assert any("forsvant" in problem for problem in status.status().problems)


@pytest.mark.parametrize("known", [False, True])
def test_a_feed_without_any_of_its_pages_is_unavailable(feed, site, known):
    """Hazard 46."""
    for _ in range(5):
        feed.publish()
    if known:
        site.follow()
    for _ in range(5):
        feed.publish()
    with feed.faults.page_gone():
        report = site.follow()
    assert report.exit_code == 2
    assert "page-gone" in report.problem
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_the_first_load_starts_half_a_year_back(feed, site, settings):
    """47: the feed begins with three years of lines about closed ads."""
    settings.FEED_BACKFILL_DAYS = 180
    now = timezone.now()
    old = [feed.publish(at=now - dt.timedelta(days=days)) for days in (900, 400, 181)]
    recent = [feed.publish(at=now - dt.timedelta(days=days)) for days in (179, 20, 0)]
    report = site.follow()
    assert report.lines == len(recent)
    assert [site.count_requests(ad) for ad in old] == [0, 0, 0]


def test_only_ads_whose_last_line_is_active_are_fetched(feed, site):
    """47: all lines first: an ad has about four lines, and most ads of half a year are closed."""
    ads = [feed.publish() for _ in range(240)]
    for ad in ads[:200]:
        feed.expire(ad)
    report = site.follow()
    assert report.new == 40
    assert sum("feedentry" in path for path in site.paths) == 40


def test_the_newest_ads_are_fetched_first(feed, site):
    """43: they are what users look for."""
    now = timezone.now()
    ads = [feed.publish(at=now - dt.timedelta(hours=hours)) for hours in range(400, 0, -1)]
    stop = threading.Event()
    site.follow(after_batch=stop.set, stop=stop)
    stored = site.active()
    assert stored <= set(ads[-120:])


def test_health_depends_on_times_and_not_on_a_runs_result(feed, site):
    """Hazard 48."""
    feed.publish()
    site.follow()
    assert status.status().problems == []
    assert status.status().lag == dt.timedelta()
    FeedState.objects.update(last_read=timezone.now() - dt.timedelta(hours=3))
    assert any("ikke lest siden" in problem for problem in status.status().problems)
    FeedState.objects.update(
        last_read=timezone.now(), last_line_time=timezone.now() - dt.timedelta(hours=30), tip_time=timezone.now()
    )
    facts = status.status()
    assert facts.lag > dt.timedelta(hours=29)
    assert any("ligger etter" in problem for problem in facts.problems)


def test_a_run_stores_its_report(feed, site):
    """Hazard 48."""
    feed.publish()
    report = site.follow(requested_by="kari")
    row = Run.objects.get()
    assert (row.kind, row.state, row.requested_by) == ("sync", Run.State.DONE, "kari")
    assert row.result == report.as_json()
    assert set(row.result) >= {
        "pages", "lines", "new", "updated", "unchanged", "closed", "deferred", "quarantined", "seconds",
    }  # fmt: skip


def test_another_feed_is_refused(feed, site, settings):
    """46: a cursor is not valid in another feed."""
    feed.publish()
    site.follow()
    with FakeFeed(ads=plain_ads) as other:
        settings.NAV_FEED_URL = other.url
        with pytest.raises(WrongOrigin, match="DATABASE_URL"):
            sync.run()
        assert other.requests == []


@pytest.mark.precomputing
def test_traces_of_closed_ads_are_erased_after_each_transaction(feed, site, monkeypatch):
    """27: the database's write-ahead log is emptied after every transaction that closed an ad."""
    ads = [feed.publish() for _ in range(3)]
    site.follow()
    erased = []
    monkeypatch.setattr(store, "erase_deleted_content", lambda: erased.append(1))
    feed.publish()
    site.follow()
    assert len(erased) == 1  # at the end of each run, as a concurrent reader may have prevented an earlier one
    feed.stop(ads[0])
    site.follow()
    feed.close_silently(ads[1])
    feed.change(ads[2])
    feed.append_line(ads[1])
    site.follow()
    assert len(erased) == 5
