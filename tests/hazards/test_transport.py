"""Hazards 38-48: the token, answers that are late, wrong or too large, two processes at once, the first load."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.utils import timezone

from ingest import pages, status, sync
from ingest.errors import LeaseHeld, PageGone, WrongOrigin
from ingest.lease import Lease
from ingest.models import DetailTask, FeedState, Run
from ingest.standin import StandIn
from jobsearch.vacancies import record
from jobsearch.vacancies.models import Vacancy
from tests.ingest import plain_ads


def _tokens_asked(feed) -> int:
    return sum(request.kind == "token" for request in feed.requests)


def test_the_token_is_found_in_prose(feed, site):
    """38: the whole body as a token is an HTML 400, its second word a 401."""
    ad = feed.publish()
    assert site.follow().exit_code == 0
    assert ad in site.active()
    assert {request.headers.get("authorization") for request in feed.requests if request.kind != "token"} == {
        f"Bearer {feed.token}"
    }


def test_a_token_is_fetched_once_and_shared_by_all_runs(feed, site):
    """39: not for each request, and not by each process."""
    for _ in range(20):
        feed.publish()
    site.follow()
    site.follow()
    assert _tokens_asked(feed) == 1
    assert site.state().token == feed.token


def test_a_token_rotated_in_mid_run_is_renewed_and_the_request_repeated(feed, site):
    """39"""
    ads = [feed.publish() for _ in range(200)]
    feed.faults.latency(detail=0.02)

    def rotate() -> None:
        if not rotated:
            rotated.append(feed.tokens.rotate())

    rotated: list[str] = []
    report = site.follow(after_batch=rotate)
    assert (report.exit_code, report.new) == (0, len(ads))
    assert _tokens_asked(feed) == 2
    assert site.state().token == rotated[0]


def test_one_pod_that_refuses_the_old_token_is_enough_to_renew_it(feed, site):
    """39: for half an hour after a deploy the old token works at one pod and not at the next."""
    feed.publish()
    site.follow()
    feed.tokens.rotate(flapping=True)
    ads = [feed.publish() for _ in range(20)]
    report = site.follow()
    assert (report.exit_code, report.new) == (0, len(ads))
    assert _tokens_asked(feed) == 2


def test_a_dead_token_that_is_handed_out_again_is_named_and_charges_nobody(feed, site):
    """40: for up to five hours after its end the public token is not renewed."""
    feed.publish()
    site.follow()
    feed.tokens.rotate()
    dead = feed.tokens.let_public_die()
    ad = feed.publish()
    report = site.follow()
    assert report.exit_code == 2
    assert "same-token" in report.problem or "unauthorized" in report.problem
    assert site.follow().exit_code == 2
    asked = _tokens_asked(feed)
    report = site.follow()
    assert "same-token" in report.problem
    assert _tokens_asked(feed) == asked + 1  # once in a run, whatever is refused
    assert site.state().token == dead
    assert "NAV_FEED_TOKEN" in site.state().token_problem
    assert any("token" in problem for problem in status.status().problems)
    time.sleep(1.1)  # tokens issued within one second are the same text
    feed.tokens.rotate()
    assert site.follow().exit_code == 0
    assert ad in site.active()
    assert site.state().token_problem == ""


def test_a_token_that_dies_while_details_are_fetched_charges_nobody(feed, site):
    """40"""
    for _ in range(200):
        feed.publish()
    feed.faults.latency(detail=0.02)

    def kill() -> None:
        if not killed:
            killed.append(feed.tokens.rotate())
            feed.tokens.withdraw()

    killed: list[str] = []
    report = site.follow(after_batch=kill)
    assert report.exit_code == 2
    assert set(DetailTask.objects.values_list("attempts", flat=True)) == {0}
    feed.tokens.withdraw(False)
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_no_public_token_is_named(feed, site):
    """40"""
    feed.tokens.withdraw()
    report = site.follow()
    assert report.exit_code == 2
    assert "no-token" in report.problem


def test_a_token_of_ones_own_is_used_and_never_kept(feed, site, settings):
    """40: and the public one is left alone."""
    settings.NAV_FEED_TOKEN = feed.tokens.private()
    feed.publish()
    assert site.follow().exit_code == 0
    assert _tokens_asked(feed) == 0
    assert site.state().token == ""
    feed.tokens.private()  # a new one ends the old one
    report = site.follow()
    assert report.exit_code == 2
    assert "NAV_FEED_TOKEN" in report.problem
    assert _tokens_asked(feed) == 0


SHORT = {
    "500": lambda faults, **where: faults.status(500, **where),
    "503": lambda faults, **where: faults.status(503, **where),
    "429": lambda faults, **where: faults.status(429, retry_after=1, **where),
    "reset": lambda faults, **where: faults.reset(**where),
    "truncated": lambda faults, **where: faults.truncated(**where),
    "broken JSON": lambda faults, **where: faults.invalid_json(**where),
    "HTML with 200": lambda faults, **where: faults.html_with_200(**where),
    "another content type": lambda faults, **where: faults.wrong_content_type(**where),
    "an empty body": lambda faults, **where: faults.empty_body(**where),
    "a redirect": lambda faults, **where: faults.redirect(**where),
    "too much": lambda faults, **where: faults.oversized(17_000_000, **where),
    "a gzip bomb": lambda faults, **where: faults.gzip_bomb(**where),
}


@pytest.mark.parametrize("fault", SHORT.values(), ids=SHORT.keys())
def test_a_page_that_fails_leaves_the_cursor_and_is_read_later(feed, site, fault):
    """41, 42"""
    first = feed.publish()
    site.follow()
    cursor = site.state().page_id
    ads = [feed.publish() for _ in range(3)]
    fault(feed.faults, on="page")
    report = site.follow()
    assert report.exit_code == 2
    assert report.problem.partition(":")[0].replace("-", "").isalnum()
    assert (site.state().page_id, site.state().problem) == (cursor, report.problem)
    assert site.active() == {first}
    feed.faults.clear()
    assert site.follow().exit_code == 0
    assert site.active() == {first, *ads}
    assert site.state().problem == ""


@pytest.mark.parametrize("fault", SHORT.values(), ids=SHORT.keys())
def test_a_detail_that_fails_holds_nothing_up(feed, site, fault):
    """41, 42"""
    feed.publish()
    site.follow()
    one = feed.publish()
    others = [feed.publish() for _ in range(3)]
    fault(feed.faults, uuid=one)
    report = site.follow()
    assert report.exit_code == 1
    assert site.active() >= set(others)
    assert one not in site.active()
    assert site.task(one).attempts == 1
    assert site.task(one).reason
    feed.faults.clear()
    site.let_time_pass(days=3)
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_a_short_failure_of_a_page_is_sat_out(feed, site):
    """41: with a pause that nobody else has."""
    feed.publish()
    feed.faults.status(502, on="page", times=1)
    assert site.follow().exit_code == 0


def test_an_answer_that_never_comes_is_given_up(feed, site):
    """41: one in five details timed out on a bad day."""
    feed.publish()
    site.follow()
    ads = [feed.publish() for _ in range(3)]
    feed.faults.hang(uuid=ads[1])
    report = site.follow()
    assert report.exit_code == 1
    assert "timeout" in site.task(ads[1]).reason
    assert site.active() > {ads[0], ads[2]}


def test_what_was_read_before_a_failure_is_kept(feed, site):
    """41: progress is committed page by page."""
    site.many_lines(2100)
    client = site.client()
    first = client.first_page(timezone.now() - dt.timedelta(days=1))
    third = client.page(first.next_id).next_id
    client.close()
    with feed.faults.status(500, on="page", page=third):
        assert site.follow().exit_code == 2
    assert site.state().page_id == third
    assert DetailTask.objects.count() == 1  # what the pages before it called active
    assert site.active() == set()
    report = site.follow()
    assert report.exit_code == 0
    assert report.lines == 101
    assert site.is_true()


def test_a_page_of_another_shape_is_refused(feed, site):
    """42: `items` is a list, or nothing is to be concluded."""
    feed.publish(), feed.publish()
    for items in (None, {}, "x"):
        with feed.faults.items_not_a_list(items):
            report = site.follow()
            assert report.exit_code == 2
            assert "shape" in report.problem
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_what_is_owed_survives_a_restart(feed, site):
    """43: the queue is a table."""
    ads = [feed.publish() for _ in range(120)]
    stop = threading.Event()
    report = site.follow(after_batch=stop.set, stop=stop)
    assert 0 < report.new < len(ads)
    assert report.waiting == len(ads) - report.new
    assert Run.objects.first().state == Run.State.STOPPED
    assert site.follow().new == len(ads) - report.new
    assert site.is_true()


def test_two_runs_at_once_are_one(feed, site):
    """44"""
    feed.publish()
    FeedState.bound(feed.url)
    with Lease() as lease, pytest.raises(LeaseHeld, match="process"):
        assert lease
        site.follow()
    assert site.follow().exit_code == 0


def test_who_was_overtaken_writes_nothing(feed, site):
    """44: each transaction begins with a look at the lease."""
    ads = [feed.publish() for _ in range(120)]

    def overtake() -> None:
        FeedState.objects.update(lease_owner="somebody else")

    with pytest.raises(LeaseHeld):
        site.follow(after_batch=overtake)
    assert 0 < Vacancy.objects.count() < len(ads)
    assert FeedState.objects.get().lease_owner == "somebody else"


def test_a_page_and_the_cursor_are_committed_together(feed, site, monkeypatch):
    """45"""
    ad = feed.publish()
    feed.publish()
    site.follow()
    before = site.state()
    feed.stop(ad)
    new = feed.publish()
    real = pages.Walk._mark

    def failing(self, *arguments):
        raise RuntimeError("killed here")

    monkeypatch.setattr(pages.Walk, "_mark", failing)
    with pytest.raises(RuntimeError):
        site.follow()
    assert site.state().page_id == before.page_id
    assert ad in site.active()
    assert site.task(new) is None
    monkeypatch.setattr(pages.Walk, "_mark", real)
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_a_page_that_is_gone_is_left_for_a_time_a_little_before(feed, site):
    """46: NAV may build the feed anew; what we stood on is not there then."""
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
    assert (site.asked(old), site.asked(near)) == (0, 1)
    assert any("forsvant" in problem for problem in status.status().problems)


@pytest.mark.parametrize("known", [False, True])
def test_a_feed_that_only_names_pages_it_does_not_have_is_down(feed, site, known):
    """46"""
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
    assert site.is_true()


def test_the_first_load_begins_half_a_year_back(feed, site, settings):
    """47: the bare feed begins with three years of dead lines."""
    settings.FEED_BACKFILL_DAYS = 180
    now = timezone.now()
    dead = [feed.publish(at=now - dt.timedelta(days=days)) for days in (900, 400, 181)]
    live = [feed.publish(at=now - dt.timedelta(days=days)) for days in (179, 20, 0)]
    report = site.follow()
    assert report.lines == len(live)
    assert [site.asked(ad) for ad in dead] == [0, 0, 0]


def test_only_details_of_ads_that_are_active_at_last_are_fetched(feed, site):
    """47: headers first; an ad has four lines and most of half a year's ads are gone."""
    ads = [feed.publish() for _ in range(1200)]
    for ad in ads[:1000]:
        feed.expire(ad)
    report = site.follow()
    assert report.new == 200
    assert sum("feedentry" in path for path in site.paths) == 200


