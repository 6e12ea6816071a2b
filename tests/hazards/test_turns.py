"""Hazards 41, 43, 46: a feed that never ends, lines that come again after the cursor was lost, and whose turn it is."""

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
def writing(feed, pause: float) -> Iterator[list[str]]:
    """The server goes on publishing, an ad every `pause` seconds."""
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


def test_details_come_though_the_server_goes_on_writing(feed, site):
    """41: one more page is ready each time one was read, so the walk has no end of its own."""
    first = [feed.publish() for _ in range(5)]
    feed.faults.latency(page=0.15, detail=0.02)
    came = []
    started = time.monotonic()
    with writing(feed, 0.03):
        report = site.follow(after_batch=lambda: came.append(time.monotonic() - started))
        took = time.monotonic() - started
    assert came[0] < 4
    assert took < 12
    assert (report.exit_code, report.at_tip) == (0, True)
    assert site.active() >= set(first)
    feed.faults.clear()
    assert site.follow().exit_code == 0
    assert site.matches_feed()  # what was written meanwhile is read by the next run


def test_details_get_their_turn_while_a_long_backlog_is_read(feed, site, monkeypatch):
    """41, 43: and the walk goes on after it; each line is read once."""
    feed.publish()
    site.follow()
    monkeypatch.setattr(page_walker, "TURN_PAGES", 2)
    new = [feed.publish() for _ in range(30)]
    site.publish_lines(6000)
    phases: list[str] = []
    report = site.follow(on_progress=lambda phase, *_: phases.append(phase) if phases[-1:] != [phase] else None)
    assert phases[:4] == ["pages", "details", "pages", "details"]
    assert (report.exit_code, report.lines) == (0, 6030)
    assert site.active() >= set(new)
    assert site.matches_feed()


def test_the_turn_of_the_walk_also_ends_by_time(feed, site, monkeypatch):
    """41: pages may take half a minute each."""
    feed.publish()
    site.follow()
    monkeypatch.setattr(page_walker, "TURN_SECONDS", 0.0)
    site.publish_lines(3500)
    phases: list[str] = []
    report = site.follow(on_progress=lambda phase, *_: phases.append(phase) if phases[-1:] != [phase] else None)
    assert phases[:3] == ["pages", "details", "pages"]
    assert (report.exit_code, report.lines) == (0, 3500)


def test_the_first_load_reads_all_lines_before_the_details(feed, site, monkeypatch):
    """47: most details of half a year would be fetched in vain."""
    monkeypatch.setattr(page_walker, "TURN_PAGES", 1)
    monkeypatch.setattr(page_walker, "TURN_SECONDS", 0.0)
    site.publish_lines(3500)
    phases: list[str] = []
    site.follow(on_progress=lambda phase, *_: phases.append(phase) if phases[-1:] != [phase] else None)
    assert phases == ["pages", "details"]


def test_an_ad_is_closed_while_many_details_are_fetched(feed, site, monkeypatch):
    """9, 43: lines are read again before the queue is empty."""
    feed.publish()
    site.follow()
    monkeypatch.setattr(sync, "DETAILS_SECONDS_AT_HEAD", 0.3)
    monkeypatch.setattr(detail_worker, "MAX_PENDING", 10)
    ended = feed.publish()
    site.follow()
    for _ in range(120):
        feed.publish()
    feed.faults.latency(detail=0.05)
    owed_when_closed: list[int] = []

    def end_it() -> None:
        if not told:
            told.append(feed.stop(ended))
        if not owed_when_closed and ended not in site.active():
            owed_when_closed.append(DetailTask.objects.count())

    told: list[str] = []
    report = site.follow(after_batch=end_it)
    assert owed_when_closed[0] > 20
    assert (report.exit_code, report.waiting) == (0, 0)
    assert site.matches_feed()


def test_a_newest_line_that_cannot_be_had_holds_up_no_detail(feed, site, monkeypatch):
    """41: only the age of the feed is not known then."""
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


def test_what_has_expired_is_closed_whatever_becomes_of_the_feed(feed, site, stored):
    """24, 41: by each run, before it asks for anything."""
    ad = stored()
    Vacancy.objects.filter(uuid=ad).update(visible_until=timezone.now() - dt.timedelta(minutes=1))
    with feed.faults.status(503):
        assert site.follow().exit_code == 2
    assert site.ad(ad).closed_reason == Vacancy.Closed.EXPIRED


