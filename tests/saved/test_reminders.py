"""Reminders of deadlines on a real SMTP server: two days ahead, once, to users who have chosen them."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from jobsearch.core import counters, failures
from jobsearch.core.models import Counter, ServiceFailure
from jobsearch.saved.alerts import sending
from jobsearch.saved.mail.delivery import MAX_REFUSALS
from jobsearch.saved.models import Bookmark, BookmarkSettings, Reminder, ReminderMail
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from jobsearch.web.tasks import send_alerts
from tests.saved.alerts import get_paths, html, run_at, text

pytestmark = pytest.mark.django_db
KARI = "kari@example.no"


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=OSLO)


@pytest.fixture
def due(db) -> dt.date:
    """A deadline in eight days; the ads are active for two weeks."""
    return timezone.localdate() + dt.timedelta(days=8)


@pytest.fixture
def kari(db):
    user = get_user_model().objects.create_user("kari", "Kari@example.no", "et langt nok passord")
    EmailAddress.objects.create(user=user, email="kari@example.no", verified=True, primary=True)
    BookmarkSettings.objects.create(owner=user, remind=True, language="nb")
    return user


@pytest.fixture
def bookmarked(ads, kari, due):
    """An ad that Kari has bookmarked a week ago."""
    contact = ContactData("Anne Prøvesen", "anne@kro.example", "22 33 44 55")
    (uuid,) = ads({"title": "Kokk, ring 22 33 44 55", "application_due": due.isoformat(), "contacts": (contact,)})
    return Bookmark.objects.create(owner=kari, vacancy_uuid=uuid, created=timezone.now() - dt.timedelta(days=7))


def test_a_reminder_is_sent_two_days_ahead_and_once(client, bookmarked, due, mailbox):
    two_days = due - dt.timedelta(days=2)
    assert run_at(at(two_days, 6, 59))["reminders"] == 0
    assert run_at(at(two_days, 7))["reminders"] == 1
    for later in (at(two_days, 7, 1), at(two_days + dt.timedelta(days=1), 7), at(due, 12), at(due + dt.timedelta(days=1), 7)):
        assert run_at(later)["reminders"] == 0
    (message,) = mailbox.messages
    assert message["to"] == KARI and message["subject"].startswith("Frist ")
    assert message["auto-submitted"] == "auto-generated"
    for body in (text(message), html(message)):
        assert "Kokk" in body and "22 33 44 55" not in body and "Anne" not in body and "anne@" not in body
    assert f"/stilling/{bookmarked.vacancy_uuid}/" in get_paths(message) and "/lagret/" in get_paths(message)


def test_a_missed_moment_is_made_up_while_the_deadline_is_ahead(bookmarked, due, mailbox):
    assert run_at(at(due, 3))["reminders"] == 1


def test_a_mail_has_all_deadlines_of_the_user(kari, ads, due, mailbox):
    for uuid in ads(
        *({"title": f"Kokk {n}", "application_due": (due + dt.timedelta(days=n % 2)).isoformat()} for n in range(25))
    ):
        Bookmark.objects.create(owner=kari, vacancy_uuid=uuid, created=timezone.now() - dt.timedelta(days=7))
    assert run_at(at(due - dt.timedelta(days=1), 8))["reminders"] == 1
    (message,) = mailbox.messages
    assert message["subject"] == "Frist snart for 25 stillinger"
    assert sum(path.startswith("/stilling/") for path in get_paths(message)) == 20


@pytest.mark.parametrize(
    "change",
    [
        {"state": "applied"},
        {"state": "rejected"},
        {"created": "just now"},
    ],
)
def test_no_reminder_of_what_needs_none(bookmarked, due, mailbox, change):
    moment = at(due - dt.timedelta(days=2), 9)
    if "created" in change:
        change = {"created": moment - dt.timedelta(minutes=5)}
    Bookmark.objects.update(**change)
    assert run_at(moment)["reminders"] == 0 and not mailbox.messages


def test_no_reminder_without_a_choice_an_address_or_an_active_account(bookmarked, kari, due, mailbox):
    moment = at(due - dt.timedelta(days=2), 9)
    for model, change, back in (
        (BookmarkSettings, {"remind": False}, {"remind": True}),
        (EmailAddress, {"verified": False}, {"verified": True}),
        (get_user_model(), {"is_active": False}, {"is_active": True}),
    ):
        model.objects.update(**change)
        assert run_at(moment)["reminders"] == 0
        model.objects.update(**back)
    assert run_at(moment)["reminders"] == 1


def test_no_reminder_of_an_ad_that_has_ended(bookmarked, due, mailbox):
    with transaction.atomic():
        store.close_vacancies([bookmarked.vacancy_uuid], Vacancy.Closed.FEED)
    assert run_at(at(due - dt.timedelta(days=2), 9))["reminders"] == 0
    assert not ReminderMail.objects.exists()


def test_no_reminder_of_an_ad_that_an_administrator_hides(bookmarked, due, mailbox):
    store.set_hidden(bookmarked.vacancy_uuid, True)
    assert run_at(at(due - dt.timedelta(days=2), 9))["reminders"] == 0


def test_a_moved_deadline_is_a_new_one(bookmarked, due, mailbox):
    assert run_at(at(due - dt.timedelta(days=2), 9))["reminders"] == 1
    Vacancy.objects.update(application_due=due + dt.timedelta(days=4))
    assert run_at(at(due, 9))["reminders"] == 0
    assert run_at(at(due + dt.timedelta(days=2), 9))["reminders"] == 1


def test_a_bookmark_that_is_made_again_brings_no_second_reminder(bookmarked, kari, due, mailbox):
    moment = at(due - dt.timedelta(days=2), 9)
    assert run_at(moment)["reminders"] == 1
    bookmarked.delete()
    Bookmark.objects.create(owner=kari, vacancy_uuid=bookmarked.vacancy_uuid, created=timezone.now() - dt.timedelta(days=7))
    assert run_at(moment)["reminders"] == 0


def test_the_link_and_one_click_stop_reminders(client, bookmarked, kari, due, mailbox):
    run_at(at(due - dt.timedelta(days=2), 9))
    (message,) = mailbox.messages
    path = message["list-unsubscribe"].strip(" <>").removeprefix("http://localhost:8000")
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert client.get(path).status_code == 200
    assert BookmarkSettings.objects.get().remind, "mail scanners open every link"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not BookmarkSettings.objects.get().remind
    for odd in ("x", "x.y.z", "\0"):
        assert client.get(f"/lagret/paminnelser/{odd}/").status_code == 404
    kari.delete()
    assert client.post(path).status_code == 404


def test_the_language_is_that_of_the_choice(bookmarked, due, mailbox):
    BookmarkSettings.objects.update(language="en")
    run_at(at(due - dt.timedelta(days=2), 9))
    assert "deadline" in text(mailbox.messages[0]).lower()


# --- Failures ---


def test_a_mail_server_that_is_down_leaves_nothing_behind(bookmarked, due, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    report = run_at(at(due - dt.timedelta(days=2), 9), code=2)
    assert report["reason"] == "mail-down" and not ReminderMail.objects.exists() and not Reminder.objects.exists()


def test_an_interrupted_mail_is_listed_and_not_sent_again(bookmarked, kari, due, mailbox):
    mail = ReminderMail.objects.create(owner=kari, created=timezone.now())
    Reminder.objects.create(owner=kari, vacancy_uuid=bookmarked.vacancy_uuid, deadline=due, mail=mail)
    report = run_at(at(due - dt.timedelta(days=2), 9), code=1)
    assert (report["reminders"], report["unknown_reminders"]) == (0, 1)
    assert ReminderMail.objects.get().state == "unknown" and not mailbox.messages


def test_a_temporary_refusal_is_tried_again(bookmarked, due, mailbox):
    mailbox.refuse_recipient = {KARI: "451 later"}
    moment = at(due - dt.timedelta(days=2), 9)
    assert run_at(moment, code=1)["postponed_reminders"] == 1
    mailbox.refuse_recipient = {}
    assert run_at(moment + dt.timedelta(minutes=30))["reminders"] == 0
    assert run_at(moment + dt.timedelta(minutes=61))["reminders"] == 1


def test_refusals_of_the_mailbox_switch_reminders_off(ads, kari, due, mailbox):
    mailbox.refuse_recipient = {KARI: "550 5.1.1 no such user"}
    for n in range(MAX_REFUSALS):
        day = due + dt.timedelta(days=2 * n)
        (uuid,) = ads({"title": f"Kokk {n}", "application_due": day.isoformat()})
        Bookmark.objects.create(owner=kari, vacancy_uuid=uuid, created=timezone.now() - dt.timedelta(days=7))
        assert run_at(at(day - dt.timedelta(days=2), 9), code=1)["refused_reminders"] == 1
    assert not BookmarkSettings.objects.get().remind


def test_old_rows_are_deleted(kari, due, mailbox):
    past = timezone.now() - dt.timedelta(days=61)
    mail = ReminderMail.objects.create(owner=kari, created=past, state="sent")
    Reminder.objects.create(owner=kari, vacancy_uuid=mail.pk, deadline=past.date(), mail=mail)
    run_at(timezone.now())
    assert not ReminderMail.objects.exists() and not Reminder.objects.exists()


def test_a_mail_server_that_fails_for_reminders_only_is_shown_and_counted(bookmarked, due, mailbox, settings, monkeypatch):
    moment = at(due - dt.timedelta(days=2), 9)
    monkeypatch.setattr("jobsearch.web.tasks.timezone.now", lambda: moment)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    send_alerts()
    assert ServiceFailure.objects.get().name == failures.MAIL
    assert Counter.objects.get(name=counters.MAIL_ERRORS).number == 1
    settings.EMAIL_PORT = port
    send_alerts()
    assert not ServiceFailure.objects.exists() and Counter.objects.get(name=counters.MAILS).number == 1
    assert ReminderMail.objects.get().state == "sent"


def test_a_refused_reminder_is_counted(bookmarked, due, mailbox, monkeypatch):
    monkeypatch.setattr("jobsearch.web.tasks.timezone.now", lambda: at(due - dt.timedelta(days=2), 9))
    mailbox.refuse_recipient[KARI] = "550 5.1.1 No such user"
    send_alerts()
    assert Counter.objects.get(name=counters.MAIL_ERRORS).number == 1 and ReminderMail.objects.get().state == "refused"
    assert not ServiceFailure.objects.exists(), "one mailbox that does not exist is no failure of the server"


def test_an_unexpected_error_of_the_reminders_leaves_the_alerts_mails_counted(db, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError

    monkeypatch.setattr("jobsearch.web.tasks.sending.send_alerts", lambda *_arguments: sending.Report(sent=3, mail_error="down"))
    monkeypatch.setattr("jobsearch.web.tasks.reminders.send_reminders", fail)
    with pytest.raises(RuntimeError):
        send_alerts()
    assert Counter.objects.get(name=counters.MAILS).number == 3
    assert ServiceFailure.objects.get(name=failures.MAIL).detail == "down"
