"""Hazard 20: one invalid ad does not block the others, and is deactivated when its detail becomes unreadable."""

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

from ingest import detail_queue
from ingest.client.errors import FeedUnavailable
from ingest.client.http import HttpClient
from ingest.client.responses import ResponseLimits
from ingest.models import DetailTask
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Vacancy
from tests.conftest import vacancy_data

INVALID_EXPIRY = {
    "year 202": "0202-12-31T00:00:00+00:53:28",
    "year 1": "0001-01-01T00:00:00Z",
    "year 1850": "1850-05-01",
    "null": None,
    "empty": "",
    "text": "snarest",
    "month 13": "2026-13-01T00:00:00+01:00",
    "a number": 20261231,
    "a list": ["2026-12-31"],
    "an object": {"date": "2026-12-31"},
    "an invalid offset": "2026-12-31T00:00:00+99:99",
    "a letter in the year": "2O26-12-31",
}


@pytest.mark.precomputing
def test_active_ads_whose_expiry_becomes_invalid_are_deactivated_and_quarantined(feed, site, store_ads):
    """20, 24, 27: otherwise they would be shown with their contacts until their former expiry date."""
    stay, *ads = store_ads(1 + len(INVALID_EXPIRY))
    invalid = dict(zip(INVALID_EXPIRY, ads, strict=True))
    for what, ad in invalid.items():
        feed.edit_silently(ad, expires=INVALID_EXPIRY[what])
        feed.append_line(ad, title="Sykepleier", business_name="Sykehus")
    report = site.follow()
    rows = {what: site.ad(ad) for what, ad in invalid.items()}
    assert {what: (row.status, row.closed_reason, row.description) for what, row in rows.items()} == dict.fromkeys(
        invalid, ("INACTIVE", Vacancy.Closed.UNREADABLE, "")
    )
    tasks = {what: site.task(ad) for what, ad in invalid.items()}
    assert {what: task and (task.state, task.error_code) for what, task in tasks.items()} == dict.fromkeys(
        invalid, (DetailTask.State.QUARANTINED, "expires")
    )
    assert not Contact.objects.filter(vacancy__in=ads).exists()
    assert (report.exit_code, report.closed, report.quarantined) == (1, len(ads), len(ads))
    assert site.active() == {stay}
    for ad in ads:
        feed.change(ad, expires=timezone.now() + dt.timedelta(days=9))
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_an_ad_without_the_expiry_field_is_deactivated(feed, site, store_ads):
    stay, ad = store_ads(2)
    content = feed.read_active_ads()[ad]
    del content["expires"]
    feed.publish(content)
    site.follow()
    assert site.active() == {stay}


@pytest.mark.parametrize("how", ["after an hour", "after a day", "by an administrator"])
def test_an_unreadable_ad_is_retried_without_a_new_line(feed, site, store_ads, how):
    """20: the error may have been in the parser, and an upgrade has corrected it."""
    _other, ad = store_ads(2)
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


def test_no_end_is_a_valid_expiry(feed, site):
    ads = {feed.publish() for _ in range(3)}
    for ad, text in zip(sorted(ads), ("9999-12-31T23:59:59Z", "+999999999-12-31", "9999-12-31T00:00:00-18:00"), strict=True):
        feed.edit_silently(ad, expires=text)
    assert site.follow().exit_code == 0
    assert site.active() == ads


def test_an_unreadable_ad_that_is_closed_has_the_line_as_reason(feed, site, store_ads):
    _other, ad = store_ads(2)
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


TOLERATED = {
    "deep nesting": {"extra": _nested(200)},
    "deep nesting in a known field": {"workLocations": [[_nested(100)]], "employer": {"name": "Kro", "more": _nested(150)}},
    "very long integers": {"positioncount": int("9" * 400), "extra": int("1" * 350)},
    "invalid numbers": {"extra": float("inf"), "positioncount": float("nan")},
    "very early times": {"published": "0202-12-31T00:00:00+00:53:28", "updated": "0001-01-01T00:00:00Z"},
    "times of wrong types": {"published": ["x"], "updated": {"a": 1}},
    "lists of wrong types": {
        "contactList": [None, 1, [], {"name": ["x"]}, {"email": {"a": 1}}],
        "categoryList": [[[]], {"code": []}],
    },
    "a list as employer": {"employer": [1, 2]},
    "a number as description": {"description": 17},
    "five thousand places": {"workLocations": [{"municipal": f"STED {number}"} for number in range(5000)]},
    "a title of a megabyte": {"title": "Sykepleier " * 100_000},
    "very long words": {"employer": {"name": "x" * 2000, "orgnr": "9" * 1_000_000}, "sector": "x" * 1_000_000},
    "NUL characters": {"title": "a\0b", "employer": {"name": "\0"}, "contactList": [{"name": "\0\0"}], "x\0y": {"\0": "\0"}},
    "half surrogate pairs": {"title": "Syke\ud83d", "sector": "\udc00", "k\ud83d": "\ud83d"},
    "a key in two letter cases": {"title": "Kokk", "Title": "Baker"},
}


