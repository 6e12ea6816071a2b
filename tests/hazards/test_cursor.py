"""Hazards 1-17: the cursor, conditional requests, the order of lines, and lines that the page walk misses."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest
from django.utils import timezone

from ingest import replay
from ingest.client.errors import FeedUnavailable
from ingest.models import DetailTask, FeedState, PageMark
from jobsearch.demo.feed_server import pages
from jobsearch.demo.feed_server.time_formats import to_micros
from jobsearch.vacancies.models import Vacancy


def test_only_the_very_first_request_is_conditional(feed, site):
    """1, 4: a full page's ETag always gives 304; If-Modified-Since hides lines whose time is earlier than the line before."""
    site.publish_lines(120)
    site.follow()
    feed.publish()
    site.follow()
    site.follow()
    assert not [request for request in feed.requests if "if-none-match" in request.headers]
    conditional = [request for request in feed.requests if "if-modified-since" in request.headers]
    assert conditional == [request for request in feed.requests if request.kind == "page"][:1]
    assert conditional[0].path == "/api/v1/feed"
    assert site.matches_feed()


@pytest.mark.parametrize("size", [100, 1000])
def test_the_cursor_leaves_a_full_page(feed, site, monkeypatch, size):
    """1: a cursor that stays on a page with a next page never advances. A thousand lines are a page of NAV's."""
    monkeypatch.setattr(pages, "DEFAULT_PAGE_SIZE", size)
    site.publish_lines(size + 10)
    site.follow()
    cursor = site.state().page_id
    site.publish_lines(size + 10)
    assert site.follow().lines == size + 10
    assert site.state().page_id != cursor
    assert site.matches_feed()


@pytest.mark.precomputing
def test_a_single_appended_line_is_seen_at_the_next_poll(feed, site):
    """2: a third line on a last page of two lines does not change the ETag, and a 304 would hide it for a night."""
    feed.publish(), feed.publish()
    site.follow()
    appended = feed.publish()
    report = site.follow()
    assert report.new == 1
    assert appended in site.active()


def test_the_cursor_is_the_next_page_to_read(feed, site):
    """3: storing the page that was just read costs a thousand lines in each run."""
    site.publish_lines(150)
    site.follow()
    feed.clear_requests()
    report = site.follow()
    pages = [request for request in feed.requests if request.kind == "page" and "last" not in request.query]
    assert [request.path for request in pages] == [f"/api/v1/feed/{site.state().page_id}"]
    assert (report.pages, report.lines) == (1, 0)


def test_lines_whose_time_goes_back_are_not_lost(feed, site):
    """4: line times go backwards wherever two batches were written at once."""
    now = timezone.now()
    ads = [feed.publish(at=now - dt.timedelta(minutes=minutes)) for minutes in (10, 3, 9, 1, 8, 2, 60)]
    site.follow()
    assert site.active() == set(ads)
    earlier = feed.publish(at=now - dt.timedelta(minutes=30))
    site.follow()
    assert earlier in site.active()


def test_if_modified_since_has_the_format_that_the_server_parses(feed, site):
    """5: a wrong weekday or format is silently ignored, and the response begins in 2023."""
    old = feed.publish(at=timezone.now() - dt.timedelta(days=400))
    young = feed.publish()
    site.follow()
    header = feed.requests[1 if feed.requests[0].kind == "token" else 0].headers["if-modified-since"]
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", header)
    assert parsedate_to_datetime(header).strftime("%a") == header[:3]
    assert site.count_requests(old) == 0
    assert young in site.active()


def test_an_ignored_header_is_detected(feed, site, monkeypatch):
    """5: the first line's time is compared with the requested time."""
    feed.publish(at=timezone.now() - dt.timedelta(days=400))
    monkeypatch.setattr("ingest.client.feed.format_datetime", lambda *_, **__: "2026-01-01T00:00:00Z")
    report = site.follow()
    assert report.exit_code == 2
    assert "since-ignored" in report.problem
    assert site.state().page_id == ""


def test_404_for_a_start_by_time_means_the_head_of_the_feed(feed, site):
    """6: the server answers 404, not 304; the cursor is then the newest line."""
    feed.publish(at=timezone.now() - dt.timedelta(days=300), expires=timezone.now() + dt.timedelta(days=9))
    report = site.follow()
    assert (report.exit_code, report.at_tip, report.pages) == (0, True, 1)
    new = feed.publish()
    site.follow()
    assert new in site.active()


def test_an_empty_feed_is_not_a_failure(feed, site):
    """Hazard 6."""
    assert site.follow().exit_code == 0
    first = feed.publish()
    assert site.follow().exit_code == 0
    assert site.active() == {first}


