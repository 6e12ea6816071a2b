"""The list of saved searches: order, pins, the line of new ads, and alerts in the row."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from jobsearch.saved.alerts import owner_alerts, subscriptions
from jobsearch.saved.models import SavedSearch, Subscriber, Subscription
from jobsearch.saved.searches.sparkline import draw_sparkline
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from tests.web.page import Page

LIST = "/lagrede-sok/"
RITA = "rita@example.no"


def save(owner, *names: str, **fields) -> list[SavedSearch]:
    return [owner.saved_searches.create(name=name, params=f"q={name.lower()}", **fields) for name in names]


def list_names(client) -> list[str]:
    return [heading.text_content().strip() for heading in Page(client.get(LIST)).all("//h2/a")]


def test_searches_are_in_the_order_of_their_names_until_one_is_moved(logged_in, recruiter, own_index):
    _b, _c, a = save(recruiter, "B", "C", "A")
    assert list_names(logged_in) == ["A", "B", "C"]
    assert logged_in.post(f"{LIST}{a.pk}/flytt/", {"to": "down"}).url == f"{LIST}#sok-{a.pk}"
    assert list_names(logged_in) == ["B", "A", "C"]
    save(recruiter, "Z")
    assert list_names(logged_in) == ["Z", "B", "A", "C"], "a new search comes first once the order is the owner's"


@pytest.mark.parametrize(
    ("to", "expected"),
    [("up", "ACBD"), ("down", "ABDC"), ("0", "CABD"), ("3", "ABDC"), ("9999", "ABDC"), ("1", "ACBD")],
)
def test_a_search_moves_one_place_or_to_a_place(logged_in, recruiter, own_index, to, expected):
    *_others, c, _d = save(recruiter, "A", "B", "C", "D")
    logged_in.post(f"{LIST}{c.pk}/flytt/", {"to": to})
    assert "".join(list_names(logged_in)) == expected


@pytest.mark.parametrize("to", ["", "x", "-1", "٢", "99999", "\0", "1.5"])
def test_an_unknown_place_moves_nothing(logged_in, recruiter, own_index, to):
    *_others, c = save(recruiter, "A", "B", "C")
    assert logged_in.post(f"{LIST}{c.pk}/flytt/", {"to": to}).status_code == 302
    assert list_names(logged_in) == ["A", "B", "C"]


def test_pinned_searches_are_first_and_keep_an_order_of_their_own(logged_in, recruiter, own_index):
    a, b, c, d = save(recruiter, "A", "B", "C", "D")
    for saved in (d, c):
        logged_in.post(f"{LIST}{saved.pk}/fest/", {"pinned": "1"})
    assert list_names(logged_in) == ["C", "D", "A", "B"]
    logged_in.post(f"{LIST}{d.pk}/flytt/", {"to": "up"})
    logged_in.post(f"{LIST}{a.pk}/flytt/", {"to": "0"})
    assert list_names(logged_in) == ["D", "C", "A", "B"], "a search does not leave its part of the list by moving"
    logged_in.post(f"{LIST}{d.pk}/fest/", {"pinned": "0"})
    assert list_names(logged_in)[0] == "C" and b.pk


def test_ends_of_each_part_offer_no_move_beyond_them(logged_in, recruiter, own_index):
    save(recruiter, "A", "B", pinned=True)
    save(recruiter, "C")
    rows = Page(logged_in.get(LIST)).all("//li[@class='saved-search']")
    offered = [[button.get("value") for button in row.xpath(".//button[@name='to']")] for row in rows]
    assert offered == [["down"], ["up"], []]


@pytest.mark.parametrize("page", ["flytt/", "fest/", "varsel/", "sett/", "oppdater/", "del/"])
def test_another_users_search_cannot_be_changed(logged_in, own_index, page):
    (other,) = save(get_user_model().objects.create_user("per"), "A")
    data = {"to": "up", "pinned": "1", "frequency": "daily", "query": "q=lege", "action": "create"}
    assert logged_in.post(f"{LIST}{other.pk}/{page}", data).status_code == 404
    other.refresh_from_db()
    assert (other.pinned, other.position, other.params, hasattr(other, "share")) == (False, 0, "q=a", False)
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("page", ["flytt/", "fest/", "varsel/", "sett/", "oppdater/", "forlat/"])
def test_changes_need_a_post(logged_in, recruiter, own_index, page):
    (saved,) = save(recruiter, "A")
    assert logged_in.get(f"{LIST}{saved.pk}/{page}").status_code == 405


def test_the_line_counts_the_ads_of_each_day_in_oslo(logged_in, recruiter, ads):
    today = timezone.now().astimezone(OSLO).replace(hour=0, minute=0, second=0, microsecond=0)
    made = ads(*({"title": f"Kokk {n}"} for n in range(5)))
    moments = [today, today - dt.timedelta(seconds=1), today - dt.timedelta(days=29), today - dt.timedelta(days=29, seconds=1)]
    for uuid, moment in zip(made, [*moments, today - dt.timedelta(days=300)], strict=True):
        Vacancy.objects.filter(pk=uuid).update(first_seen=moment, version=9)
    indexing.index_changes()
    looked = today - dt.timedelta(hours=5)
    (counted,) = search.count_by_day([(search.SearchQuery(q="kokk"), looked)], 30)
    assert (counted.total, counted.new) == (5, 2)
    assert (counted.days[-1], counted.days[-2], counted.days[0], sum(counted.days)) == (1, 1, 1, 3)
    save(recruiter, "Kokk", last_looked=looked)
    line = Page(logged_in.get(LIST)).one("//*[local-name()='svg'][@role='img']")
    assert line.get("aria-label") == "3 nye stillinger siste 30 dager"


def test_sparkline_has_a_bar_for_each_number_above_zero():
    assert draw_sparkline([]) == draw_sparkline([0, 0]) == ""
    assert draw_sparkline([1, 0, 1000]) == "M0 24v-1h3v1zM8 24v-24h3v24z"


def test_alert_is_set_in_the_row_without_a_confirmation_mail(logged_in, recruiter, confirmed, own_index, mailoutbox):
    (saved,) = save(recruiter, "Lege")
    page = Page(logged_in.get(LIST))
    assert page.one("//summary[contains(., 'Ingen varsler')]") is not None
    logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": "weekly"})
    alert = Subscription.objects.get()
    assert (alert.subscriber.address, alert.params, alert.frequency) == (RITA, "q=lege", "weekly")
    page = Page(logged_in.get(LIST))
    assert "Varsel om «Lege»: hver uke." in page.text("//p[@role='status']")
    assert page.one("//button[@name='frequency'][@aria-pressed='true']").get("value") == "weekly"
    logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": "off"})
    alert.refresh_from_db()
    assert alert.frequency == "off" and not mailoutbox
    for frequency in ("", "hourly", "\0"):
        assert logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": frequency}).status_code == 302
    assert Subscription.objects.get().frequency == "off"


def test_alert_that_was_made_without_login_belongs_to_the_search(logged_in, recruiter, confirmed, own_index, subscribe):
    subscribe("q=lege", "daily", RITA)
    save(recruiter, "Lege")
    assert "Hver dag" in Page(logged_in.get(LIST)).text("//summary")


def test_off_without_an_alert_stores_no_address(logged_in, recruiter, confirmed, own_index):
    (saved,) = save(recruiter, "Lege")
    logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": "off"})
    assert not Subscriber.objects.exists()


def test_without_a_confirmed_address_the_row_leads_to_the_form(logged_in, recruiter, own_index):
    (saved,) = save(recruiter, "Lege")
    assert Page(logged_in.get(LIST)).one("//li//a[contains(., 'Varsle meg')]").get("href") == "/varsler/ny/?query=q%3Dlege"
    logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": "daily"})
    assert not Subscription.objects.exists()


def test_more_alerts_than_allowed_are_refused(logged_in, recruiter, confirmed, own_index, monkeypatch):
    monkeypatch.setattr(owner_alerts, "MAX_SUBSCRIPTIONS", 1)
    monkeypatch.setattr(subscriptions, "MAX_SUBSCRIPTIONS", 1)
    for saved in save(recruiter, "Lege", "Kokk"):
        logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": "daily"})
    assert "har allerede 1 varsler" in Page(logged_in.get(LIST)).text("//main")
    logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": "off"})
    assert "har allerede" not in Page(logged_in.get(LIST)).text("//main")
    assert Subscription.objects.count() == 1


def test_alert_ends_with_its_search_unless_another_search_has_it(logged_in, recruiter, confirmed, own_index):
    (saved,) = save(recruiter, "Lege")
    by_date = recruiter.saved_searches.create(name="Lege etter dato", params="q=lege&sort=published")
    logged_in.post(f"{LIST}{saved.pk}/varsel/", {"frequency": "daily"})
    logged_in.post(f"{LIST}{saved.pk}/slett/")
    assert Subscription.objects.count() == 1
    assert "Varselet på e-post stopper også." in Page(logged_in.get(f"{LIST}{by_date.pk}/slett/")).text()
    logged_in.post(f"{LIST}{by_date.pk}/slett/")
    assert not Subscriber.objects.exists()


def test_alerts_follow_their_owner_to_another_address(subscribe):
    subscribe("q=lege", "daily", "old@example.no")
    subscribe("q=kokk", "weekly", "old@example.no")
    subscriptions.change_address("Old@Example.no", "new@example.no")
    assert sorted(alert.params for alert in Subscription.objects.filter(subscriber__address="new@example.no")) == [
        "q=kokk",
        "q=lege",
    ]
    subscribe("q=lege", "instant", "third@example.no")
    subscriptions.change_address("new@example.no", "third@example.no")
    rows = Subscription.objects.values_list("subscriber__address", "params", "frequency").order_by("params")
    assert list(rows) == [("third@example.no", "q=kokk", "weekly"), ("third@example.no", "q=lege", "instant")]
    for old, new in (("nobody@example.no", "x@example.no"), ("third@example.no", "third@example.no")):
        subscriptions.change_address(old, new)
    assert Subscriber.objects.get().address == "third@example.no"


def test_a_changed_address_has_no_more_alerts_than_allowed(subscribe, monkeypatch):
    monkeypatch.setattr(subscriptions, "MAX_SUBSCRIPTIONS", 2)
    for params, address in (("q=a", "old@example.no"), ("q=b", "old@example.no"), ("q=c", "new@example.no")):
        subscribe(params, "daily", address)
    subscriptions.change_address("old@example.no", "new@example.no")
    assert Subscription.objects.filter(subscriber__address="new@example.no").count() == Subscription.objects.count() == 2
