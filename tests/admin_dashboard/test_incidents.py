"""Incidents and alarms: once when a problem begins and once when it ends, by mail and by webhook, without secrets."""

from __future__ import annotations

import datetime as dt
import json
import smtplib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from django.utils import timezone

from jobsearch.admin_dashboard.models import Incident, Sample
from jobsearch.admin_dashboard.monitoring import alarms, incidents, site_check
from jobsearch.admin_dashboard.problems import BROKEN, WATCH, Problem
from jobsearch.core.models import Heartbeat, ServiceFailure

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 29, 11, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Receiver:
    """A webhook on this machine, with the answer that it gives and what it has got."""

    def __init__(self) -> None:
        self.status, self.location, self.got = 204, "", []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-path?key=secret"


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    made = Receiver()
    settings.ALERT_WEBHOOK_URL = made.url
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def admins(settings) -> None:
    settings.ADMINS = [("kari", "kari@example.no")]


def make_problem(code: str = "feed-failing", severity=BROKEN, **values) -> Problem:
    texts = {"title": "Strømmen lar seg ikke lese nå", "effect": "Virkning", "cause": "Årsak", "cure": "Løsning"}
    return Problem(code, severity, **{**texts, **values})


def check(now: dt.datetime, *found: Problem) -> int:
    """One check of the site with these problems."""
    incidents.record_problems(found, now)
    return alarms.send_alarms({problem.code: problem for problem in found}, now)


def test_an_alarm_is_sent_once_when_it_begins_and_once_when_it_ends(admins, receiver):
    problem = make_problem(commands=("curl x",), error="Connection refused")
    assert [check(NOON + number * MINUTE, problem) for number in range(5)] == [0, 1, 0, 0, 0]
    assert [check(NOON + number * MINUTE) for number in range(5, 10)] == [0, 0, 1, 0, 0]
    assert [message.subject for message in mail.outbox] == [
        "Utlyst: Strømmen lar seg ikke lese nå",
        "Utlyst: Løst: Strømmen lar seg ikke lese nå",
    ]
    assert "Feilmelding: Connection refused\nLøsning: Løsning" in mail.outbox[0].body
    assert "Feilmelding" not in mail.outbox[1].body
    path, kind, begun = receiver.got[0]
    assert (path, kind) == ("/secret-path?key=secret", "application/json")
    assert (begun["state"], begun["code"], begun["cause"], begun["commands"]) == ("started", "feed-failing", "Årsak", ["curl x"])
    assert begun["error"] == "Connection refused"
    assert begun["started"] == "2026-11-29T11:00:00+00:00"
    ended = receiver.got[1][2]
    assert (ended["state"], ended["ended"], ended["incident"]) == ("ended", "2026-11-29T11:04:00+00:00", begun["incident"])
    assert len(receiver.got) == 2


def test_a_problem_of_a_moment_sends_nothing(admins, receiver):
    assert check(NOON, make_problem()) == 0
    assert [check(NOON + number * MINUTE) for number in range(1, 6)] == [0] * 5
    assert Incident.objects.get().ended == NOON
    assert not mail.outbox and not receiver.got


def test_a_problem_that_comes_and_goes_is_one_incident(admins):
    for number in range(10):
        check(NOON + number * MINUTE, *([make_problem()] if number % 2 == 0 else []))
    assert Incident.objects.count() == len(mail.outbox) == 1


def test_only_errors_and_what_is_marked_raise_an_alarm(admins):
    for number in range(3):
        check(NOON + number * MINUTE, make_problem("set-aside", WATCH), make_problem("details-waiting", WATCH, alarm=True))
    assert Incident.objects.count() == 2
    assert len(mail.outbox) == 1
    for number in range(3, 6):  # it gets worse
        check(NOON + number * MINUTE, make_problem("set-aside", BROKEN), make_problem("details-waiting", WATCH, alarm=True))
    assert len(mail.outbox) == 2


def test_without_a_recipient_nothing_is_sent_nor_marked(settings):
    settings.ADMINS, settings.ALERT_WEBHOOK_URL = [], ""
    for number in range(3):
        assert check(NOON + number * MINUTE, make_problem()) == 0
    assert Incident.objects.get().announced is None


def test_a_webhook_that_fails_is_tried_again_and_shown(receiver):
    receiver.status = 500
    assert [check(NOON + number * MINUTE, make_problem()) for number in range(4)] == [0, 0, 0, 0]
    assert ServiceFailure.objects.get().detail == "HTTP 500"
    receiver.status = 200
    assert check(NOON + 4 * MINUTE, make_problem()) == 1
    assert not ServiceFailure.objects.exists()
    assert len(receiver.got) == 4


def test_a_webhook_that_always_fails_is_given_up(receiver):
    receiver.status = 410
    for number in range(20):
        check(NOON + number * MINUTE, make_problem())
    assert len(receiver.got) == incidents.MAX_ATTEMPTS


def test_a_redirect_is_not_followed(receiver):
    other = Receiver()
    receiver.status, receiver.location = 307, other.url
    check(NOON, make_problem())
    check(NOON + MINUTE, make_problem())
    other.server.shutdown()
    other.server.server_close()
    assert (len(receiver.got), other.got) == (1, [])


def test_the_mail_server_may_be_what_fails(admins, receiver, monkeypatch):
    def refuse(*_arguments: object) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"kari@example.no is not welcome")

    monkeypatch.setattr(alarms, "mail_admins", refuse)
    check(NOON, make_problem("mail-refused"))
    assert check(NOON + MINUTE, make_problem("mail-refused")) == 1
    assert len(receiver.got) == 1
    assert ServiceFailure.objects.get().detail == "The mail server of EMAIL_URL: SMTPAuthenticationError 535"


def test_neither_log_nor_stored_failure_has_the_webhooks_address(settings, caplog):
    settings.ALERT_WEBHOOK_URL = "http://127.0.0.1:9/secret-path"
    check(NOON, make_problem())
    check(NOON + MINUTE, make_problem())
    assert "secret-path" not in caplog.text + ServiceFailure.objects.get().detail


@pytest.mark.parametrize("url", ["ftp://x/y", "https://user:pw@x/y", "//x", "https://", "https://x/#y", "javascript:1"])
def test_the_webhooks_address_is_validated(monkeypatch, url):
    from django.core.exceptions import ImproperlyConfigured

    from jobsearch import env

    monkeypatch.setenv("ALERT_WEBHOOK_URL", url)
    with pytest.raises(ImproperlyConfigured, match="ALERT_WEBHOOK_URL"):
        env.webhook_url("ALERT_WEBHOOK_URL")


def test_a_check_takes_a_sample_and_finds_a_dead_worker(admins, index):
    now = timezone.now()
    Heartbeat.objects.create(name="w", role="worker", seen=now - dt.timedelta(hours=1))
    assert site_check.check_site(now) and site_check.check_site(now + MINUTE)
    assert Sample.objects.filter(period="m").count() == 2
    assert ["Celery" in message.subject for message in mail.outbox] == [True]


def test_a_web_process_checks_the_site_only_where_the_task_does_not(index):
    now = timezone.now()
    assert site_check.check_site_if_late(now)
    assert not site_check.check_site_if_late(now + MINUTE)
    assert site_check.check_site_if_late(now + 5 * MINUTE)


def test_two_processes_do_not_check_the_site_at_once(index):
    from jobsearch.core.leases import Lease

    with Lease(site_check.LEASE_NAME, seconds=60):
        assert site_check.check_site() is False
