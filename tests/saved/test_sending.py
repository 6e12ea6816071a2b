"""Alert mails on a real SMTP server: what is sent, when, once, and what happens when the server refuses or is lost."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from jobsearch.core.leases import Lease
from jobsearch.saved import matching, sending
from jobsearch.saved.links import Purpose, build_path
from jobsearch.saved.models import AlertMail, AlertMatch, MatchedAd, Subscriber, Subscription
from jobsearch.search import api as search
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from jobsearch.web.tasks import send_alerts as task
from tests.conftest import vacancy_data
from tests.web.page import Page
from tests.web.support import ENDINGS

pytestmark = pytest.mark.django_db
KARI, OLA = "kari@example.no", "ola@example.no"


def run(later: float = 6, code: int = 0) -> dict:
    """The command's report, at some minutes from now."""
    return run_at(timezone.now() + dt.timedelta(minutes=later), code)


def run_at(now: dt.datetime, code: int = 0) -> dict:
    from io import StringIO

    out, err = StringIO(), StringIO()
    try:
        call_command("send_alerts", "--json", "--now", now.isoformat(), stdout=out, stderr=err)
        exited = 0
    except SystemExit as error:
        exited = int(error.code)
    report = json.loads(out.getvalue())
    assert exited == code, (report, err.getvalue())
    return report


def text(message) -> str:
    return message.get_body(("plain",)).get_content()


def html(message) -> str:
    return message.get_body(("html",)).get_content()


def get_paths(message) -> list[str]:
    return re.findall(r"http://localhost:8000(\S+)", text(message))


# --- What is sent ---


def test_a_mail_has_the_new_ads_and_leads_to_exactly_these(client, ads, subscribe, mailbox):
    old = ads({"title": "Sykepleier fra før"})[0]
    Vacancy.objects.filter(uuid=old).update(first_seen=timezone.now() - dt.timedelta(days=2))
    subscription = subscribe("q=sykepleier&place=VESTLAND%2FBERGEN")
    made = ads(
        {"title": "Sykepleier natt", "application_due": "2090-11-27"},
        {"title": "SYKEPLEIER DAG"},
        {"title": "Kokk", "occupations": ()},
    )
    report = run()
    assert (report["ads"], report["matches"], report["sent"], report["sent_ads"]) == (3, 2, 1, 2)
    (message,) = mailbox.messages
    assert message["to"] == KARI and message["subject"] == "2 nye: sykepleier · Bergen"
    for body in (text(message), html(message)):
        assert "Sykepleier natt" in body and "Sykepleier dag" in body and "Kokk" not in body
        assert "Sykehuset · Bergen · Frist 27. november 2090" in body and "Se alle 2" in body
        assert "Kari Nordmann" not in body and "22 33 44 55" not in body
    assert "<img" not in html(message) and "src=" not in html(message), "a mail loads nothing"
    assert message["auto-submitted"] == "auto-generated"
    (path,) = [one for one in get_paths(message) if one.startswith("/varsler/treff/")]
    page = Page(client.get(path))
    assert set(page.titles) == {"Sykepleier natt", "Sykepleier dag"} and page.h1 == "2 nye stillinger"
    with transaction.atomic():
        store.close_vacancies([made[0]], Vacancy.Closed.FEED)
    page = Page(client.get(path))
    assert page.titles == ["Sykepleier dag"] and "Én av annonsene i e-posten er ikke lenger aktiv" in page.text()
    manage = build_path(Purpose.MANAGE, subscription.subscriber_id)
    assert manage[: len("/varsler/mine/")] in " ".join(get_paths(message))


def test_the_mail_unsubscribes_by_one_click(client, ads, subscribe, mailbox):
    subscribe()
    ads()
    run()
    (message,) = mailbox.messages
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(r"<http://localhost:8000(\S+)>", message["list-unsubscribe"].strip())[1]
    assert client.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists() and not AlertMail.objects.exists() and not AlertMatch.objects.exists()
    ads({"title": "Sykepleier igjen"})
    assert run()["sent"] == 0 and len(mailbox.messages) == 1


