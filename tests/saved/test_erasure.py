"""Erasure of a sole trader's name from stored searches: they still find nothing, never all ads, and their pages show why."""

from __future__ import annotations

import pytest
from django.db.models.signals import pre_save

from jobsearch.saved import erasure
from jobsearch.saved.models import SavedSearch, Subscriber, Subscription, SubscriptionRequest
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies.erasure import add_to_list, erase_everywhere
from jobsearch.vacancies.suppression import load_suppressor, parse_identifiers
from jobsearch.vacancies.suppression.identifiers import Kind
from tests.web.page import Page

KARI = "employer=Tannlege+Kari+Pr%C3%B8vesen"
OWN_WORDS = "q=kari+pr%C3%B8vesen"


@pytest.fixture
def stored(client, recruiter, ads):
    """Searches of a user and of an address, with the name of a sole trader among their employers."""
    ads({"title": "Tannpleier", "employer_name": "Tannlege Kari Prøvesen"}, {"title": "Kokk", "employer_name": "Havgløtt Kro"})
    for name, params in (
        ("Tannlege Kari Prøvesen", KARI),
        ("Kokk, Tannlege Kari Prøvesen", f"q=kokk&{KARI}&sort=published"),
        ("Uten Kari", f"not_{KARI}"),
        ("Ordene", OWN_WORDS),
        ("Kroa", "employer=Havgl%C3%B8tt+Kro"),
    ):
        recruiter.saved_searches.create(name=name, params=params)
    recruiter.recent_searches.create(params=KARI)
    recruiter.recent_searches.create(params="q=kokk")
    ola = Subscriber.objects.create(address="ola@example.no", language="nb")
    Subscription.objects.create(subscriber=ola, params=KARI, frequency="daily")
    SubscriptionRequest.objects.create(address="ola@example.no", language="nb", frequency="daily", params=KARI)
    client.force_login(recruiter)
    return client


def erase_kari() -> int:
    add_to_list(parse_identifiers(Kind.NAME, ["Kari Prøvesen"]), "administrator")
    erase_everywhere()
    indexing.index_changes()
    return erasure.erase_names(load_suppressor())


def test_the_name_is_gone_and_the_searches_find_what_they_found(stored, recruiter):
    assert erase_kari() == 6
    rows = {row.params: (row.name, search.count(row.query)) for row in recruiter.saved_searches.all()}
    assert rows == {
        "employer=%28slettet%29": ("Tannlege", 0),
        "q=kokk&employer=%28slettet%29&sort=published": ("Kokk, Tannlege", 0),
        "not_employer=%28slettet%29": ("Uten Kari", 2),
        OWN_WORDS: ("Ordene", 0),
        "employer=Havgl%C3%B8tt+Kro": ("Kroa", 1),
    }
    assert [row.params for row in (*Subscription.objects.all(), *SubscriptionRequest.objects.all())] == [
        "employer=%28slettet%29"
    ] * 2
    assert [row.params for row in recruiter.recent_searches.all()] == ["q=kokk"]
    assert erasure.erase_names(load_suppressor()) == 0


def test_the_owner_is_told_and_sees_no_ads_of_others(stored, recruiter):
    erase_kari()
    page = Page(stored.get("/lagrede-sok/"))
    assert "Prøvesen" not in page.text("//li[.//a[contains(., 'Tannlege')]]")
    assert "Vi har ingen annonser fra «(slettet)» nå." in page.text()
    saved = recruiter.saved_searches.get(params="employer=%28slettet%29")
    assert Page(stored.get(f"/lagrede-sok/{saved.pk}/", follow=True)).total == 0


def test_two_searches_that_become_the_same_are_one(stored, recruiter):
    recruiter.saved_searches.create(name="To", params=f"employer=Kari+Pr%C3%B8vesen&{KARI}")
    Subscription.objects.create(subscriber=Subscriber.objects.get(), params="employer=Kari+Pr%C3%B8vesen", frequency="daily")
    erase_kari()
    assert SavedSearch.objects.filter(params="employer=%28slettet%29").count() == 1
    assert Subscription.objects.get().params == "employer=%28slettet%29"


def test_search_that_is_deleted_meanwhile_stops_nothing_and_does_not_come_back(stored, recruiter):
    def delete_another(sender, instance, **kwargs):
        recruiter.saved_searches.filter(name="Uten Kari").delete()

    pre_save.connect(delete_another, SavedSearch)
    try:
        assert erase_kari() == 5
    finally:
        pre_save.disconnect(delete_another, SavedSearch)
    assert recruiter.saved_searches.count() == 4
    assert Subscription.objects.get().params == "employer=%28slettet%29"


def test_an_empty_list_changes_nothing(stored):
    before = sorted(SavedSearch.objects.values_list("params", "name", "digest"))
    assert erasure.erase_names(load_suppressor()) == 0
    assert sorted(SavedSearch.objects.values_list("params", "name", "digest")) == before
