"""Alert mails on a real SMTP server: what is sent, when, and each ad once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.saved.mail.links import Purpose, build_path
from jobsearch.saved.models import AlertMail, AlertMatch, Subscriber, Subscription
from jobsearch.search import indexing
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from tests.conftest import vacancy_data
from tests.saved.alerts import KARI, OLA, get_paths, html, run, run_at, text
from tests.web.page import Page
from tests.web.support import ENDINGS

pytestmark = pytest.mark.django_db


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
    assert first.one("//nav[@class='pages']//a[@rel='next nofollow']").get("href") == f"{path}?page=2"
    assert "Side 1 av 2" in first.text() and "Side 2 av 2" in second.text()
    assert client.get(f"{path}?page=3").url == f"{path}?page=2"


def test_a_mail_with_few_ads_opens_one_page(client, ads, subscribe, mailbox):
    subscribe()
    ads()
    run()
    page = Page(client.get(build_path(Purpose.ADS, AlertMail.objects.get().pk)))
    assert page.total == 1 and not page.all("//nav[@class='pages']")


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
    indexing.index_changes()
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
    indexing.index_changes()
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


def store_all(*entries) -> None:
    with transaction.atomic():
        store.store_vacancies(entries)
    indexing.index_changes()