def test_at_most_twenty_ads_are_shown_and_the_link_opens_all(client, ads, subscribe, mailbox):
    subscribe()
    ads(*({"title": f"Sykepleier {number}"} for number in range(30)))
    run()
    (message,) = mailbox.messages
    assert text(message).count("* Sykepleier") == html(message).count("<li") == 20
    assert message["subject"] == "30 nye: sykepleier" and "Se alle 30" in text(message)
    (path,) = [one for one in get_paths(message) if one.startswith("/varsler/treff/")]
    first, second = Page(client.get(path)), Page(client.get(f"{path}?page=2"))
    assert first.total == 30 and len({*first.titles, *second.titles}) == 30
    assert client.get(f"{path}?page=3").url == f"{path}?page=2"


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("nb", "1 ny: sykepleier", "Se stillingen"),
        ("nn", "1 ny: sykepleier", "Sjå stillinga"),
        ("en", "1 new: sykepleier", "See the job"),
    ],
)
def test_a_mail_is_in_the_language_of_its_subscriber(ads, subscribe, mailbox, language, subject, words):
    subscription = subscribe()
    Subscriber.objects.filter(pk=subscription.subscriber_id).update(language=language)
    ads()
    run()
    (message,) = mailbox.messages
    assert message["subject"] == subject and words in text(message) and f'lang="{language}"' in html(message)


def test_markup_and_contacts_of_an_ad_do_no_harm_in_a_mail(ads, subscribe, mailbox):
    subscribe("")
    ads(
        {
            "title": "Vikar for Anne Prøvesen, ring 22 33 44 55 <b onclick=x>",
            "employer_name": "Smed & Sønn\r\nBcc: x@example.no",
            "contacts": (ContactData(name="Anne Prøvesen", phone="22 33 44 55"),),
        }
    )
    run()
    (message,) = mailbox.messages
    for body in (text(message), html(message)):
        assert "Anne" not in body and "22 33 44 55" not in body
    assert "<b onclick" not in html(message) and "Smed &amp; Sønn" in html(message) and "Smed & Sønn" in text(message)
    assert message["bcc"] is None and mailbox.recipients == [KARI]


# --- Each ad once ---


def test_an_ad_is_sent_once_however_it_changes(ads, subscribe, mailbox):
    subscribe()
    data = vacancy_data(title="Sykepleier")
    store_all(data)
    run()
    store_all(vacancy_data(uuid=data.uuid, title="Sykepleier, ny tekst", description="<p>Helt nytt.</p>"))
    assert run()["sent"] == 0
    with transaction.atomic():
        store.close_vacancies([data.uuid], Vacancy.Closed.FEED)
    search.index_changes()
    run()
    store_all(data)
    assert run(60)["sent"] == 0 and len(mailbox.messages) == 1


def test_an_ad_edited_into_a_search_is_no_news(ads, subscribe, mailbox):
    subscribe()
    data = vacancy_data(title="Kokk", occupations=(), description="<p>Lag mat.</p>")
    store_all(data)
    assert run()["ads"] == 1
    store_all(vacancy_data(uuid=data.uuid, title="Sykepleier"))
    assert run()["sent"] == 0 and not mailbox.messages


def test_an_ad_is_news_when_it_is_indexed_late(ads, subscribe, mailbox):
    subscribe()
    ads({"title": "Kokk", "occupations": (), "description": ""})
    run()
    data = vacancy_data(title="Sykepleier")
    with transaction.atomic():
        store.store_vacancies([data])
    assert run()["ads"] == 0
    search.index_changes()
    assert run()["sent"] == 1


def test_one_ad_in_two_searches_of_an_address_is_in_both_mails(ads, subscribe, mailbox):
    subscribe("q=sykepleier")
    subscribe("place=VESTLAND")
    ads()
    assert run()["sent"] == 2 and {one["subject"] for one in mailbox.messages} == {"1 ny: sykepleier", "1 ny: Vestland"}


@pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)
def test_an_ad_that_has_ended_before_the_mail_leaves_is_not_in_it(ads, subscribe, mailbox, end):
    subscribe()
    first, second = ads({"title": "Sykepleier borte"}, {"title": "Sykepleier her"})
    run(0)
    assert AlertMatch.objects.count() == 2 and not mailbox.messages
    end(first)
    run()
    (message,) = mailbox.messages
    assert "borte" not in text(message) and "Sykepleier her" in text(message) and message["subject"].startswith("1 ny")
    end(second)
    assert run(60)["sent"] == 0


