"""Every page: security headers, error pages, health checks, trusted proxies, dates and counts as text."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from jobsearch.search.facets import distance
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.middleware import TrustedProxyMiddleware
from jobsearch.web.presenters import dates
from jobsearch.web.views import errors
from tests.web.page import Page

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ("/", "/om/", "/logg-inn/", "/finnes-ikke/", "/?q=x")


@pytest.mark.parametrize("address", PLAIN)
def test_every_page_has_the_content_security_policy_and_no_inline_code(client, ads, address):
    ads()
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    page = Page(response)
    assert not page.all("//style") and not page.all("//@style") and not page.all("//script[not(@src)]")
    assert all(src.startswith("/static/") for src in page.all("//script/@src | //link[@rel='stylesheet']/@href"))
    assert page.one("//html").get("lang") == "nb"
    assert page.text("//a[@class='brand']") == "Utlyst" and page.text("//head/title").endswith("Utlyst")
    assert len(page.all("//h1")) == 1 and len(page.all("//main")) == 1
    ids = page.all("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", PLAIN)
def test_every_page_may_request_the_position_and_nothing_else(client, ads, address):
    ads()
    allowed = dict(one.split("=") for one in client.get(address)["Permissions-Policy"].split(", "))
    assert allowed.pop("geolocation") == "(self)"
    assert set(allowed) >= {"camera", "microphone", "payment"} and set(allowed.values()) == {"()"}


def test_municipalities_are_listed_with_their_centres(client):
    response = client.get("/kommuner.json")
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/json", "public, max-age=86400")
    assert response["X-Robots-Tag"] == "noindex" and not response.cookies
    found = {name: (north, east) for name, north, east in response.json()["municipalities"]}
    assert list(found) == list(distance.list_proposals())
    assert found["Bergen"] == (60.39, 5.32) and found["Oslo"] == (59.91, 10.75)
    assert len(response.content) < 10_000
    assert client.post("/kommuner.json").status_code == 405


def test_templates_have_no_inline_style_or_event_handler():
    for file in (ROOT / "templates").rglob("*.html"):
        if "admin" not in file.parts and file.name != "mail.html":  # a mail is no page of the site
            source = file.read_text()
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|safe\b|autoescape off", source), file


HOSTILE = [
    "'\"><script>alert(1)</script>",
    "\x00",
    "%00",
    "\ud800",
    "a" * 5000,
    "{{ 7|add:7 }}",
    "../../etc/passwd",
    "-1",
    "1e99",
]


@pytest.mark.parametrize("name", "q place occupation sector extent engagement published sort page unknown".split())
def test_hostile_parameters_are_answered_with_a_page(client, ads, some_of, name):
    ads()
    for value in some_of(HOSTILE, len(name), share=2):
        response = client.get("/", {name: value.encode("utf-8", "surrogatepass")}, follow=True)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
        assert not Page(response).all("//script[not(@src)]")


def test_error_pages_use_the_site_layout(client, db, monkeypatch):
    missing = client.get("/finnes-ikke/")
    assert missing.status_code == 404 and "Vi finner ikke siden" in Page(missing).h1
    request = RequestFactory().get("/")
    assert "Vi forstår ikke" in Page(errors.bad_request(request, SuspiciousOperation())).h1
    broken = errors.server_error(request)
    assert broken.status_code == 500 and "Noe gikk galt hos oss" in Page(broken).h1 and "Utlyst" in Page(broken).text("//header")
    foreign = client.get("/", headers={"host": "evil.example"})
    assert foreign.status_code == 400 and "Vi forstår ikke" in Page(foreign).h1


def test_form_without_csrf_token_is_rejected_in_the_site_layout(db):
    response = Client(enforce_csrf_checks=True).post("/logg-ut/")
    assert response.status_code == 403 and "Skjemaet var for gammelt" in Page(response).h1
    assert Page(response).text("//a[@class='brand']") == "Utlyst" and Page(response).one("//html").get("lang") == "nb"


def test_healthz_makes_no_query(client):
    """No database fixture: a query here would fail the test."""
    response = client.get("/healthz")
    assert response.status_code == 200 and response.content == b"ok\n"


def test_readyz_is_degraded_without_engine_or_broker(client, own_index, db, settings):
    response = client.get("/readyz")
    assert response.status_code == 200
    report = response.json()
    assert report["database"] == "ok" and report["engine"]["ok"] is False and report["newest_line"] is None


def test_readyz_has_the_age_of_the_newest_feed_line(client, ads):
    ads()
    Vacancy.objects.update(line_time=timezone.now() - dt.timedelta(minutes=5))
    report = client.get("/readyz").json()
    assert report["engine"]["ok"] is True and 299 <= report["newest_line_age_seconds"] <= 400
    assert report["broker"] == "ok"


def test_readyz_is_not_ready_without_the_database(client, own_index, db, monkeypatch):
    def down():
        raise OperationalError("no connection")

    monkeypatch.setattr("jobsearch.vacancies.freshness.get_last_feed_time", down)
    response = client.get("/readyz")
    assert response.status_code == 503 and response.json()["database"] == "down"


def test_robots_and_favicon(client):
    robots = client.get("/robots.txt")
    assert robots["Content-Type"].startswith("text/plain") and b"Disallow: /*?" in robots.content
    assert client.get("/favicon.ico").url.startswith("/static/favicon.svg?v=")


# --- Proxies ---


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "garbage", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, garbage", "10.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_forwarded_headers_are_used_from_trusted_proxies_only(settings, peer, forwarded, expected):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded, "x-forwarded-proto": "https"})
    request.META["REMOTE_ADDR"] = peer
    TrustedProxyMiddleware(lambda request: None)(request)
    assert request.META["REMOTE_ADDR"] == expected
    assert request.is_secure() is peer.startswith("10.")
    assert "HTTP_X_FORWARDED_FOR" not in request.META


# --- Dates and counts as text ---

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Europe/Oslo"))  # a Wednesday


@pytest.mark.parametrize(
    ("due", "text", "nb", "nn", "en", "tone"),
    [
        ("2026-11-24", "", "Fristen er ute", "Fristen er ute", "Deadline passed", "past"),
        ("2026-11-25", "", "Frist i dag", "Frist i dag", "Closes today", "soon"),
        ("2026-11-26", "", "Frist i morgen", "Frist i morgon", "Closes tomorrow", "soon"),
        ("2026-11-28", "", "Frist lørdag 28. november", "Frist laurdag 28. november", "Closes Saturday 28 November", "soon"),
        ("2026-11-30", "", "Frist mandag 30. november", "Frist måndag 30. november", "Closes Monday 30 November", ""),
        ("2026-12-01", "", "Frist tirsdag 1. desember", "Frist tysdag 1. desember", "Closes Tuesday 1 December", ""),
        ("2026-12-24", "", "Frist 24. desember", "Frist 24. desember", "Closes 24 December", ""),
        ("2027-01-02", "", "Frist 2. januar 2027", "Frist 2. januar 2027", "Closes 2 January 2027", ""),
        (None, "Søkes snarest", "Søk snarest", "Søk snarast", "Apply soon", ""),
        (None, "Når vi kan", "Frist: Når vi kan", "Frist: Når vi kan", "Deadline: Når vi kan", ""),
    ],
)
def test_format_deadline(monkeypatch, due, text, nb, nn, en, tone):
    monkeypatch.setattr(dates.timezone, "now", lambda: NOON)
    ad = Vacancy(application_due=dt.date.fromisoformat(due) if due else None, application_due_text=text)
    for language, words in (("nb", nb), ("nn", nn), ("en", en)):
        with translation.override(language):
            found = dates.format_deadline(ad)
            assert (found.text, found.tone) == (words, tone)


@pytest.mark.parametrize(
    ("due", "text", "nb", "nn", "en"),
    [
        ("2026-11-24", "", "Fristen er ute", "Fristen er ute", "Deadline passed"),
        ("2026-11-25", "", "Frist i dag", "Frist i dag", "Closes today"),
        ("2026-11-26", "", "1 dag igjen (26. nov.)", "1 dag att (26. nov.)", "1 day left (26 Nov.)"),
        ("2026-12-01", "", "6 dager igjen (1. des.)", "6 dagar att (1. des.)", "6 days left (1 Dec.)"),
        ("2026-12-02", "", "Frist 2. des.", "Frist 2. des.", "Closes 2 Dec."),
        ("2027-01-02", "", "Frist 2. jan. 2027", "Frist 2. jan. 2027", "Closes 2 Jan. 2027"),
        (None, "Søkes snarest", "Søk snarest", "Søk snarast", "Apply soon"),
        (None, "løpende", "Løpende", "Løpande", "Ongoing"),
        (None, "Når vi kan", "", "", ""),
    ],
)
def test_deadline_of_a_row(monkeypatch, due, text, nb, nn, en):
    monkeypatch.setattr(dates.timezone, "now", lambda: NOON)
    ad = Vacancy(application_due=dt.date.fromisoformat(due) if due else None, application_due_text=text)
    for language, words in (("nb", nb), ("nn", nn), ("en", en)):
        with translation.override(language):
            assert dates.format_deadline(ad).slot == words


def test_format_deadline_without_a_deadline():
    assert dates.format_deadline(Vacancy()) is None


def test_today_is_the_date_in_oslo(monkeypatch):
    """23:30 UTC is already the next day in Oslo."""
    monkeypatch.setattr(dates.timezone, "now", lambda: dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC))
    assert dates.format_deadline(Vacancy(application_due=dt.date(2026, 11, 25))).text == "Frist i dag"


@pytest.mark.parametrize(
    ("language", "total", "words"),
    [
        *((language, 0, "0 treff") for language in ("nb", "nn")),
        *((language, 1, "1 treff") for language in ("nb", "nn")),
        *((language, 10312, "10\xa0312 treff") for language in ("nb", "nn")),
        ("en", 0, "0 results"),
        ("en", 1, "1 result"),
        ("en", 10312, "10,312 results"),
    ],
)
def test_format_result_count(language, total, words):
    with translation.override(language):
        assert dates.format_result_count(total) == words
