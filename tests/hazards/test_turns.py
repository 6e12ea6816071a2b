"""Hazards 41, 43, 46: turns of pages and details, an endless feed, and repeated lines after the cursor was lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator

import pytest
from django.utils import timezone

from ingest import detail_worker, page_walker, sync
from ingest.client.errors import FeedUnavailable
from ingest.models import DetailTask, FeedState
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy


@contextlib.contextmanager
def publishing(feed, pause: float) -> Iterator[list[str]]:
    """Publishes an ad every `pause` seconds, in a thread."""
    ended, ads = threading.Event(), []

    def write() -> None:
        while not ended.wait(pause):
            ads.append(feed.publish())

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield ads
    finally:
        ended.set()
        thread.join()


@pytest.mark.precomputing
def test_details_are_fetched_while_the_server_keeps_writing(feed, site):
    """41: a further page is ready each time one is read, so the walk would never end by itself."""
    first = [feed.publish() for _ in range(5)]
    feed.faults.latency(page=0.15, detail=0.02)
    batches = []
    started = time.monotonic()
    with publishing(feed, 0.03):
        report = site.follow(after_batch=lambda: batches.append(time.monotonic() - started))
        took = time.monotonic() - started
    assert batches[0] < 4
    assert took < 12
    assert (report.exit_code, report.at_tip) == (0, True)
    assert site.active() >= set(first)
    feed.faults.clear()
    assert site.follow().exit_code == 0
    assert site.matches_feed()  # the next run reads what was written meanwhile


def test_details_are_fetched_between_the_pages_of_a_long_backlog(feed, site, monkeypatch):
    """41, 43: the walk continues after them; each line is read once."""
    feed.publish()
    site.follow()
    monkeypatch.setattr(page_walker, "TURN_PAGES", 2)
    new = [feed.publish() for _ in range(30)]
    site.publish_lines(600)
    phases: list[str] = []
    report = site.follow(on_progress=lambda phase, *_: phases.append(phase) if phases[-1:] != [phase] else None)
    assert phases[:4] == ["pages", "details", "pages", "details"]
    assert (report.exit_code, report.lines) == (0, 630)
    assert site.active() >= set(new)
    assert site.matches_feed()


def test_a_turn_of_the_page_walk_is_limited_by_time(feed, site, monkeypatch):
    """41: a page may take half a minute."""
    feed.publish()
    site.follow()
    monkeypatch.setattr(page_walker, "TURN_SECONDS", 0.0)
    site.publish_lines(350)
    phases: list[str] = []
    report = site.follow(on_progress=lambda phase, *_: phases.append(phase) if phases[-1:] != [phase] else None)
    assert phases[:3] == ["pages", "details", "pages"]
    assert (report.exit_code, report.lines) == (0, 350)


def test_the_first_load_reads_all_lines_before_the_details(feed, site, monkeypatch):
    """47: otherwise most details of half a year would be fetched for nothing."""
    monkeypatch.setattr(page_walker, "TURN_PAGES", 1)
    monkeypatch.setattr(page_walker, "TURN_SECONDS", 0.0)
    site.publish_lines(350)
    phases: list[str] = []
    site.follow(on_progress=lambda phase, *_: phases.append(phase) if phases[-1:] != [phase] else None)
    assert phases == ["pages", "details"]


@pytest.mark.precomputing
def test_an_ad_is_deactivated_while_many_details_are_fetched(feed, site, monkeypatch):
    """9, 43: lines are read again before the queue is empty."""
    feed.publish()
    site.follow()
    monkeypatch.setattr(sync, "DETAILS_SECONDS_AT_HEAD", 0.3)
    monkeypatch.setattr(detail_worker, "MAX_PENDING", 10)
    ad = feed.publish()
    site.follow()
    for _ in range(120):
        feed.publish()
    feed.faults.latency(detail=0.05)
    queued_when_closed: list[int] = []

    def close_ad() -> None:
        if not closed:
            closed.append(feed.stop(ad))
        if not queued_when_closed and ad not in site.active():
            queued_when_closed.append(DetailTask.objects.count())

    closed: list[str] = []
    report = site.follow(after_batch=close_ad)
    assert queued_when_closed[0] > 20
    assert (report.exit_code, report.waiting) == (0, 0)
    assert site.matches_feed()


def test_details_are_fetched_if_the_newest_line_cannot_be_fetched(feed, site, monkeypatch):
    """41: only the age of the feed is then unknown."""
    feed.publish()
    site.follow()
    new = [feed.publish() for _ in range(5)]
    client = site.client()

    def failing():
        raise FeedUnavailable("status-500", "no")

    monkeypatch.setattr(client, "fetch_last_page", failing)
    report = sync.run(feed=client)
    client.close()
    assert (report.exit_code, report.at_tip) == (2, True)
    assert site.active() > set(new)


def test_expired_ads_are_deactivated_even_if_the_feed_fails(feed, site, stored):
    """24, 41: at the beginning of each run, before the first request."""
    ad = stored()
    Vacancy.objects.filter(uuid=ad).update(visible_until=timezone.now() - dt.timedelta(minutes=1))
    with feed.faults.status(503):
        assert site.follow().exit_code == 2
    assert site.ad(ad).closed_reason == Vacancy.Closed.EXPIRED


def test_one_ad_that_cannot_be_deactivated_does_not_block_others(feed, site, monkeypatch):
    """20, 24: neither those that expire at the same time, nor the page with its line."""
    ads = [feed.publish() for _ in range(8)]
    site.follow()
    bad = site.ad(ads[3]).uuid
    real = store.close_vacancies

    def refusing(uuids, *arguments, **options):
        if bad in set(uuids):
            raise ValueError("no")
        return real(uuids, *arguments, **options)

    monkeypatch.setattr(store, "close_vacancies", refusing)
    Vacancy.objects.filter(uuid__in=ads[:4]).update(visible_until=timezone.now() - dt.timedelta(minutes=1))
    assert store.close_expired() == 3
    Vacancy.objects.filter(uuid=bad).update(visible_until=timezone.now() + dt.timedelta(days=9))
    for ad in ads[3:6]:
        feed.stop(ad)
    new = feed.publish()
    report = site.follow()
    assert (report.exit_code, report.quarantined, report.at_tip) == (1, 1, True)
    assert site.task(ads[3]).error_code == "not-closed"
    assert site.active() == {ads[3], *ads[6:], new}
    monkeypatch.undo()
    site.advance_retries(days=2)
    site.follow()
    assert site.active() == {*ads[6:], new}
    assert site.ad(ads[3]).title == ""


# -- repeated lines -------------------------------------------------------------------------------------------------------


def _count_inactive() -> int:
    return Vacancy.objects.filter(status=Vacancy.Status.INACTIVE).count()


@pytest.mark.parametrize("lost", ["new ids", "new ids and times", "no cursor"])
def test_repeated_lines_do_not_deactivate_even_temporarily(feed, site, lost):
    """46: an ad closed and reactivated within an hour was inactive until its detail was fetched."""
    ads = [feed.publish() for _ in range(30)]
    for ad in ads:
        feed.expire(ad)
        feed.reactivate(ad)
    site.follow()
    site.publish_lines(120)
    feed.publish()
    site.follow()
    versions = dict(Vacancy.objects.values_list("uuid", "version"))
    if lost == "no cursor":
        FeedState.objects.update(page_id="", page_seen=[])
    else:
        feed.rebuild(at=timezone.now() if "times" in lost else None)
    with feed.faults.status(503, on="detail"):  # so that the effect of the lines alone remains visible
        report = site.follow()
    assert report.closed == 0
    assert _count_inactive() == 0
    assert dict(Vacancy.objects.values_list("uuid", "version")) == versions
    assert site.follow().exit_code == 0
    assert _count_inactive() == 0
    assert site.matches_feed()


def test_a_new_closing_line_applies_after_the_cursor_was_lost(feed, site):
    """46: confirmed by the ad's detail, in the same run."""
    stay, stopped, expired = [feed.publish() for _ in range(3)]
    site.follow()
    feed.stop(stopped)
    feed.expire(expired)
    feed.rebuild()
    assert site.follow().closed == 2
    assert site.active() == {stay}
    assert (site.ad(stopped).title, site.ad(stopped).closed_reason) == ("", Vacancy.Closed.FEED)
    assert site.ad(expired).title
    assert site.matches_feed()


