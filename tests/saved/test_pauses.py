"""Subscriptions pause after 90 days without a sign that their mails are read, announced a week before."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from jobsearch.saved.alerts import pauses
from jobsearch.saved.mail import recipients
from jobsearch.saved.mail.links import Purpose, build_path, read_token
from jobsearch.saved.models import AlertMail, AlertMatch, Subscriber
from tests.quick_login import log_in_with_signals
from tests.saved.alerts import KARI, OLA, get_paths, html, run, text
from tests.web.page import Page

DAY = dt.timedelta(days=1)


@pytest.fixture
def silent(subscribe, ads):
    """A subscription of an address without activity for this many days. There is an index, with another ad."""
    ads({"title": "Baker", "occupations": ()})

    def make(days: float, address: str = KARI, announced: float | None = None, **fields):
        fields = {"frequency": "daily", "created": timezone.now() - 200 * DAY} | fields
        subscription = subscribe(address=address, **fields)
        announced_at = None if announced is None else timezone.now() - announced * DAY
        Subscriber.objects.filter(address=address).update(last_sign=timezone.now() - days * DAY, pause_announced=announced_at)
        subscription.subscriber.refresh_from_db()
        return subscription

    return make


def read(subscription) -> Subscriber:
    return Subscriber.objects.get(pk=subscription.subscriber_id)


def test_pause_is_announced_once_a_week_ahead(mailbox, silent, own_index):
    subscription = silent(83.1)
    silent(82.9, OLA)
    assert run()["announced"] == 1 and run()["announced"] == 0
    (mail,) = mailbox.messages
    assert mail["To"] == KARI and mail["Subject"] == "Vil du fortsatt ha varsler fra Utlyst?"
    assert mail["Auto-Submitted"] == "auto-generated"
    (path,) = get_paths(mail)
    assert read_token(Purpose.MANAGE, path.split("/")[3]) == subscription.subscriber_id
    assert "setter vi varslene dine på pause" in text(mail) and "setter vi varslene dine på pause" in html(mail)
    assert read(subscription).paused is None


def test_silent_address_is_paused_a_week_after_the_announcement(mailbox, silent, ads):
    subscription = silent(90.1, announced=7.1)
    other = silent(90.1, OLA, announced=6.9)
    ads({"title": "Sykepleier"})
    report = run(60 * 24)
    assert (report["paused"], report["sent"], report["matches"]) == (1, 1, 1)
    assert mailbox.recipients == [OLA]
    assert read(subscription).paused and not read(other).paused
    assert run()["paused"] == 0
    subscription.refresh_from_db()
    assert subscription.frequency == "daily", "kept for the end of the pause"


def test_address_without_an_announcement_is_not_paused(mailbox, silent, own_index):
    subscription = silent(500)
    report = run()
    assert (report["paused"], report["announced"]) == (0, 1)
    assert read(subscription).paused is None


@pytest.mark.parametrize(
    "sign", ["manage", "login", *(pytest.param(one, marks=pytest.mark.sqlite) for one in ("stop", "ads", "list"))]
)
def test_opened_link_and_used_account_are_signs(mailbox, silent, client, recruiter, own_index, monkeypatch, sign):
    subscription = silent(89, announced=6)
    monkeypatch.setattr(recipients, "get_address", lambda user: KARI)
    if sign == "manage":
        client.get(build_path(Purpose.MANAGE, subscription.subscriber_id))
    elif sign == "stop":
        client.get(build_path(Purpose.STOP, subscription.pk))
    elif sign == "ads":
        mail = subscription.mails.create(created=timezone.now(), ads=1, state=AlertMail.State.SENT)
        client.get(build_path(Purpose.ADS, mail.pk))
    elif sign == "login":
        log_in_with_signals(client, recruiter)
    else:
        client.force_login(recruiter)
        client.get("/lagrede-sok/")
    subscriber = read(subscription)
    assert subscriber.last_sign > timezone.now() - DAY and subscriber.pause_announced is None
    report = run()
    assert (report["announced"], report["paused"]) == (0, 0) and not mailbox.messages


@pytest.mark.parametrize("headers", [{"sec-purpose": "prefetch"}, {"purpose": "prefetch"}, None])
def test_prefetch_and_head_are_no_signs(silent, client, own_index, headers):
    subscription = silent(89, announced=6)
    path = build_path(Purpose.MANAGE, subscription.subscriber_id)
    client.get(path, headers=headers) if headers else client.head(path)
    assert read(subscription).pause_announced is not None


def test_paused_alerts_continue_by_a_button_and_what_came_meanwhile_is_no_news(mailbox, silent, client, ads):
    subscription = silent(90.1, announced=7.1)
    run()
    ads({"title": "Sykepleier fra pausen"})
    path = build_path(Purpose.MANAGE, subscription.subscriber_id)
    page = Page(client.get(path))
    assert "Varslene har vært på pause siden" in page.text() and read(subscription).paused, "opening the page changes nothing"
    client.post(path, {"action": "resume"})
    subscriber = read(subscription)
    assert subscriber.paused is None and subscriber.pause_announced is None
    assert "på pause siden" not in Page(client.get(path)).text()
    ads({"title": "Sykepleier etter pausen"})
    assert run(60 * 24)["sent_ads"] == 1
    assert "etter pausen" in text(mailbox.messages[-1]) and "fra pausen" not in text(mailbox.messages[-1])


def test_choosing_a_frequency_in_the_list_ends_the_pause(silent, client, recruiter, own_index, monkeypatch):
    subscription = silent(90.1, announced=7.1)
    pauses.pause_inactive(timezone.now())
    monkeypatch.setattr(recipients, "get_address", lambda user: KARI)
    saved = recruiter.saved_searches.create(name="X", params="q=sykepleier")
    client.force_login(recruiter)
    assert "På pause" in Page(client.get("/lagrede-sok/")).text("//summary")
    client.post(f"/lagrede-sok/{saved.pk}/varsel/", {"frequency": "weekly"})
    subscription.refresh_from_db()
    assert read(subscription).paused is None and subscription.frequency == "weekly"


def test_ads_that_wait_when_the_pause_begins_are_dropped(silent, own_index):
    subscription = silent(90.1, announced=7.1)
    AlertMatch.objects.create(subscription=subscription, vacancy_uuid="1" * 32, first_seen=timezone.now())
    assert pauses.pause_inactive(timezone.now()) == 1
    assert not AlertMatch.objects.exists()


def test_address_whose_subscriptions_are_off_gets_no_announcement(mailbox, silent, own_index):
    silent(100, frequency="off")
    assert run()["announced"] == 0 and not mailbox.messages


def test_announcement_that_is_refused_for_now_is_sent_later(mailbox, silent, own_index):
    subscription = silent(84)
    mailbox.refuse_recipient[KARI] = "450 4.2.0 Greylisted"
    assert run()["announced"] == 0 and read(subscription).pause_announced is None
    mailbox.refuse_recipient.clear()
    assert run()["announced"] == 0, "not before an hour has passed"
    subscription.__class__.objects.update(retry_at=timezone.now() - dt.timedelta(seconds=1))
    assert run()["announced"] == 1 and len(mailbox.messages) == 1


def test_announcement_that_may_have_been_sent_is_not_sent_again(mailbox, silent, own_index):
    subscription = silent(84)
    mailbox.hang_up = KARI
    run()
    assert read(subscription).pause_announced is not None
    mailbox.hang_up = ""
    received = len(mailbox.messages)
    assert run()["announced"] == 0 and len(mailbox.messages) == received


def test_lost_connection_does_not_keep_the_next_address_from_its_announcement(mailbox, silent, own_index):
    silent(84)
    silent(84, OLA)
    mailbox.hang_up = mailbox_of_first = min((str(one.pk), one.address) for one in Subscriber.objects.all())[1]
    assert run()["announced"] == 1
    assert mailbox.recipients[0] == mailbox_of_first and {*mailbox.recipients} == {KARI, OLA}


def test_mail_server_that_is_down_leaves_nothing_announced(settings, silent, own_index):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 2
    subscription = silent(84)
    report = run(code=2)
    assert report["reason"] == "mail-down" and read(subscription).pause_announced is None


@pytest.mark.parametrize(
    ("language", "subject"),
    [("nn", "Vil du framleis ha varsel frå Utlyst?"), ("en", "Do you still want alerts from Utlyst?")],
)
def test_announcement_is_in_the_language_of_the_address(mailbox, silent, own_index, language, subject):
    silent(84)
    Subscriber.objects.update(language=language)
    run()
    assert mailbox.messages[0]["Subject"] == subject


def test_end_of_a_pause_of_the_only_subscription_brings_no_old_ads(mailbox, subscribe, client, ads):
    subscription = subscribe(frequency="off")
    ads({"title": "Sykepleier fra pausen"})
    run()
    path = build_path(Purpose.MANAGE, subscription.subscriber_id)
    client.post(path, {"action": "change", "subscription": str(subscription.pk), "frequency": "instant"})
    ads({"title": "Sykepleier etter pausen"})
    assert run()["sent_ads"] == 1 and "fra pausen" not in text(mailbox.messages[0])