def test_the_newest_ads_come_first(feed, site):
    """43: that is what people look for."""
    now = timezone.now()
    ads = [feed.publish(at=now - dt.timedelta(hours=hours)) for hours in range(400, 0, -1)]
    stop = threading.Event()
    site.follow(after_batch=stop.set, stop=stop)
    held = site.active()
    assert held <= set(ads[-120:])


def test_health_is_judged_by_times_and_not_by_the_end_of_a_job(feed, site):
    """48"""
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


def test_a_run_leaves_its_numbers(feed, site):
    """48"""
    feed.publish()
    report = site.follow(requested_by="kari")
    row = Run.objects.get()
    assert (row.kind, row.state, row.requested_by) == (Run.Kind.SYNC, Run.State.DONE, "kari")
    assert row.report == report.as_json()
    assert set(row.report) >= {
        "pages", "lines", "new", "updated", "unchanged", "closed", "deferred", "quarantined", "seconds",
    }  # fmt: skip


def test_another_feed_is_refused_with_a_sentence(feed, site, settings):
    """46: a cursor means nothing at another feed."""
    feed.publish()
    site.follow()
    with StandIn(ads=plain_ads) as other:
        settings.NAV_FEED_URL = other.url
        with pytest.raises(WrongOrigin, match="DATABASE_URL"):
            sync.run()
        assert other.requests == []