@pytest.mark.precomputing
def test_an_invalid_optional_field_does_not_quarantine_an_ad(feed, site, compare):
    """Hazards 20, 37."""
    ads, other = {what: feed.publish() for what in TOLERATED}, feed.publish()
    for what, fields in TOLERATED.items():
        feed.edit_silently(ads[what], **fields)
    report = site.follow()
    active = site.active()
    assert [what for what, ad in ads.items() if ad not in active] == []
    assert active == {*ads.values(), other}
    assert (report.exit_code, report.new) == (0, len(ads) + 1)
    different = compare()
    assert {what: different.pop(ad) for what, ad in ads.items() if ad in different} == {}
    assert different == {}


BROKEN_RESPONSES = {
    "too large": lambda faults, ad: faults.oversized(50_000_000, uuid=ad),
    "a gzip bomb": lambda faults, ad: faults.gzip_bomb(uuid=ad),
    "too deep": lambda faults, ad: faults.too_deep(uuid=ad),
    "one byte at a time": lambda faults, ad: faults.drip(0.2, uuid=ad),
    "a redirect to itself": lambda faults, ad: faults.redirect(to=f"/api/v1/feedentry/{ad}", uuid=ad),
    "invalid JSON": lambda faults, ad: faults.invalid_json(uuid=ad),
    "empty": lambda faults, ad: faults.empty_body(uuid=ad),
    "a truncated response": lambda faults, ad: faults.truncated(uuid=ad),
    "no response": lambda faults, ad: faults.hang(uuid=ad),
}


@pytest.mark.precomputing
def test_broken_responses_do_not_block_the_others(feed, site, stored, short_limits):
    """Hazards 20, 41. One alone: `test_transport`."""
    before = stored()
    good, bad = [], {}
    for what in BROKEN_RESPONSES:
        good += [feed.publish(), feed.publish()]
        bad[what] = feed.publish()
    good.append(feed.publish())
    feed.stop(before)
    for what, ad in bad.items():
        BROKEN_RESPONSES[what](feed.faults, ad)
    report = site.follow()
    active = site.active()
    assert [what for what, ad in bad.items() if ad in active or not site.task(ad) or not site.task(ad).error_code] == []
    assert active == {*good}
    assert (report.exit_code, report.at_tip, report.closed) == (1, True, 1)
    feed.faults.clear()
    detail_queue.release_quarantined()
    assert site.follow(retry_now=True).exit_code == 0
    assert site.matches_feed()


@pytest.mark.parametrize("fault", [BROKEN_RESPONSES["too large"], BROKEN_RESPONSES["too deep"]], ids=["too large", "too deep"])
def test_an_active_ad_whose_detail_becomes_unreadable_is_deactivated(feed, site, store_ads, fault):
    """20, 27: only the feed's current data may be shown, and that cannot be read."""
    stay, ad = store_ads(2)
    feed.change(ad)
    fault(feed.faults, ad)
    assert site.follow().closed == 1
    assert site.active() == {stay}
    feed.faults.clear()
    detail_queue.release_quarantined()
    site.follow()
    assert site.matches_feed()


def test_an_ad_whose_detail_fails_stays_active(feed, site, store_ads):
    """19, 20: a server error says nothing about the ad, and its line says ACTIVE."""
    stay, ad = store_ads(2)
    feed.change(ad)
    feed.detail_fails_for_good(ad)
    for _ in range(detail_queue.MAX_ATTEMPTS + 1):
        site.follow(retry_now=True)
    assert site.task(ad).state == DetailTask.State.QUARANTINED
    assert site.active() == {stay, ad}