def test_the_order_of_the_feed_decides_again_at_the_head(feed, site):
    """9, 46: times go backwards in normal operation."""
    ad = feed.publish()
    feed.publish()
    site.follow()
    feed.rebuild()
    site.follow()
    assert not site.state().catching_up
    feed.stop(ad, at=timezone.now() - dt.timedelta(minutes=5))
    site.follow()
    assert site.count_requests(ad) == 2
    assert ad not in site.active()


def test_catching_up_continues_after_an_interrupted_run(feed, site):
    """46: the flag `catching_up` is stored with the cursor."""
    ad = feed.publish()
    site.publish_lines(120)
    feed.expire(ad)
    feed.reactivate(ad)
    site.publish_lines(120)
    site.follow()
    feed.rebuild()
    client = site.client()
    second = client.fetch_first_page(timezone.now() - dt.timedelta(days=1)).next_id
    client.close()
    with feed.faults.status(500, on="page", page=second):
        assert site.follow().exit_code == 2
    assert site.state().catching_up
    with feed.faults.status(503, on="detail"):
        site.follow()
    assert ad in site.active()
    assert site.follow(retry_now=True).exit_code == 0
    assert not site.state().catching_up
    assert site.matches_feed()


def test_the_mask_of_a_repeated_line_is_kept(feed, site):
    """23, 46: also if an unmasked closing line follows it on another page."""
    ad, stay = feed.publish(), feed.publish()
    site.follow()
    feed.stop(ad)
    site.publish_lines(110)
    feed.append_line(ad, status="INACTIVE", title="Sykepleier", business_name="Sykehus")
    feed.rebuild()
    site.follow()
    assert (site.ad(ad).status, site.ad(ad).title) == ("INACTIVE", "")
    assert stay in site.active()
