"""Hazard 20: whatever one ad sends, the others are stored, and it is not shown for longer than what it says can be read."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
import time
import uuid

import pytest
from django.db import DataError, OperationalError, transaction
from django.utils import timezone

from ingest import consistency, detail_queue
from ingest.client.errors import FeedUnavailable
from ingest.client.http import HttpClient, ResponseLimits
from ingest.models import DetailTask
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Vacancy
from tests.conftest import vacancy_data

NO_LAST_DAY = {
    "a year that is none": "0202-12-31T00:00:00+00:53:28",
    "the first year": "0001-01-01T00:00:00Z",
    "before all ads": "1850-05-01",
    "null": None,
    "nothing": "",
    "words": "snarest",
    "the thirteenth month": "2026-13-01T00:00:00+01:00",
    "a number": 20261231,
    "a list": ["2026-12-31"],
    "an object": {"date": "2026-12-31"},
    "an odd offset": "2026-12-31T00:00:00+99:99",
    "letters for digits": "2O26-12-31",
}


@pytest.mark.parametrize("expires", NO_LAST_DAY.values(), ids=NO_LAST_DAY.keys())
def test_an_active_ad_whose_last_day_is_lost_is_closed_with_its_reason(feed, site, stored, expires):
    """20, 24, 27: it would be shown, contacts and all, until the day that it had before."""
    stay, ad = stored(), stored()
    feed.edit_silently(ad, expires=expires)
    feed.append_line(ad, title="Sykepleier", business_name="Sykehus")
    report = site.follow()
    assert (report.exit_code, report.closed, report.quarantined) == (1, 1, 1)
    row = site.ad(ad)
    assert (row.status, row.closed_reason, row.description) == ("INACTIVE", Vacancy.Closed.UNREADABLE, "")
    assert not Contact.objects.filter(vacancy=ad).exists()
    assert site.task(ad).state == DetailTask.State.QUARANTINED
    assert site.task(ad).reason.startswith("expires: ")
    assert site.active() == {stay}
    feed.change(ad, expires=timezone.now() + dt.timedelta(days=9))
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_an_ad_without_the_field_is_closed_too(feed, site, stored):
    stay, ad = stored(), stored()
    content = feed.truth()[ad]
    del content["expires"]
    feed.publish(content)
    site.follow()
    assert site.active() == {stay}


@pytest.mark.parametrize("how", ["after an hour", "after a day", "by an administrator"])
def test_what_was_unreadable_is_tried_again_without_a_line(feed, site, stored, how):
    """20: it may be our reading that was wrong, and an upgrade has mended it."""
    stored()
    ad = stored()
    feed.edit_silently(ad, expires="x")
    feed.append_line(ad)
    site.follow()
    if how == "after a day":
        site.advance_retries(hours=2)
        site.follow()
    feed.edit_silently(ad, expires=timezone.now() + dt.timedelta(days=9))
    if how != "by an administrator":
        site.advance_retries(hours=2 if how == "after an hour" else 31)
    else:
        detail_queue.release_quarantined()
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_no_end_is_a_last_day(feed, site):
    ads = {feed.publish() for _ in range(3)}
    for ad, text in zip(sorted(ads), ("9999-12-31T23:59:59Z", "+999999999-12-31", "9999-12-31T00:00:00-18:00"), strict=True):
        feed.edit_silently(ad, expires=text)
    assert site.follow().exit_code == 0
    assert site.active() == ads


def test_an_unreadable_ad_that_ends_has_its_end_for_a_reason(feed, site, stored):
    stored()
    ad = stored()
    feed.edit_silently(ad, expires="x")
    feed.append_line(ad)
    site.follow()
    feed.stop(ad)
    assert site.follow().exit_code == 0
    assert (site.ad(ad).closed_reason, site.ad(ad).title) == (Vacancy.Closed.FEED, "")
    assert site.task(ad) is None


def _nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = {"a": [value]}
    return value


LESSER = {
    "a deep tree": {"extra": _nested(200)},
    "a deep list in a known field": {"workLocations": [[_nested(100)]], "employer": {"name": "Kro", "more": _nested(150)}},
    "whole numbers without end": {"positioncount": int("9" * 400), "extra": int("1" * 350)},
    "a number that is none": {"extra": float("inf"), "positioncount": float("nan")},
    "the start of time": {"published": "0202-12-31T00:00:00+00:53:28", "updated": "0001-01-01T00:00:00Z"},
    "times of other types": {"published": ["x"], "updated": {"a": 1}},
    "lists of everything": {
        "contactList": [None, 1, [], {"name": ["x"]}, {"email": {"a": 1}}],
        "categoryList": [[[]], {"code": []}],
    },
    "a list for an employer": {"employer": [1, 2]},
    "a number for a description": {"description": 17},
    "five thousand places": {"workLocations": [{"municipal": f"STED {number}"} for number in range(5000)]},
    "a megabyte of title": {"title": "Sykepleier " * 100_000},
    "a word without end": {"employer": {"name": "x" * 2000, "orgnr": "9" * 1_000_000}, "sector": "x" * 1_000_000},
    "NUL everywhere": {"title": "a\0b", "employer": {"name": "\0"}, "contactList": [{"name": "\0\0"}], "x\0y": {"\0": "\0"}},
    "half characters": {"title": "Syke\ud83d", "sector": "\udc00", "k\ud83d": "\ud83d"},
    "another title twice": {"title": "Kokk", "Title": "Baker"},
}


@pytest.mark.parametrize("fields", LESSER.values(), ids=LESSER.keys())
def test_a_bad_field_of_lesser_importance_sets_no_ad_apart(feed, site, fields):
    """20, 37"""
    ad, other = feed.publish(), feed.publish()
    feed.edit_silently(ad, **fields)
    report = site.follow()
    assert (report.exit_code, report.new) == (0, 2)
    assert site.active() == {ad, other}
    client = site.client()
    assert list(consistency.compare_with_feed(client)) == []
    client.close()


BROKEN = {
    "too large": lambda faults, ad: faults.oversized(50_000_000, uuid=ad),
    "a gzip bomb": lambda faults, ad: faults.gzip_bomb(uuid=ad),
    "too deep": lambda faults, ad: faults.too_deep(uuid=ad),
    "a byte at a time": lambda faults, ad: faults.drip(0.2, uuid=ad),
    "a redirect to itself": lambda faults, ad: faults.redirect(to=f"/api/v1/feedentry/{ad}", uuid=ad),
    "no JSON": lambda faults, ad: faults.invalid_json(uuid=ad),
    "nothing": lambda faults, ad: faults.empty_body(uuid=ad),
    "half an answer": lambda faults, ad: faults.truncated(uuid=ad),
    "no answer": lambda faults, ad: faults.hang(uuid=ad),
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN.keys())
def test_the_others_are_stored_whatever_one_answer_is(feed, site, stored, fault):
    """20, 41"""
    before = stored()
    bad, good = feed.publish(), [feed.publish() for _ in range(20)]
    last = feed.publish()
    feed.stop(before)
    fault(feed.faults, bad)
    started = time.monotonic()
    report = site.follow()
    assert time.monotonic() - started < 20
    assert (report.exit_code, report.at_tip, report.closed) == (1, True, 1)
    assert site.active() == {*good, last}
    assert site.task(bad).reason
    feed.faults.clear()
    detail_queue.release_quarantined()
    assert site.follow(retry_now=True).exit_code == 0
    assert site.matches_feed()


@pytest.mark.parametrize("fault", [BROKEN["too large"], BROKEN["too deep"]], ids=["too large", "too deep"])
def test_an_active_ad_whose_detail_has_become_unreadable_is_closed(feed, site, stored, fault):
    """20, 27: what is shown must be what the feed says, and that cannot be read."""
    stay, ad = stored(), stored()
    feed.change(ad)
    fault(feed.faults, ad)
    assert site.follow().closed == 1
    assert site.active() == {stay}
    feed.faults.clear()
    detail_queue.release_quarantined()
    site.follow()
    assert site.matches_feed()


def test_an_ad_whose_detail_fails_stays_while_its_line_calls_it_active(feed, site, stored):
    """19, 20: the server's failure says nothing of the ad."""
    stay, ad = stored(), stored()
    feed.change(ad)
    feed.detail_fails_for_good(ad)
    for _ in range(detail_queue.MAX_ATTEMPTS + 1):
        site.follow(retry_now=True)
    assert site.task(ad).state == DetailTask.State.QUARANTINED
    assert site.active() == {stay, ad}