def test_repeated_lines_change_nothing(feed, site):
    """7: times in headers are cut to seconds, so a start by time repeats lines. Applying a line is idempotent."""
    ads = [feed.publish() for _ in range(5)]
    feed.stop(ads[0])
    site.follow()
    before = list(Vacancy.objects.order_by("uuid").values("uuid", "version", "content_hash", "status"))
    FeedState.objects.update(page_id="", page_seen=[])
    report = site.follow()
    assert (report.new, report.updated, report.closed) == (0, 0, 0)
    assert list(Vacancy.objects.order_by("uuid").values("uuid", "version", "content_hash", "status")) == before


def test_the_line_shared_by_two_pages_counts_once(feed, site):
    """8: a page's last line is the next page's first."""
    site.publish_lines(250)
    report = site.follow()
    assert (report.lines, report.new) == (250, 1)
    assert report.pages > 2
    assert site.follow().lines == 0


def test_an_ad_with_several_lines_on_a_page_is_fetched_once(feed, site):
    """Hazard 8."""
    ad = feed.publish()
    for _ in range(5):
        feed.change(ad)
    report = site.follow()
    assert (report.lines, report.new, report.updated) == (6, 1, 0)
    assert site.count_requests(ad) == 1


@pytest.mark.parametrize("last", ["closed", "back"])
def test_the_last_line_of_a_page_wins(feed, site, last):
    """9: neither all ACTIVE before all INACTIVE lines nor sorting by time gives the feed's result."""
    now = timezone.now()
    ad = feed.publish(at=now - dt.timedelta(minutes=1))
    feed.publish(at=now)
    feed.stop(ad, at=now - dt.timedelta(minutes=2))  # later in the feed, earlier by its time
    if last == "back":
        feed.reactivate(ad, at=now - dt.timedelta(minutes=3))
    site.follow()
    assert (ad in site.active()) == (last == "back")
    assert site.count_requests(ad) == (last == "back")


def test_an_ad_closed_on_a_later_page_stays_closed(feed, site):
    """9: the details of an earlier page are fetched after a later page has closed the ad."""
    ad = feed.publish()
    site.publish_lines(110)
    feed.expire(ad)
    site.follow()
    assert site.count_requests(ad) == 0
    assert ad not in site.active()


def test_a_batch_with_identical_times_is_read_completely(feed, site):
    """10: up to 500 lines have the same time to the microsecond, also across the end of a page."""
    with feed.batch():
        ads = [feed.publish() for _ in range(150)]
    site.follow()
    assert site.active() == set(ads)
    with feed.batch():
        ads += [feed.publish() for _ in range(50)]
    assert site.follow().new == 50
    assert site.active() == set(ads)


def test_a_line_time_is_not_compared_with_the_ads_own_time(feed, site, stored):
    """11: the ad's `updated` is seconds before its line's time, so the edit would look outdated."""
    ad = stored()
    line_time = site.ad(ad).line_time
    feed.change(ad, title="Rettet", at=line_time + dt.timedelta(milliseconds=10))
    site.follow()
    row = site.ad(ad)
    assert row.title == "Rettet"
    assert row.updated < line_time < row.line_time


def test_the_servers_own_page_size_is_used(feed, site):
    """12: a pageSize parameter must be repeated for each page, and pageSize=1 never advances."""
    site.publish_lines(110)
    site.follow()
    assert all(set(request.query) <= {"last"} for request in feed.requests)


def test_last_is_one_line_and_not_the_newest_page(feed, site):
    """13: `?last` is one line: the age of the head of the feed, and a start if nothing else is known."""
    ads = [feed.publish() for _ in range(30)]
    report = site.follow()
    assert report.new == len(ads)
    assert site.state().tip_time == site.state().last_line_time


def test_every_line_of_the_last_page_is_read(feed, site):
    """14: a walk ends with a page of two lines and no next page; both lines count."""
    for number in range(2, 8):
        for _ in range(number):
            feed.publish()
        site.follow()
        assert site.matches_feed()


def _commit_late(feed, number: int, uuid: str, status: str) -> None:
    """Inserts a line with a sequence number taken earlier, regardless of the ad's status."""
    feed.store.insert_line(uuid, status, "x", "y", "OSLO", "IMPORTAPI", to_micros(timezone.now()), number)


def test_a_line_committed_late_is_found_by_the_replay(feed, site):
    """15: a cursor that only moves forward never reads it."""
    for _ in range(3):
        feed.publish()
    late = feed.late_commit()
    for _ in range(4):
        feed.publish()
    site.follow()
    missed = late.commit()
    site.follow()
    assert missed not in site.active()
    client = site.client()
    assert replay.replay_overlap(client)["queued"] == 1
    client.close()
    assert site.task(missed).origin == DetailTask.Origin.REPLAY
    site.follow()
    assert site.matches_feed()


def test_a_line_committed_late_on_the_last_page_is_read_at_the_next_poll(feed, site):
    """15: the last page `[base, n1]` becomes `[base, late, n1]`."""
    feed.publish()
    late = feed.late_commit()
    feed.publish()
    site.follow()
    missed = late.commit()
    site.follow()
    assert missed in site.active()


