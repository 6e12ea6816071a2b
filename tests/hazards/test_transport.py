"""Hazards 41-42: responses that are late, invalid, too large or missing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest.client.errors import PageNotFound
from ingest.models import DetailTask
from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads

FAILURES = {
    "500": lambda faults, **where: faults.status(500, **where),
    "503": lambda faults, **where: faults.status(503, **where),
    "429": lambda faults, **where: faults.status(429, retry_after=1, **where),
    "reset": lambda faults, **where: faults.reset(**where),
    "truncated": lambda faults, **where: faults.truncated(**where),
    "broken JSON": lambda faults, **where: faults.invalid_json(**where),
    "HTML with 200": lambda faults, **where: faults.html_with_200(**where),
    "a wrong content type": lambda faults, **where: faults.wrong_content_type(**where),
    "an empty body": lambda faults, **where: faults.empty_body(**where),
    "a redirect": lambda faults, **where: faults.redirect(**where),
    "an oversized body": lambda faults, **where: faults.oversized(17_000_000, **where),
    "a gzip bomb": lambda faults, **where: faults.gzip_bomb(**where),
}


def test_a_failed_page_does_not_move_the_cursor_and_is_read_later(feed, site, stored):
    """Hazards 41, 42."""
    ads = {stored()}
    for what, fault in FAILURES.items():
        cursor = site.state().page_id
        new = {feed.publish() for _ in range(3)}
        fault(feed.faults, on="page")
        report = site.follow()
        assert report.exit_code == 2, what
        assert report.error_code.replace("-", "").isalnum(), what
        assert (site.state().page_id, site.state().error_code) == (cursor, report.error_code), what
        assert site.active() == ads, what
        feed.faults.clear()
        assert site.follow().exit_code == 0, what
        ads |= new
        assert site.active() == ads, what
        assert site.state().error_code == "", what


def test_a_failed_detail_does_not_block_others(feed, site, stored):
    """41, 42: each kind alone, as the only one that fails."""
    stored()
    for what, fault in FAILURES.items():
        one = feed.publish()
        others = [feed.publish() for _ in range(3)]
        fault(feed.faults, uuid=one)
        report = site.follow()
        assert report.exit_code == 1, what
        active = site.active()
        assert active >= {*others}, what
        assert one not in active, what
        task = site.task(one)
        assert task.attempts == 1, what
        assert task.error_code, what
        feed.faults.clear()
        site.advance_retries(days=3)  # the next run requests it again
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_a_redirect_is_not_followed(feed, site):
    """16, 42: the token is sent neither to another host nor to another path."""
    ad = feed.publish()
    with FakeFeed(ads=plain_ads) as other:
        for target in (f"{other.url}/api/v1/feed", f"{feed.url}/api/v1/feed?last"):
            with feed.faults.redirect(to=target, on="page"):
                report = site.follow()
            assert report.exit_code == 2
            assert "redirect" in report.problem
        assert other.requests == []
    assert not [request for request in feed.requests if "last" in request.query]
    assert site.follow().exit_code == 0
    assert ad in site.active()


def test_a_short_failure_of_a_page_is_retried(feed, site):
    """41: after a pause with jitter."""
    feed.publish()
    feed.faults.status(502, on="page", times=1)
    assert site.follow().exit_code == 0


def test_a_response_that_never_comes_times_out(feed, site, short_limits):
    """41: one in five details timed out on 10 October 2026."""
    feed.publish()
    site.follow()
    ads = [feed.publish() for _ in range(3)]
    feed.faults.hang(uuid=ads[1])
    report = site.follow()
    assert report.exit_code == 1
    assert site.task(ads[1]).error_code == "timeout"
    assert site.active() > {ads[0], ads[2]}


def test_pages_before_a_failure_stay_applied(feed, site):
    """41: progress is committed page by page."""
    site.publish_lines(210)
    client = site.client()
    first = client.fetch_first_page(timezone.now() - dt.timedelta(days=1))
    third = client.fetch_page(first.next_id).next_id
    client.close()
    with feed.faults.status(500, on="page", page=third):
        assert site.follow().exit_code == 2
    assert site.state().page_id == third
    assert DetailTask.objects.count() == 1  # the ad of the pages before it
    assert site.active() == set()
    report = site.follow()
    assert report.exit_code == 0
    assert report.lines == 11
    assert site.matches_feed()


def test_a_page_with_a_wrong_structure_is_refused(feed, site):
    """42: nothing is concluded from a page whose `items` is not a list."""
    feed.publish(), feed.publish()
    for items in (None, {}, "x"):
        with feed.faults.items_not_a_list(items):
            report = site.follow()
            assert report.exit_code == 2
            assert "shape" in report.problem
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_the_user_agent_names_the_site(feed, site, settings):
    settings.SITE_URL = "https://jobb.example.no"
    feed.publish()
    site.follow()
    assert {request.headers["user-agent"] for request in feed.requests} == {"jobsearch/0.1 (+https://jobb.example.no)"}


def test_a_slow_response_times_out(feed, site, monkeypatch):
    """41: each byte arrives in time, but the whole response does not."""
    monkeypatch.setattr("ingest.client.http._CHUNK", 1)
    for _ in range(600):
        feed.publish()
    client = site.client(page=site.client()._page_limits.__class__(read=1, total=0.0, size=16_000_000))
    with pytest.raises(Exception, match="not complete"):
        client.fetch_first_page(timezone.now() - dt.timedelta(days=1))
    client.close()


def test_an_unknown_page_is_not_found(feed, site):
    """42: 404 with an empty body and the content type of JSON."""
    client = site.client()
    with pytest.raises(PageNotFound):
        client.fetch_page("00000000-0000-4000-8000-000000000000")
    client.close()
