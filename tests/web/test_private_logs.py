"""Unexpected errors are logged and mailed to administrators without the visitor's search."""

from __future__ import annotations

import logging
import socket
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from jobsearch.core import logging as private_logs
from jobsearch.search import api as search
from tests.servers.live import LiveSite

SECRET = "hemmelig"


@pytest.fixture
def logged(caplog, monkeypatch):
    """Log records of Django's loggers, which do not propagate."""
    logger = logging.getLogger("django")
    monkeypatch.setattr(logger, "handlers", [caplog.handler, private_logs.AdminMailHandler()])
    return caplog


def break_down(query):
    try:
        raise ValueError(f"no number: {query.q}")
    except ValueError as error:
        raise RuntimeError(f"cannot search for {query.q}") from error


def test_unexpected_error_is_logged_without_the_search(own_index, monkeypatch, settings, logged, db):
    settings.ADMINS = [("drift", "drift@example.no")]
    monkeypatch.setattr(search, "search", break_down)
    client = Client(raise_request_exception=False)
    response = client.get("/", {"q": SECRET})
    assert client.get("/", {"q": SECRET}).status_code == 500  # also logged; a second mail within a minute is not sent
    assert response.status_code == 500 and SECRET not in response.content.decode()
    record, _ = logged.records
    (sent,) = mail.outbox
    assert sent.to == ["drift@example.no"] and "\n" not in sent.subject
    for words in (logged.text, f"{sent.subject}\n{sent.body}"):
        assert "Internal Server Error: /" in words
        assert words.index("builtins.ValueError") < words.index("builtins.RuntimeError")
        assert "in break_down" in words and "web/views/search.py" in words
        assert SECRET not in words and SECRET not in str(vars(record).get("exc_info"))


def test_error_is_reported_after_logging_is_configured_again(own_index, monkeypatch, settings, logged, db):
    monkeypatch.setattr(search, "search", break_down)
    requests = logging.getLogger("django.request")
    monkeypatch.setattr(
        requests, "filters", [*requests.filters, private_logs.ExceptionPlaceFilter(), private_logs.ExceptionPlaceFilter()]
    )
    assert Client(raise_request_exception=False).get("/").status_code == 500
    (record,) = logged.records
    assert "builtins.RuntimeError" in record.getMessage()


@pytest.mark.parametrize("address", ["/?q=hemmelig&page=2", "/hemmelig/", "/?q=hemmelig@example.no", "/jobb/hemmelig/"])
def test_handled_errors_are_not_logged(own_index, engine_down, logged, settings, db, address):
    settings.ADMINS = [("drift", "drift@example.no")]
    assert Client().get(address).status_code in {400, 404, 503}
    assert not logged.records and not mail.outbox


@pytest.fixture
def refused(caplog, monkeypatch):
    """Log records of refused requests, as the handler writes them."""
    caplog.handler.addFilter(private_logs.RefusedRequestFilter())
    monkeypatch.setattr(logging.getLogger("django.security"), "handlers", [caplog.handler])
    yield caplog
    caplog.handler.filters.clear()


def test_unknown_host_is_logged_once_a_minute_without_the_search_and_not_mailed(own_index, logged, refused, settings, db):
    settings.ADMINS = [("drift", "drift@example.no")]
    for _ in range(3):
        assert Client().get("/?q=hemmelig", headers={"host": f"evil.example{'x' * 500}"}).status_code == 400
    (record,) = refused.records
    assert "DisallowedHost" in record.getMessage() and "evil.example" in record.getMessage() and len(record.getMessage()) < 300
    assert SECRET not in refused.text and not mail.outbox


@pytest.mark.parametrize(
    ("address", "kind"),
    [(f"/?q=hemmelig{'&a' * 1100}", "TooManyFieldsSent"), ("/static/../hemmelig", "")],
)
def test_hostile_requests_are_no_errors_of_the_site(own_index, logged, refused, settings, db, address, kind):
    settings.ADMINS = [("drift", "drift@example.no")]
    assert Client().get(address).status_code in {400, 404}
    assert [record.getMessage() for record in refused.records] == ([f"A request was refused: {kind}."] if kind else [])
    assert not mail.outbox


REQUESTS = [
    "GET /?q=hemmelig ord HTTP/1.1",
    "GET /?q=hemmelig ø HTTP/1.1",
    "GET http://[bad/?q=hemmelig HTTP/1.1",
    "GET /?q=hemmelig HTTP/9.9",
    "hemmelig /?q=a HTTP/1.1",
    f"GET /?q=hemmelig{'x' * 9000} HTTP/1.1",
    "GET / HTTP/1.1\r\nReferer http://x/?q=hemmelig",
]


def test_malformed_request_is_logged_without_its_text(tmp_path):
    site = LiveSite(tmp_path, database=f"sqlite:////{tmp_path}/db.sqlite3", feed="http://127.0.0.1:9")
    try:
        assert site.manage("migrate", "--verbosity", "0") == 0
        at = urlsplit(site.web())
        for request in REQUESTS:
            with socket.create_connection((at.hostname, at.port), timeout=60) as connection:
                connection.sendall(f"{request}\r\nHost: localhost\r\n\r\n".encode())
                assert connection.recv(12)[9:10] == b"4", request
    finally:
        site.stop()
    log = site.log("web")
    assert log.count("Invalid request from ip=127.0.0.1") + log.count("Request Line is too large") >= len(REQUESTS)
    assert SECRET not in log