HEADS = {
    "headers without end": [b"HTTP/1.1 200 OK\r\n", *[b"X-%d: a\r\n" % number for number in range(90)]],
    "a status line letter by letter": [bytes([byte]) for byte in b"HTTP/1.1 200 OK" + b" " * 500],
}


@pytest.mark.parametrize("pieces", HEADS.values(), ids=HEADS.keys())
def test_headers_that_never_end_are_given_up(pieces):
    """41: no silence is long enough to be a time-out; the run would wait for this answer for ever."""

    def serve() -> None:
        connection = server.accept()[0]
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        transport = HttpClient(f"http://127.0.0.1:{server.getsockname()[1]}", user_agent="test", threads=1)
        started = time.monotonic()
        with pytest.raises(FeedUnavailable) as caught:
            transport.get("/", ResponseLimits(read=0.5, total=1.0, size=1000))
        assert caught.value.reason == "timeout"
        assert time.monotonic() - started < 5
        transport.close()
        thread.join(10)


@pytest.mark.parametrize(
    "line",
    [
        {"id": "x", "_feed_entry": {"status": "ACTIVE"}},
        None,
        17,
        {"_feed_entry": []},
        {"_feed_entry": {"uuid": ["x"], "status": "ACTIVE"}},
        {"_feed_entry": {"uuid": str(uuid.UUID(int=7)), "status": {"a": 1}}},
        {"_feed_entry": {"uuid": str(uuid.UUID(int=7)), "status": "INACTIVE", "title": ["x"], "sistEndret": 17}},
        {"_feed_entry": {"uuid": str(uuid.UUID(int=7)), "status": "INACTIVE", "sistEndret": "0001-01-01T00:00:00+18:00"}},
    ],
)
def test_one_broken_line_leaves_the_others_of_its_page_alone(feed, site, stored, line):
    """20"""
    ended = stored()
    new = [feed.publish() for _ in range(4)]
    feed.stop(ended)

    def spoil(page) -> None:
        page["items"].insert(len(page["items"]) // 2, line)

    feed.faults._page("broken_line", spoil, {})
    report = site.follow()
    assert report.at_tip
    assert site.active() == set(new)


@pytest.mark.parametrize(
    "error",
    [DataError("value too long"), OverflowError("too large"), RecursionError(), UnicodeEncodeError("utf-8", "x", 0, 1, "no")],
)
def test_an_ad_that_the_database_refuses_is_set_apart_and_closed(feed, site, monkeypatch, error):
    """20: fifty ads share a transaction."""
    ads = [feed.publish() for _ in range(12)]
    site.follow()
    real = store.store

    def refusing(entries, **options):
        if any(str(entry.uuid) == ads[4] for entry in entries):
            raise error
        return real(entries, **options)

    for ad in ads:
        feed.change(ad)
    monkeypatch.setattr(store, "store", refusing)
    report = site.follow()
    assert (report.exit_code, report.updated, report.quarantined) == (1, 11, 1)
    assert type(error).__name__ in site.task(ads[4]).reason
    assert site.active() == set(ads) - {ads[4]}


def test_a_row_that_postgresql_finds_too_large_is_the_ads_own_fault(feed, site, monkeypatch):
    """20: PostgreSQL calls that operational, as it does a lost connection; the run would end there each time."""
    ads = [feed.publish() for _ in range(5)]

    class Cause(Exception):
        sqlstate = "54000"

    real = store.store

    def refusing(entries, **options):
        if any(str(entry.uuid) == ads[2] for entry in entries):
            raise OperationalError("index row size 2712 exceeds maximum") from Cause()
        return real(entries, **options)

    monkeypatch.setattr(store, "store", refusing)
    report = site.follow()
    assert (report.problem, report.new, report.quarantined) == ("", 4, 1)


def test_the_same_ad_twice_in_a_batch_is_one(feed, site):
    ad = feed.publish()
    site.follow()
    data = vacancy_data(uuid=uuid.UUID(ad), title="Kokk")
    with transaction.atomic():
        assert len(store.store([data, data])) == 1
    assert site.ad(ad).title == "Kokk"