def test_no_mail_where_every_ad_has_ended(ads, subscribe, mailbox):
    subscribe()
    (ad,) = ads()
    run(0)
    with transaction.atomic():
        store.close_vacancies([ad], Vacancy.Closed.FEED)
    assert run()["sent"] == 0 and not AlertMail.objects.exists() and not AlertMatch.objects.exists()


def test_a_search_that_cannot_be_read_finds_nothing(ads, subscribe, mailbox):
    for params in ("published=2020-01-01", "x" * 9000, "place=UTLAND%2FHELLAS", "q=01010750160"):
        subscribe(params)
    ads()
    assert run()["sent"] == 0 and not mailbox.messages


# --- When it is sent ---


def at(day: int, clock: str, month: int = 12) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, month, day), dt.time.fromisoformat(clock), tzinfo=OSLO)


@pytest.fixture
def seen_at(ads, subscribe):
    """Makes a subscription long ago, and an ad first seen at a moment."""

    def make(moment: dt.datetime, frequency: str) -> Subscription:
        (ad,) = ads({"expires": at(30, "00:00"), "published": moment})
        Vacancy.objects.filter(uuid=ad).update(first_seen=moment)
        if existing := Subscription.objects.first():
            return existing
        return subscribe(frequency=frequency, created=at(1, "00:00", 10))

    return make


@pytest.mark.parametrize(
    ("frequency", "seen", "not_yet", "due"),
    [
        ("instant", at(1, "12:00"), [at(1, "12:00"), at(1, "12:04")], at(1, "12:05")),
        ("daily", at(1, "12:00"), [at(1, "12:10"), at(1, "23:59"), at(2, "06:59")], at(2, "07:00")),
        ("daily", at(1, "06:59"), [at(1, "06:59")], at(1, "07:00")),
        ("weekly", at(1, "12:00"), [at(2, "07:00"), at(6, "23:59"), at(7, "06:59")], at(7, "07:00")),  # 7 December: a Monday
        ("daily", at(24, "12:00", 10), [at(25, "06:59", 10)], at(25, "07:00", 10)),  # the clocks go back
    ],
)
def test_a_mail_leaves_at_its_time_in_oslo(seen_at, mailbox, frequency, seen, not_yet, due):
    seen_at(seen, frequency)
    for moment in not_yet:
        assert run_at(moment)["sent"] == 0
    assert run_at(due)["sent"] == 1
    assert run_at(due)["sent"] == 0


def test_ads_of_five_minutes_are_one_instant_mail(seen_at, mailbox):
    seen_at(at(1, "12:00"), "instant")
    run_at(at(1, "12:00"))
    seen_at(at(1, "12:04"), "instant")
    run_at(at(1, "12:05"))
    assert [one["subject"] for one in mailbox.messages] == ["2 nye: sykepleier"]


def test_there_is_one_daily_mail_a_day(seen_at, mailbox):
    seen_at(at(1, "12:00"), "daily")
    run_at(at(2, "07:00"))
    seen_at(at(2, "06:50"), "daily")  # indexed late
    assert run_at(at(2, "07:01"))["sent"] == 0
    assert run_at(at(3, "07:00"))["sent"] == 1


def test_a_paused_subscription_sends_nothing_and_nothing_of_the_pause_later(ads, subscribe, mailbox):
    subscription = subscribe(frequency="off")
    subscribe("q=kokk", address=OLA)
    ads()
    assert run()["matches"] == 0
    Subscription.objects.filter(pk=subscription.pk).update(frequency="instant")
    assert run(60)["sent"] == 0
    ads({"title": "Sykepleier nå"})
    assert run()["sent"] == 1


def test_ads_from_before_the_subscription_are_no_news(ads, subscribe, mailbox):
    subscribe("q=kokk", address=OLA)
    ads()
    subscribe(created=timezone.now())
    assert run()["matches"] == 0


# --- A server that refuses, and one that is lost ---


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
    search.index_changes()
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


def store_all(*entries) -> None:
    with transaction.atomic():
        store.store_vacancies(entries)
    search.index_changes()