def test_one_ad_that_cannot_be_closed_holds_up_no_other(feed, site, monkeypatch):
    """20, 24: neither those that expire with it, nor the page that its line is on."""
    ads = [feed.publish() for _ in range(8)]
    site.follow()
    bad = site.ad(ads[3]).uuid
    real = store.close

    def refusing(uuids, *arguments, **options):
        if bad in set(uuids):
            raise ValueError("no")
        return real(uuids, *arguments, **options)

    monkeypatch.setattr(store, "close", refusing)
    Vacancy.objects.filter(uuid__in=ads[:4]).update(visible_until=timezone.now() - dt.timedelta(minutes=1))
    assert store.close_expired() == 3
    Vacancy.objects.filter(uuid=bad).update(visible_until=timezone.now() + dt.timedelta(days=9))
    for ad in ads[3:6]:
        feed.stop(ad)
    new = feed.publish()
    report = site.follow()
    assert (report.exit_code, report.quarantined, report.at_tip) == (1, 1, True)
    assert site.task(ads[3]).reason.startswith("not-closed")
    assert site.active() == {ads[3], *ads[6:], new}
    monkeypatch.undo()
    site.advance_retries(days=2)
    site.follow()
    assert site.active() == {*ads[6:], new}
    assert site.ad(ads[3]).title == ""


# -- lines that come again ------------------------------------------------------------------------------------------------


def _closings() -> int:
    return Vacancy.objects.filter(status=Vacancy.Status.INACTIVE).count()


@pytest.mark.parametrize("lost", ["new ids", "new ids and times", "no cursor"])
def test_lines_that_come_again_close_nothing_even_for_a_while(feed, site, lost):
    """46: an ad that ended and came back within the hour was closed until its detail was fetched."""
    ads = [feed.publish() for _ in range(30)]
    for ad in ads:
        feed.expire(ad)
        feed.reactivate(ad)
    site.follow()
    site.publish_lines(1200)
    feed.publish()
    site.follow()
    versions = dict(Vacancy.objects.values_list("uuid", "version"))
    if lost == "no cursor":
        FeedState.objects.update(page_id="", page_seen=[])
    else:
        feed.rebuild(at=timezone.now() if "times" in lost else None)
    with feed.faults.status(503, on="detail"):  # so that what a line did stays to be seen
        report = site.follow()
    assert report.closed == 0
    assert _closings() == 0
    assert dict(Vacancy.objects.values_list("uuid", "version")) == versions
    assert site.follow().exit_code == 0
    assert _closings() == 0
    assert site.matches_feed()


def test_an_end_that_is_news_counts_after_the_cursor_was_lost(feed, site):
    """46: by the ad's detail, in the same run."""
    stay, stopped, ended = [feed.publish() for _ in range(3)]
    site.follow()
    feed.stop(stopped)
    feed.expire(ended)
    feed.rebuild()
    assert site.follow().closed == 2
    assert site.active() == {stay}
    assert (site.ad(stopped).title, site.ad(stopped).closed_reason) == ("", Vacancy.Closed.FEED)
    assert site.ad(ended).title
    assert site.matches_feed()


def test_the_order_of_the_feed_counts_again_once_the_head_is_reached(feed, site):
    """9, 46: times run backwards in ordinary operation."""
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


def test_catching_up_goes_on_after_a_run_that_broke_off(feed, site):
    """46: what kind of walk it is, is kept with the cursor."""
    ad = feed.publish()
    site.publish_lines(1200)
    feed.expire(ad)
    feed.reactivate(ad)
    site.publish_lines(1200)
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


def test_the_mask_of_a_line_that_comes_again_stays(feed, site):
    """23, 46: also when an ordinary end follows it on another page."""
    ad, stay = feed.publish(), feed.publish()
    site.follow()
    feed.stop(ad)
    site.publish_lines(1100)
    feed.append_line(ad, status="INACTIVE", title="Sykepleier", business_name="Sykehus")
    feed.rebuild()
    site.follow()
    assert (site.ad(ad).status, site.ad(ad).title) == ("INACTIVE", "")
    assert stay in site.active()