def test_a_late_line_does_not_override_the_ads_later_line(feed, site):
    """15: the ad's later line was already applied, and remains the last one."""
    ad = feed.publish()
    number = feed.store.take_seq()
    feed.change(ad)
    site.follow()
    _commit_late(feed, number, ad, "INACTIVE")
    site.follow()
    assert ad in site.active()


def test_a_replay_deactivates_nothing(feed, site):
    """15: an old line may be outdated; only the ad's detail has the current status."""
    ads = [feed.publish() for _ in range(3)]
    site.follow()
    number = feed.store.take_seq()
    for _ in range(4):
        feed.publish()
    site.follow()
    _commit_late(feed, number, ads[0], "INACTIVE")
    client = site.client()
    replay.replay_overlap(client)
    client.close()
    assert ads[0] in site.active()
    site.follow()
    assert ads[0] in site.active()


def test_the_replay_starts_some_days_back_and_not_at_the_beginning(feed, site):
    """15: at the newest page stored before that time."""
    now = timezone.now()
    for hours in range(24 * 6, 0, -1):
        feed.publish(at=now - dt.timedelta(hours=hours))
    site.follow()
    PageMark.objects.all().delete()
    PageMark.objects.create(page_id=site.state().page_id, line_time=now - dt.timedelta(hours=51))
    feed.publish()
    feed.clear_requests()
    client = site.client()
    assert replay.replay_overlap(client) == {"pages": 2, "lines": 4, "queued": 1}
    client.close()
    assert all("if-modified-since" not in request.headers for request in feed.requests)


def test_a_page_mark_is_stored_per_hour_and_kept_for_two_weeks(feed, site):
    """15: the replay starts from one of them."""
    now = timezone.now()
    for days in (20, 15, 3, 1):
        feed.publish(at=now - dt.timedelta(days=days), expires=now + dt.timedelta(days=9))
        feed.publish(at=now - dt.timedelta(days=days, minutes=-5))
        site.follow()
    ages = [(now - mark.line_time).days for mark in PageMark.objects.order_by("line_time")]
    assert ages
    assert max(ages) < 14
    assert len(ages) == len(set(ages))


def test_a_replay_without_an_old_page_starts_by_time(feed, site):
    """15: also finds a line committed late before the first page that was ever read."""
    late = feed.late_commit()
    feed.publish()
    site.follow()
    missed = late.commit()
    client = site.client()
    assert replay.replay_overlap(client)["queued"] == 1
    client.close()
    site.follow()
    assert missed in site.active()


def test_a_stored_page_that_is_gone_is_skipped(feed, site, stored):
    """Hazards 15, 46."""
    stored()
    PageMark.objects.create(page_id="00000000-0000-4000-8000-000000000000", line_time=timezone.now() - dt.timedelta(days=3))
    client = site.client()
    assert replay.replay_overlap(client)["pages"] == 1
    client.close()
    assert not PageMark.objects.filter(page_id="00000000-0000-4000-8000-000000000000").exists()


def test_the_token_is_never_sent_to_another_host(feed, site):
    """16: `next_url` may point to one; URLs are built from ids."""
    site.publish_lines(110)
    feed.faults.foreign_next_url()
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_an_invalid_next_id_is_refused(feed, site):
    """16: it becomes part of a URL."""
    for _ in range(5):
        feed.publish()
    feed.faults.cyclic_next("../../../secret")
    report = site.follow()
    assert report.exit_code == 2
    assert "next_id" in report.problem
    assert not [path for path in site.paths if "secret" in path]


def test_a_page_that_is_its_own_next_page_ends_the_run(feed, site):
    """Hazard 17."""
    ads = [feed.publish() for _ in range(5)]
    feed.faults.self_referring_next()
    report = site.follow()
    assert report.exit_code == 2
    assert "loop" in report.problem
    assert site.active() == set(ads[:-1])  # the page is applied; the last line would be on the next one
    feed.faults.clear()
    assert site.follow().exit_code == 0


def test_a_cycle_of_pages_ends_the_run(feed, site):
    """Hazard 17."""
    site.publish_lines(110)
    client = site.client()
    first = client.fetch_first_page(timezone.now() - dt.timedelta(days=1))
    client.close()
    feed.faults.cyclic_next(first.id, page=first.next_id)
    report = site.follow()
    assert report.exit_code == 2
    assert "loop" in report.problem
    feed.faults.clear()
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_the_first_pages_time_is_checked_to_the_second(feed, site):
    """5: a line of the requested second does not mean that the header was ignored."""
    now = timezone.now().replace(microsecond=500)
    feed.publish(at=now)
    client = site.client()
    assert UUID(client.fetch_first_page(now).id)
    with pytest.raises(FeedUnavailable):
        client._fetch_page("/api/v1/feed", query="pageSize=20000")
    client.close()