SLOW_HEADERS = {
    "endless headers": [b"HTTP/1.1 200 OK\r\n", *[b"X-%d: a\r\n" % number for number in range(90)]],
    "a status line one byte at a time": [bytes([byte]) for byte in b"HTTP/1.1 200 OK" + b" " * 500],
}


@pytest.mark.parametrize("pieces", SLOW_HEADERS.values(), ids=SLOW_HEADERS.keys())
def test_endless_headers_time_out(pieces):
    """41: no pause is long enough for a read time-out, so the run would wait for this response without end."""

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
        http = HttpClient(f"http://127.0.0.1:{server.getsockname()[1]}", user_agent="test", threads=1)
        started = time.monotonic()
        with pytest.raises(FeedUnavailable) as caught:
            http.get("/", ResponseLimits(read=0.5, total=1.0, size=1000))
        assert caught.value.reason == "timeout"
        assert time.monotonic() - started < 20
        http.close()
        thread.join(10)


BROKEN_LINES = [
    {"id": "x", "_feed_entry": {"status": "ACTIVE"}},
    None,
    17,
    {"_feed_entry": []},
    {"_feed_entry": {"uuid": ["x"], "status": "ACTIVE"}},
    {"_feed_entry": {"uuid": str(uuid.UUID(int=7)), "status": {"a": 1}}},
    {"_feed_entry": {"uuid": str(uuid.UUID(int=7)), "status": "INACTIVE", "title": ["x"], "sistEndret": 17}},
    {"_feed_entry": {"uuid": str(uuid.UUID(int=7)), "status": "INACTIVE", "sistEndret": "0001-01-01T00:00:00+18:00"}},
]


def test_broken_lines_do_not_affect_the_other_lines_of_their_page(feed, site, stored):
    """Hazard 20."""
    closed = stored()
    for number, line in enumerate(BROKEN_LINES):
        new = [feed.publish() for _ in range(4)]
        feed.stop(closed)

        def insert_line(page, line=line) -> None:
            page["items"].insert(len(page["items"]) // 2, line)

        with feed.faults._add_page_fault("broken_line", insert_line, {}):
            report = site.follow()
        assert report.at_tip, line
        assert closed not in site.active(), line
        assert site.active() >= {*new}, line
        closed = new[0]
        assert len(site.active()) == 4 + 3 * number, line


REFUSALS = (
    DataError("value too long"),
    OverflowError("too large"),
    RecursionError(),
    UnicodeEncodeError("utf-8", "x", 0, 1, "no"),
)


def test_ads_that_the_database_refuses_are_quarantined_and_deactivated(feed, site, monkeypatch, store_ads):
    """20: fifty ads are written in one transaction."""
    ads = store_ads(15)
    refused = dict(zip(ads[2::4], REFUSALS, strict=True))
    real = store.store_vacancies

    def refusing(entries, **options):
        for entry in entries:
            if error := refused.get(str(entry.uuid)):
                raise error
        return real(entries, **options)

    for ad in ads:
        feed.change(ad)
    monkeypatch.setattr(store, "store_vacancies", refusing)
    report = site.follow()
    for ad, error in refused.items():
        assert type(error).__name__ in site.task(ad).error_detail
    assert (report.exit_code, report.updated, report.quarantined) == (1, len(ads) - len(refused), len(refused))
    assert site.active() == {*ads} - {*refused}


def test_a_row_too_large_for_postgresql_fails_only_that_ad(feed, site, monkeypatch):
    """20: it is an OperationalError, like a lost connection; otherwise each run would end there."""
    ads = [feed.publish() for _ in range(5)]

    class Cause(Exception):
        sqlstate = "54000"

    real = store.store_vacancies

    def refusing(entries, **options):
        if any(str(entry.uuid) == ads[2] for entry in entries):
            raise OperationalError("index row size 2712 exceeds maximum") from Cause()
        return real(entries, **options)

    monkeypatch.setattr(store, "store_vacancies", refusing)
    report = site.follow()
    assert (report.problem, report.new, report.quarantined) == ("", 4, 1)


def test_the_same_ad_twice_in_a_batch_is_stored_once(feed, site):
    ad = feed.publish()
    site.follow()
    data = vacancy_data(uuid=uuid.UUID(ad), title="Kokk")
    with transaction.atomic():
        assert len(store.store_vacancies([data, data])) == 1
    assert site.ad(ad).title == "Kokk"
