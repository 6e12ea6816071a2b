"""Saved searches with a value that no ad has any more, or that cannot be read: they find nothing and say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.facets import FACETS
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.models import PostalCode, Vacancy
from tests.web.page import Page
from tests.web.support import ModuleSite

LIST = "/lagrede-sok/"
ABROAD = (LocationData("HELLAS", "", "", "ATEN"),)


def empty(make_ads) -> None:
    *_home, abroad, other = make_ads({}, {}, {}, {"locations": ABROAD}, {"engagement": "Evig", "employer_name": "Kroa"})
    with transaction.atomic():
        store.close_vacancies([abroad, other], Vacancy.Closed.FEED)
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    indexing.index_changes()


@pytest.fixture(scope="module")
def emptied_site(module_site: ModuleSite) -> Iterator[None]:
    with module_site() as make_ads:
        empty(make_ads)
        yield


@pytest.fixture
def emptied(emptied_site, db) -> None:
    """Three ads in Norway; ads with a foreign country, an unlisted engagement and another employer have been deleted."""


def get_list(client) -> Page:
    return Page(client.get(LIST))


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ("place=UTLAND%2FHELLAS", "Vi har ingen annonser fra stedet «Hellas» nå."),
        ("place=HORDALAND", "Vi har ingen annonser fra stedet «Hordaland» nå."),
        ("occupation=Helse+og+sosial%2FDrage", "Vi har ingen annonser med yrket «Drage» nå."),
        ("engagement=Evig", "Vi har ingen annonser med ansettelsesformen «Evig» nå."),
        ("extent=Kvart", "Vi har ingen annonser med omfanget «Kvart» nå."),
        ("sector=Kirken", "Vi har ingen annonser fra sektoren «Kirken» nå."),
        ("language=tlh", "Vi har ingen annonser på språket «tlh» nå."),
        ("employer=Kroa", "Vi har ingen annonser fra «Kroa» nå."),
        ("published=2020-01-01", "Vi kan ikke vise annonser fra «2020-01-01»."),
        ("deadline=90", "Vi kjenner ikke fristen «90»."),
        ("near=5003", "Skriv kommunen i stedet for «5003»."),
        ("near=VESTLAND%2FATLANTIS", "Vi vet ikke hvor «VESTLAND/ATLANTIS» er."),
    ],
)
def test_value_without_ads_finds_nothing_and_is_reported_everywhere(logged_in, recruiter, emptied, params, sentence):
    saved = recruiter.saved_searches.create(name="X", params=params)
    assert search.count(saved.query) == 0 and list(search.scan(saved.query)) == []
    listed = get_list(logged_in)
    assert listed.total == 0 and sentence in listed.text()
    opened = logged_in.get(f"{LIST}{saved.pk}/")
    assert params in opened.url
    page = Page(logged_in.get(opened.url))
    assert page.total == 0 and page.titles == [] and sentence in page.text()
    download = logged_in.get(f"/treff.csv?{params}")
    assert download["Content-Type"].startswith("text/html") and sentence in Page(download).text()


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ("not_place=HORDALAND&q=finnesikke", "Vi har ingen annonser fra stedet «Hordaland» nå."),
        ("not_employer=Kroa&q=finnesikke", "Vi har ingen annonser fra «Kroa» nå."),
        ("not_engagement=Evig&q=finnesikke", "Vi har ingen annonser med ansettelsesformen «Evig» nå."),
    ],
)
def test_excluded_value_that_is_gone_is_reported(logged_in, recruiter, emptied, params, sentence):
    saved = recruiter.saved_searches.create(name="X", params=params)
    assert sentence in get_list(logged_in).text()
    assert sentence in Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True)).text()


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ("place=VESTLAND%2FBERGEN", "Vi har ingen annonser fra stedet «Bergen» nå."),
        ("place=VESTLAND", "Vi har ingen annonser fra stedet «Vestland» nå."),
    ],
)
def test_place_that_the_list_of_places_no_longer_has_is_reported(logged_in, recruiter, own_ads, monkeypatch, params, sentence):
    """A merger of municipalities or counties: the ads have the new name, the saved search the old one."""
    own_ads({"locations": (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)})
    saved = recruiter.saved_searches.create(name="X", params=params)
    assert get_list(logged_in).total == 0 and sentence not in get_list(logged_in).text(), "a place without ads today"
    facet = type(FACETS["place"])
    monkeypatch.setattr(facet, "is_known", lambda self, value: value not in {"VESTLAND", "VESTLAND/BERGEN"})
    listed = get_list(logged_in)
    assert listed.total == 0 and sentence in listed.text()
    assert sentence in Page(logged_in.get(f"{LIST}{saved.pk}/", follow=True)).text()


def test_other_values_of_the_facet_still_count(logged_in, recruiter, emptied):
    recruiter.saved_searches.create(name="X", params="place=UTLAND%2FHELLAS&place=VESTLAND")
    assert get_list(logged_in).total == 3


def test_value_finds_ads_again_when_an_ad_has_it(logged_in, recruiter, own_ads):
    empty(own_ads)
    saved = recruiter.saved_searches.create(name="X", params="place=UTLAND%2FHELLAS")
    own_ads({"locations": ABROAD})
    assert search.count(saved.query) == 1
    listed = get_list(logged_in)
    assert listed.total == 1 and "ingen annonser" not in listed.text()


def test_postal_code_needs_the_table_of_postal_codes(logged_in, recruiter, own_ads):
    own_ads({}, {"locations": (LocationData("NORGE", "VESTLAND", "VOSS", "VOSS", "5700"),)})
    PostalCode.objects.create(code="5700", name="Voss", latitude=60.63, longitude=6.42, loaded=timezone.now())
    saved = recruiter.saved_searches.create(name="X", params="near=5700&km=5")
    assert search.count(saved.query) == 1
    PostalCode.objects.all().delete()
    assert search.count(saved.query) == 0 and get_list(logged_in).total == 0


@pytest.mark.parametrize(
    "params", ["foo=bar", "x", "q=", "place=&employer=", "%FF=%00", "q=kari%40sykehus.example", "a&" * 1500, "q=" + "x" * 9000]
)
def test_search_with_unreadable_parameters_only_finds_nothing_and_says_so(logged_in, recruiter, emptied, params):
    saved = recruiter.saved_searches.create(name="Mitt søk", params=params)
    assert search.count(saved.query) == 0
    listed = get_list(logged_in)
    assert listed.total == 0 and "Dette søket kan ikke leses lenger" in listed.text()
    opened = logged_in.get(f"{LIST}{saved.pk}/", follow=True)
    assert opened.redirect_chain == [(LIST, 302)]
    assert "Dette søket kan ikke leses lenger" in Page(opened).text("//body")


@pytest.mark.parametrize("params", ["", "sort=published", "size=50&sort=deadline"])
def test_search_without_criteria_finds_all_ads(logged_in, recruiter, emptied, params):
    recruiter.saved_searches.create(name="Alle", params=params)
    assert get_list(logged_in).total == 3


def test_saved_searches_are_shown_while_the_engine_is_down(logged_in, recruiter, emptied, engine_down):
    saved = recruiter.saved_searches.create(name="X", params="place=UTLAND%2FHELLAS")
    response = logged_in.get(f"{LIST}{saved.pk}/", follow=True)
    assert response.status_code == 503
    assert Page(response).one("//input[@value='UTLAND/HELLAS']").get("checked") is not None
    saved.refresh_from_db()
    assert saved.last_looked < timezone.now() and get_list(logged_in).all("//h2") != []