def test_the_user_agent_names_the_site(feed, site, settings):
    settings.SITE_URL = "https://jobb.example.no"
    feed.publish()
    site.follow()
    assert {request.headers["user-agent"] for request in feed.requests} == {"jobsearch/0.1 (+https://jobb.example.no)"}


def test_a_trickle_is_given_up(feed, site, monkeypatch):
    """41: each byte in time, and the whole never."""
    monkeypatch.setattr("ingest.transport._CHUNK", 1)
    for _ in range(600):
        feed.publish()
    client = site.client(page=site.client()._page_limits.__class__(read=1, total=0.0, size=16_000_000))
    began = time.monotonic()
    with pytest.raises(Exception, match="not complete"):
        client.first_page(timezone.now() - dt.timedelta(days=1))
    assert time.monotonic() - began < 3
    client.close()


def test_a_page_that_never_was_is_gone(feed, site):
    """42: 404 with an empty body that calls itself JSON."""
    client = site.client()
    with pytest.raises(PageGone):
        client.page("00000000-0000-4000-8000-000000000000")
    client.close()


def test_closed_ads_leave_no_trace_while_a_load_goes_on(feed, site, monkeypatch):
    """27: the log of the database is emptied after every transaction that closed something."""
    ads = [feed.publish() for _ in range(3)]
    site.follow()
    erased = []
    monkeypatch.setattr(record, "erase_traces", lambda: erased.append(1))
    feed.publish()
    site.follow()
    assert len(erased) == 1  # at the end of each run, for what a reader was in the way of
    feed.stop(ads[0])
    site.follow()
    feed.close_silently(ads[1])
    feed.change(ads[2])
    feed.append_line(ads[1])
    site.follow()
    assert len(erased) == 5
