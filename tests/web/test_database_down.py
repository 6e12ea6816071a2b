"""Database busy or unreachable: every page answers 503 with an explanation, after a bounded wait."""

from __future__ import annotations

import sqlite3
import time

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client

from jobsearch import env_databases
from tests.deployment.hostile_clients import Address, ask
from tests.servers.live import LiveSite
from tests.servers.ports import HOST, free_port
from tests.web.page import Page
from tests.web.support import PASSWORD


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database is locked"),
        OperationalError("connection to server at 127.0.0.1, port 5432 failed: Connection refused"),
        OperationalError("disk I/O error"),
        InterfaceError("connection already closed"),
    ],
)
def test_login_while_the_database_is_down_is_503(visitor, recruiter, monkeypatch, error):
    def fail(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", fail)
    response = visitor.post("/logg-inn/", {"username": "rita", "password": PASSWORD})
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "no-store" in response["Cache-Control"]
    assert "Ingenting ble lagret" in Page(response).text("//main")


@pytest.mark.parametrize("where", ["/", "/om/", "/logg-inn/", "/jobb/", "/sitemap.xml", "/lagrede-sok/", "/admin/"])
def test_every_page_is_503_and_not_500_without_the_database(visitor, recruiter, monkeypatch, where):
    visitor.force_login(recruiter)

    def fail(*args: object, **options: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as down:
        down.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
        assert visitor.get(where).status_code in {200, 503}


def test_other_database_errors_are_500(visitor, recruiter, monkeypatch):
    def fail(*args: object, **options: object) -> None:
        raise ProgrammingError("syntax error")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", fail)
    assert visitor.post("/logg-inn/", {"username": "rita", "password": PASSWORD}).status_code == 500


@pytest.mark.parametrize(("web", "seconds"), [(True, 5), (False, 30)])
def test_web_processes_wait_less_for_a_lock_than_workers(monkeypatch, web, seconds):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///var/db.sqlite3")
    assert env_databases.database("DATABASE_URL", "", web=web)["OPTIONS"]["timeout"] == seconds
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@db.example/jobs")
    assert f"lock_timeout={seconds * 1000}" in env_databases.database("DATABASE_URL", "", web=web)["OPTIONS"]["options"]


def test_login_is_answered_in_time_while_another_process_writes(tmp_path, fresh_database):
    """The other process holds SQLite's write lock for longer than any process waits."""
    database = fresh_database("sqlite")
    site = LiveSite(tmp_path, database=database, feed="http://127.0.0.1:9")
    try:
        address = Address(HOST, int(site.web().rpartition(":")[2]))
        head = _form(address)
        writer = sqlite3.connect(tmp_path / "db.sqlite3", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        status, _ = ask(address, "/logg-inn/", "POST", head[0], **head[1])
        assert status == 503
        assert time.monotonic() - began < 25
        assert ask(address, "/om/")[0] == 200, "readers do not wait"
        writer.execute("ROLLBACK")
        assert ask(address, "/logg-inn/", "POST", head[0], **head[1])[0] == 200, "a wrong password, and no more"
    finally:
        site.stop()


def test_pages_are_503_without_postgresql(tmp_path):
    site = LiveSite(tmp_path, database=f"postgres://u:p@{HOST}:{free_port()}/jobs", feed="http://127.0.0.1:9")
    try:
        address = Address(HOST, int(site.web().rpartition(":")[2]))
        assert ask(address, "/healthz")[0] == 200
        status, seconds = ask(address, "/")
        assert status == 503
        assert seconds < 15
    finally:
        site.stop()


def _form(address: Address) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a login form with its CSRF token."""
    import http.client
    import re

    connection = http.client.HTTPConnection(address.host, address.port, timeout=30)
    connection.request("GET", "/logg-inn/")
    response = connection.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.read().decode())
    cookie = response.getheader("Set-Cookie", "").partition(";")[0]
    connection.close()
    assert token
    body = f"csrfmiddlewaretoken={token[1]}&username=kari&password=feil".encode()
    return body, {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie}
