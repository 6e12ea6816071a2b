"""Crashes while alerts and reminders are sent: no mail is sent twice, and each that may have been sent is listed."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import smtplib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from jobsearch.core.models import LeaseRecord
from jobsearch.saved.alerts import sending
from jobsearch.saved.bookmarks import reminders
from jobsearch.saved.models import AlertMail, AlertMatch, Bookmark, BookmarkSettings, MatchedAd, ReminderMail, Subscription
from jobsearch.vacancies.visibility import OSLO
from jobsearch.web.presenters.alert_mail import compose_alert
from jobsearch.web.presenters.reminder_mail import compose_reminder
from tests.servers import processes
from tests.servers.ports import wait_until

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = [f"person{number}@example.no" for number in range(2)]
"""The first and the last of a run: each further person adds a third of the steps, which are like those of these."""


class Killed(BaseException):
    """Simulates SIGKILL: no handler of the code catches it."""


class KillAfterQuery:
    """Wrapper of database queries that ends the run after the query of a number.

    Queries that only read are not counted but with `--every-combination`: the end after one of them is the end after the write
    or the command to the mail server that came before it.
    """

    not_counted = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")

    def __init__(self, number: int, *, reads: bool) -> None:
        self.left = number
        if not reads:
            self.not_counted = (*self.not_counted, "SELECT")

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(self.not_counted):
            return result
        self.left -= 1
        if self.left == 0:
            raise Killed
        return result


def make_deadly(command: str, when: str):
    """A method of `smtplib.SMTP` that ends the run before or after its command."""
    call = getattr(smtplib.SMTP, command)

    def die(self, *args, **kwargs):
        if when == "after":
            call(self, *args, **kwargs)
        raise Killed

    return die


def run(minutes: float) -> sending.Report:
    return sending.send_alerts(timezone.now() + dt.timedelta(minutes=minutes), compose_alert)


def forget_everything(mailbox) -> None:
    for model in (AlertMatch, AlertMail, MatchedAd):
        model.objects.all().delete()
    Subscription.objects.update(last_sent=None, refusals=0, retry_at=None)
    mailbox.recipients.clear()


def check(mailbox, step: str) -> None:
    """Each person has got the ad once, or is listed as a mail that may have been sent."""
    LeaseRecord.objects.update(owner="")  # that of a dead process, which this one is not
    run(20)
    run(40)
    unknown = AlertMail.objects.filter(state="unknown").values_list("subscription__subscriber__address", flat=True)
    for person in PEOPLE:
        got = mailbox.recipients.count(person)
        assert got == 1 or (got == 0 and person in unknown), (step, person, got)
    assert not AlertMail.objects.filter(state="sending").exists()
    assert len(unknown) <= 1, "one mail is under way at a time"


def kill_after_each_query(
    prepare: Callable[[], None], work: Callable[[], object], check_step: Callable[[str], None], *, reads: bool
) -> int:
    """Kill `work` after its first query, its second, and so on until it ends, with a check each time; the last number."""
    number, finished = 0, False
    while not finished:
        number += 1
        prepare()
        try:
            with connection.execute_wrapper(KillAfterQuery(number, reads=reads)):
                work()
            finished = True
        except Killed:
            pass
        check_step(f"query {number}")
    return number


@pytest.fixture
def people(ads, subscribe, mailbox):
    for person in PEOPLE:
        subscribe(address=person)
    ads({"title": "Sykepleier"})
    return mailbox


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_after_any_query_sends_no_mail_twice(people, every_combination):
    number = kill_after_each_query(
        lambda: forget_everything(people), lambda: run(10), lambda step: check(people, step), reads=every_combination
    )
    assert number > (30 if every_combination else 15), "each query of a run was a step"


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["helo", "ehlo", "mail", "rcpt", "data", "noop"])
def test_a_run_killed_at_a_command_to_the_server_sends_no_mail_twice(people, monkeypatch, command):
    for when in ("before", "after"):
        forget_everything(people)

        die = make_deadly(command, when)
        with monkeypatch.context() as patch:
            patch.setattr(smtplib.SMTP, command, die)
            with contextlib.suppress(Killed):
                run(10)
        check(people, f"{when} {command}")


@pytest.mark.sqlite
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_process_killed_by_sigkill_sends_no_mail_twice(people, tmp_path, step):
    people.hold_at = step
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "JOBSEARCH_READ_DOTENV": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "SEARCH_URL": settings.SEARCH_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
        "CELERY_BROKER_URL": f"filesystem:///{tmp_path}/broker",
    }
    now = (timezone.now() + dt.timedelta(minutes=10)).isoformat()
    command = [sys.executable, str(ROOT / "manage.py"), "send_alerts", "--now", now]
    process = processes.start(command, tmp_path / "log", env=env)
    try:
        wait_until(people.is_holding.is_set, 30, "the first mail at the server")
    finally:
        processes.kill(process)
    process.wait()
    people.hold_at = ""
    assert AlertMail.objects.filter(state="sending").count() == 1
    check(people, step)
    assert AlertMail.objects.filter(state="unknown").count() == 1


# --- Reminders of deadlines ---

DEADLINE = timezone.localdate() + dt.timedelta(days=8)


def remind(minutes: int = 0) -> reminders.Report:
    moment = dt.datetime.combine(DEADLINE - dt.timedelta(days=2), dt.time(9), tzinfo=OSLO)
    return reminders.send_reminders(moment + dt.timedelta(minutes=minutes), compose_reminder)


def check_reminders(mailbox, step: str) -> None:
    """Each person has got the reminder once, or is listed as a mail that may have been sent."""
    LeaseRecord.objects.update(owner="")
    remind(70)
    remind(140)
    unknown = ReminderMail.objects.filter(state="unknown").values_list("owner__username", flat=True)
    for person in PEOPLE:
        got = mailbox.recipients.count(person)
        assert got == 1 or (got == 0 and person in unknown), (step, person, got)
    assert not ReminderMail.objects.filter(state="sending").exists()
    assert len(unknown) <= 1, "one mail is under way at a time"


def forget_reminders(mailbox) -> None:
    ReminderMail.objects.all().delete()  # and the deadlines that they contain
    BookmarkSettings.objects.update(refusals=0, retry_at=None)
    mailbox.recipients.clear()


@pytest.fixture
def reminded(ads, mailbox):
    """Three users who have bookmarked the same ad and have chosen reminders."""
    (uuid,) = ads({"title": "Kokk", "application_due": DEADLINE.isoformat()})
    for person in PEOPLE:
        user = get_user_model().objects.create_user(person, person)
        EmailAddress.objects.create(user=user, email=person, verified=True, primary=True)
        BookmarkSettings.objects.create(owner=user, remind=True, language="nb")
        Bookmark.objects.create(owner=user, vacancy_uuid=uuid, created=timezone.now() - dt.timedelta(days=7))
    return mailbox


@pytest.mark.django_db(transaction=True)
def test_reminders_killed_after_any_query_are_not_sent_twice(reminded, every_combination):
    number = kill_after_each_query(
        lambda: forget_reminders(reminded), remind, lambda step: check_reminders(reminded, step), reads=every_combination
    )
    assert number > (15 if every_combination else 10), "each query of a run was a step"


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["ehlo", "mail", "rcpt", "data", "noop"])
def test_reminders_killed_at_a_command_to_the_server_are_not_sent_twice(reminded, monkeypatch, command):
    for when in ("before", "after"):
        forget_reminders(reminded)
        die = make_deadly(command, when)
        with monkeypatch.context() as patch:
            patch.setattr(smtplib.SMTP, command, die)
            with contextlib.suppress(Killed):
                remind()
        check_reminders(reminded, f"{when} {command}")
