"""Alert mails where the server refuses or is lost, the engine is down, and within limits."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from jobsearch.core.leases import Lease
from jobsearch.saved.alerts import matching, sending
from jobsearch.saved.models import AlertMail, AlertMatch, MatchedAd, Subscriber, Subscription
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.tasks import send_alerts as task
from tests.saved.alerts import KARI, OLA, run

pytestmark = pytest.mark.django_db


def test_a_server_that_is_down_leaves_nothing_behind(ads, subscribe, mailbox, settings):
    subscribe()
    ads()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    report = run(code=2)
    assert report["reason"] == "mail-down" and report["matches"] == 1 and not AlertMail.objects.exists()
    settings.EMAIL_PORT = port
    assert run()["sent"] == 1


def test_an_engine_that_is_down_does_not_stop_what_is_found(ads, subscribe, mailbox, monkeypatch):
    subscribe()
    ads()
    run(0)
    ads({"title": "Sykepleier til"})

    def down(*args, **kwargs):
        raise search.EngineDown("The engine does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr("jobsearch.search.api.match_ads", down)
        report = run(code=2)
    assert (report["reason"], report["sent"]) == ("engine-down", 1)
    assert run()["sent"] == 1


def test_an_engine_that_is_down_is_reported_also_before_any_ad_is_indexed(own_index, make_vacancy, subscribe, mailbox):
    assert run()["ads"] == 0
    subscribe()
    make_vacancy()
    assert run(code=2)["reason"] == "engine-down"
    indexing.index_changes()
    assert run()["sent"] == 1


def test_a_refused_sender_stops_the_run_and_nothing_is_lost(ads, subscribe, mailbox):
    subscribe()
    subscribe(address=OLA)
    ads()
    mailbox.refuse_sender = "530 5.7.0 Authentication required"
    assert run(code=2)["sent"] == 0 and not AlertMail.objects.exists()
    mailbox.refuse_sender = ""
    assert run()["sent"] == 2


@pytest.mark.parametrize("answer", ["450 4.2.1 Try later", "452 Mailbox full"])
def test_a_temporary_refusal_is_tried_again_later_with_its_ads(ads, subscribe, mailbox, answer):
    subscribe()
    subscribe(address=OLA)
    ads()
    mailbox.refuse_recipient[KARI] = answer
    report = run(code=1)
    assert (report["postponed"], report["sent"]) == (1, 1) and mailbox.recipients == [OLA]
    assert run(10)["sent"] == 0, "not before the pause of five minutes"
    mailbox.refuse_recipient.clear()
    assert run(12)["sent"] == 1 and mailbox.recipients == [OLA, KARI]


def test_a_mail_refused_after_its_data_is_recorded_and_not_repeated(ads, subscribe, mailbox):
    subscribe()
    ads()
    mailbox.refuse_data = "554 5.7.1 Spam"
    assert run(code=1)["refused"] == 1
    assert AlertMail.objects.get().error == "SMTPDataError 554"
    mailbox.refuse_data = ""
    assert run(3000)["sent"] == 0 and Subscription.objects.get().refusals == 0


@pytest.mark.parametrize(
    ("answer", "ends"), [("550 5.1.1 No such user", True), ("550 no such user", True), ("550 5.7.1 Blocked", False)]
)
def test_a_subscription_ends_after_three_refusals_of_its_mailbox(ads, subscribe, mailbox, answer, ends):
    subscribe()
    mailbox.refuse_recipient[KARI] = answer
    for number in range(3):
        ads({"title": f"Sykepleier {number}"})
        assert run(6 + 1500 * number, code=1)["refused"] == 1
        ads({"title": f"Sykepleier {number}, samme dag"})
        assert run(60 + 1500 * number)["refused"] == 0
    assert Subscriber.objects.exists() != ends


def test_a_mail_of_unknown_fate_is_not_repeated_and_the_others_are_sent(ads, subscribe, mailbox):
    subscribe()
    subscribe(address=OLA)
    mailbox.hang_up = KARI
    ads()
    report = run(code=1)
    assert (report["unknown"], report["sent"]) == (1, 1) and sorted(mailbox.recipients) == [KARI, OLA]
    mail = AlertMail.objects.get(state="unknown")
    assert mail.error == "SMTPServerDisconnected" and mail.matches.count() == 1
    assert run(60)["sent"] == 0


def test_a_server_that_closes_a_connection_between_mails_loses_none(ads, subscribe, mailbox):
    for number in range(5):
        subscribe(address=f"person{number}@example.no")
    ads()
    mailbox.per_connection = 2
    assert run()["sent"] == 5 and mailbox.connections == 3 and len(set(mailbox.recipients)) == 5


def test_a_mail_that_cannot_be_composed_does_not_stop_the_others(ads, subscribe, mailbox, monkeypatch, caplog):
    broken = subscribe()
    subscribe(address=OLA)
    ads()
    from jobsearch.admin_dashboard.management.commands import send_alerts

    def compose(subscription, *args):
        if subscription.pk == broken.pk:
            raise ValueError(KARI)
        return send_alerts.__dict__["original"](subscription, *args)

    monkeypatch.setattr(send_alerts, "original", send_alerts.compose_alert, raising=False)
    monkeypatch.setattr(send_alerts, "compose_alert", compose)
    report = run(code=1)
    assert (report["sent"], report["postponed"]) == (1, 1) and mailbox.recipients == [OLA]
    assert "ValueError" in caplog.text and KARI not in caplog.text


def test_a_subscription_that_ends_during_the_run_stops_nothing(ads, subscribe, mailbox, monkeypatch):
    ended = subscribe()
    subscribe(address=OLA)
    ads()
    original = search.match_ads

    def match_and_end(*args):
        found = original(*args)
        Subscription.objects.filter(pk=ended.pk).delete()
        return found

    monkeypatch.setattr("jobsearch.search.api.match_ads", match_and_end)
    assert run()["sent"] == 1 and mailbox.recipients == [OLA]


def test_only_one_run_sends_at_a_time(ads, subscribe, mailbox):
    subscribe()
    ads()
    with Lease(sending.LEASE_NAME, seconds=60):
        assert run(code=3)["reason"] == "alerts-held"
        task()
    assert not mailbox.messages


def test_the_task_does_the_same_as_the_command(ads, subscribe, mailbox, caplog):
    subscribe()
    ads()
    Vacancy.objects.update(first_seen=timezone.now() - dt.timedelta(minutes=6))
    task()
    assert mailbox.recipients == [KARI] and KARI not in caplog.text


@pytest.mark.parametrize("value", ["x", "2026-13-01", "0001-01-01", "9999-12-31T23:59", "2026"])
def test_a_moment_that_is_none_is_refused_with_a_sentence(value):
    from argparse import ArgumentTypeError

    from jobsearch.admin_dashboard.management.commands.send_alerts import parse_moment

    with pytest.raises(ArgumentTypeError, match=r"moment|range"):
        parse_moment(value)


# --- Limits ---


def test_what_is_past_its_retention_is_deleted(ads, subscribe, mailbox):
    subscription = subscribe(created=timezone.now() - dt.timedelta(days=500))
    now, uuid = timezone.now(), ads({"title": "Sykepleier"})[0]
    run()
    old = now - dt.timedelta(days=matching.KEPT_DAYS + 1)
    mail = AlertMail.objects.create(subscription=subscription, created=old, ads=1, state="sent")
    AlertMatch.objects.create(subscription=subscription, vacancy_uuid=subscription.pk, first_seen=old, mail=mail)
    MatchedAd.objects.create(uuid=subscription.pk, matched=now - dt.timedelta(days=15))
    run()
    assert [one.vacancy_uuid for one in AlertMatch.objects.all()] == [uuid]
    assert AlertMail.objects.count() == 1 and [one.uuid for one in MatchedAd.objects.all()] == [uuid]


def test_many_subscriptions_and_ads_take_a_bounded_number_of_requests(ads, subscribe, mailbox, monkeypatch):
    asked: list[tuple[int, int]] = []
    original = search.match_ads
    monkeypatch.setattr(
        "jobsearch.search.api.match_ads",
        lambda queries, uuids, now: asked.append((len(queries), len(uuids))) or original(queries, uuids, now),
    )
    monkeypatch.setattr(matching, "SEARCH_BATCH", 5)
    monkeypatch.setattr(matching, "AD_BATCH", 4)
    for number in range(12):
        subscribe(f"q=sykepleier+{number % 6}", "daily", address=f"person{number}@example.no")
    ads(*({"title": f"Sykepleier {number}"} for number in range(10)))
    report = run()
    assert report["ads"] == 10 and len(asked) == 3 * 3
    assert max(queries for queries, _ in asked) <= 5 and max(uuids for _, uuids in asked) <= 4
    for subscription in Subscription.objects.all():
        expected = set(search.search(subscription.query).uuids)
        assert set(subscription.matches.values_list("vacancy_uuid", flat=True)) == expected


def test_nothing_is_compared_without_subscriptions(ads, mailbox, django_assert_max_num_queries):
    ads()
    with django_assert_max_num_queries(20):
        assert run()["ads"] == 0
