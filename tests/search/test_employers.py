"""Employer facet: one value for each organisation number, however the name is spelled."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from jobsearch.core.compiled_select import CompiledSelect
from jobsearch.search.api import SearchQuery, count, count_facets, search
from jobsearch.search.assist import suggest, suggestions
from jobsearch.search.facets import employer_names
from jobsearch.search.indexing import index_changes
from jobsearch.vacancies import erasure, store
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.organisation_numbers import parse_orgnr
from jobsearch.vacancies.suppression.identifiers import Kind, parse_identifiers
from tests.web.page import Page
from tests.web.support import ads, own_index  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
ORGNR = "911222333"


@pytest.fixture
def kro(ads):  # noqa: F811
    """Four ads of one organisation number under three spellings of its name, and three ads of others.

    Of these, one has another number and one has none, both with the commonest name.
    """
    return ads(
        {"title": "Kokk", "employer_name": "Havgløtt Kro AS", "employer_orgnr": ORGNR},
        {"title": "Servitør", "employer_name": "Havgløtt Kro AS", "employer_orgnr": ORGNR},
        {"title": "Baker", "employer_name": "HAVGLØTT KRO", "employer_orgnr": ORGNR},
        {"title": "Renholder", "employer_name": "Havgløtt kro, avd. Brygga", "employer_orgnr": ORGNR},
        {"title": "Vekter", "employer_name": "Havgløtt Kro AS", "employer_orgnr": "955666777"},
        {"title": "Sjåfør", "employer_name": "Havgløtt Kro AS", "employer_orgnr": ""},
        {"title": "Lege", "employer_name": "Kystlegene", "employer_orgnr": "944555666"},
    )


def titles(client, **params) -> set[str]:
    return {*Page(client.get("/", params, follow=True)).titles}


def test_all_spellings_are_one_value_with_all_ads(kro):
    assert count_facets(SearchQuery(), "employer") == {"Havgløtt Kro AS": 6, "Kystlegene": 1}


def test_each_spelling_in_an_address_selects_the_employer(kro, client):
    for spelling in ("Havgløtt Kro AS", "HAVGLØTT KRO", "Havgløtt kro, avd. Brygga"):
        query, problems = SearchQuery.from_params({"employer": spelling})
        assert (query.employer, problems) == (("Havgløtt Kro AS",), []), spelling
        page = search(query)
        assert (page.total, page.counts["employer"]) == (6, {"Havgløtt Kro AS": 6})
        assert count(query) == 6
        assert len(titles(client, employer=spelling)) == 6, spelling


def row_names(client, address: str) -> dict[str, str]:
    """Title -> employer of the rows of a list."""
    rows = Page(client.get(address)).all("//article")
    return {one.xpath("string(.//h2/a | .//h3/a)"): one.xpath("string(.//*[@class='card-employer'])") for one in rows}


def test_rows_show_the_name_of_the_value(kro, client):
    shown = row_names(client, "/")
    assert shown.pop("Lege") == "Kystlegene"
    assert len(shown) == 6 and set(shown.values()) == {"Havgløtt Kro AS"}
    assert set(row_names(client, f"/arbeidsgiver/{ORGNR}/").values()) == {"Havgløtt Kro AS"}


def test_a_row_shows_its_own_spelling_where_only_that_was_searched_for(kro, client):
    assert row_names(client, "/?q=brygga") == {"Renholder": "Havgløtt kro, avd. Brygga"}
    assert set(row_names(client, "/?q=havgl%C3%B8tt").values()) == {"Havgløtt Kro AS"}


def test_an_unknown_name_is_kept_as_a_value_without_hits(kro):
    query, problems = SearchQuery.from_params({"employer": "Fantes AS"})
    assert (query.employer, problems) == (("Fantes AS",), [])
    assert count(query) == 0


def test_the_employer_is_suggested_once_with_all_ads(kro):
    suggestions.name_index.refresh()
    assert [(option.label, option.count) for option in suggest(SearchQuery(), "havgl") if option.kind == "employer"] == [
        ("Havgløtt Kro AS", 6)
    ]


def test_a_typed_organisation_number_finds_the_employers_ads(kro, client):
    for typed in (ORGNR, "911 222 333", "org.nr. 911 222 333", "NO 911222333 MVA", "Org.nr: 911.222.333"):
        assert titles(client, q=typed) == {"Kokk", "Servitør", "Baker", "Renholder"}, typed
        assert count(SearchQuery(q=f"kokk {typed}")) == 1, typed
    assert count(SearchQuery(q=f"-{ORGNR}")) == 3


def test_the_employers_page_lists_ads_of_every_spelling(kro, client):
    page = Page(client.get(f"/arbeidsgiver/{ORGNR}/"))
    assert {*page.titles} == {"Kokk", "Servitør", "Baker", "Renholder"}


@pytest.mark.parametrize(
    ("value", "orgnr"),
    [
        ("911222333", ORGNR),
        (" 911 222 333 ", ORGNR),
        ("911\u00a0222\u00a0333", ORGNR),
        ("NO 911.222.333 MVA", ORGNR),
        ("no911222333mva", ORGNR),
        ("91122233", ""),
        ("9112223334", ""),
        ("911222333" * 1000, ""),
        ("Kro AS", ""),
        ("", ""),
    ],
)
def test_organisation_numbers_are_parsed_in_all_notations(value, orgnr):
    assert parse_orgnr(value) == orgnr


def test_an_ad_without_a_number_belongs_to_the_employer_with_its_spelling(kro, ads, client):  # noqa: F811
    """The value of each count finds as many ads as it says, also where an ad has only a less common spelling."""
    ads(
        {"title": "Fisker", "employer_name": "HAVGLØTT KRO", "employer_orgnr": ""},
        {"title": "Fyrvokter", "employer_name": "", "employer_orgnr": ORGNR},
        {"title": "Los", "employer_name": "", "employer_orgnr": ""},
    )
    counts = count_facets(SearchQuery(), "employer")
    assert counts == {"Havgløtt Kro AS": 8, "Kystlegene": 1, "Ikke oppgitt": 1}
    for value, number in counts.items():
        query, problems = SearchQuery.from_params({"employer": value})
        assert (query.employer, problems) == ((value,), [])
        assert count(query) == number
        assert search(query).counts["employer"] == {value: number}


def test_a_spelling_belongs_to_the_number_that_has_most_ads_with_it(ads):  # noqa: F811
    ads(
        *({"employer_name": "Fjordkafé AS", "employer_orgnr": "911111111"} for _ in range(3)),
        {"employer_name": "FJORDKAFÉ", "employer_orgnr": "911111111"},
        *({"employer_name": "Fjordkafé Drift", "employer_orgnr": "922222222"} for _ in range(3)),
        *({"employer_name": "FJORDKAFÉ", "employer_orgnr": "922222222"} for _ in range(2)),
        {"employer_name": "FJORDKAFÉ", "employer_orgnr": ""},
    )
    counts = count_facets(SearchQuery(), "employer")
    assert counts == {"Fjordkafé AS": 4, "Fjordkafé Drift": 6}
    assert {value: count(SearchQuery(employer=(value,))) for value in counts} == counts
    assert SearchQuery.from_params({"employer": "FJORDKAFÉ"})[0].employer == ("Fjordkafé Drift",)


def test_an_address_with_a_former_name_redirects(kro, ads, client):  # noqa: F811
    (old, other) = ads(
        {"title": "Pianist", "employer_name": "Gamle Kroa", "employer_orgnr": ORGNR},
        {"title": "Hovmester", "employer_name": "Borte AS", "employer_orgnr": "933444555"},
    )
    with transaction.atomic():
        store.close_vacancies([old, other], Vacancy.Closed.FEED)
    response = client.get("/", {"employer": "Gamle Kroa", "sort": "published"})
    assert (response.status_code, response.url) == (302, "/?employer=Havgl%C3%B8tt+Kro+AS&sort=published")
    assert SearchQuery.from_params({"employer": "Borte AS"})[0].employer == ("Borte AS",)
    store.set_hidden(old, True)
    assert SearchQuery.from_params({"employer": "Gamle Kroa"})[0].employer == ("Gamle Kroa",)


def test_a_name_in_use_is_no_former_name(kro, ads):  # noqa: F811
    (old, _new) = ads(
        {"employer_name": "Bryggen", "employer_orgnr": ORGNR},
        {"employer_name": "Bryggen", "employer_orgnr": ""},
    )
    with transaction.atomic():
        store.close_vacancies([old], Vacancy.Closed.FEED)
    assert SearchQuery.from_params({"employer": "Bryggen"})[0].employer == ("Bryggen",)


SPELLINGS = ("Havgløtt Kro AS", "HAVGLØTT KRO", "Havgløtt kro, avd. Brygga", "Kystlegene", "Ingen AS")


@pytest.fixture
def nothing_recent(monkeypatch):
    """As ten minutes later: no ad was stored after the names were cached."""
    employer_names.cached_names()
    monkeypatch.setattr(employer_names, "_LONGEST_TRANSACTION", -dt.timedelta(hours=1))


def test_only_employers_with_the_typed_letters_are_counted(kro, nothing_recent):
    assert count_facets(SearchQuery(), "employer", typed="kyst") == {"Kystlegene": 1}
    assert count_facets(SearchQuery(), "employer", typed="havglott") == {"Havgløtt Kro AS": 6}
    assert count_facets(SearchQuery(), "employer", typed="ingen") == {}
    chosen = SearchQuery(employer=("Kystlegene",))
    assert count_facets(chosen, "employer", typed="havgl") == {"Havgløtt Kro AS": 6, "Kystlegene": 1}


def test_every_employer_is_counted_where_many_ads_are_new(kro, monkeypatch):
    monkeypatch.setattr(employer_names, "_MOST_RECENT", 2)
    # The query is compiled with its limit by the first request, and would keep this one.
    monkeypatch.setattr(employer_names, "_recent", CompiledSelect(employer_names._build_recent))
    assert count_facets(SearchQuery(), "employer", typed="kyst") == {"Havgløtt Kro AS": 6, "Kystlegene": 1}


def test_an_employer_that_was_stored_after_the_names_were_cached_is_found_by_its_letters(kro, ads, client):  # noqa: F811
    employer_names.cached_names()
    ads(
        {"employer_name": "Nyskipa AS", "employer_orgnr": "977888999"},
        {"employer_name": "Nyhavna", "employer_orgnr": ""},
        {"employer_name": "Ikke oppgitt nummer", "employer_orgnr": "12 34"},
    )
    page = client.get("/filter/employer/?within=ny", headers={"HX-Request": "true"}).content.decode()
    assert "Nyskipa AS" in page and "Nyhavna" in page and "Kystlegene" not in page


def test_unchanged_names_are_read_from_the_cache(kro, nothing_recent, monkeypatch, django_assert_num_queries):
    found = {name: (employer_names.find_keys([name]), employer_names.find_canonical([name])) for name in SPELLINGS}
    with django_assert_num_queries(1):
        employer_names.find_keys(["HAVGLØTT KRO"])
    monkeypatch.setattr(employer_names, "_select_unchanged", lambda names: None)
    for name in SPELLINGS:
        assert (employer_names.find_keys([name]), employer_names.find_canonical([name])) == found[name], name


def test_names_that_form_a_chain_of_numbers_are_the_same_from_the_cache(ads, monkeypatch, client):  # noqa: F811
    """Each name belongs to two numbers, as those of a municipality's departments may; two numbers have an ad without a name."""
    numbers = ["911111111", "922222222", "933333333", "944444444"]
    names = ["Havna", "Havna drift", "Havna kafé", "Havna kafé og drift", "Havna verft"]
    for place, orgnr in enumerate(numbers):
        ads(*({"employer_name": name, "employer_orgnr": orgnr} for name in names[place : place + 2]))
    ads(*({"employer_name": "", "employer_orgnr": orgnr} for orgnr in (numbers[0], numbers[3])))
    monkeypatch.setattr(employer_names, "_LONGEST_TRANSACTION", -dt.timedelta(hours=1))  # as ten minutes later
    assert employer_names.cached_names.get_cached() is None
    asked = [*([name] for name in (*names, "Ikke oppgitt")), names[:2], [names[0], "Ikke oppgitt"]]
    expected = [(employer_names.find_keys(some), employer_names.find_canonical(some)) for some in asked]
    employer_names.cached_names()
    for some, found in zip(asked, expected, strict=True):
        assert employer_names._select_unchanged(some), some
        assert (employer_names.find_keys(some), employer_names.find_canonical(some)) == found, some
    assert client.get("/", {"employer": names[0]}, follow=True).status_code == 200


def test_the_name_of_an_erased_person_is_shown_by_no_cache(ads, client):  # noqa: F811
    ads(*({"title": f"Baker {n}", "employer_name": f"Kro {n}", "employer_orgnr": f"9{n:02}333444"} for n in range(25)))
    ads({"title": "Frisør", "employer_name": "Salong Kari Nordmann AS", "employer_orgnr": ORGNR})
    employer_names.cached_names()
    suggestions.name_index.refresh()
    lists = ("/filter/employer/", "/filter/employer/?within=sal", "/forslag/?q=salong")
    addresses = ("/?q=fris%C3%B8r", f"/arbeidsgiver/{ORGNR}/", *lists)
    assert [address for address in addresses if "Kari Nordmann" not in client.get(address).content.decode()] == []
    erasure.add_to_list(parse_identifiers(Kind.NAME, ["Kari Nordmann"]), "administrator")
    erasure.erase_everywhere()
    index_changes()
    assert [address for address in addresses if "Kari Nordmann" in client.get(address, follow=True).content.decode()] == []


def test_a_changed_employer_is_read_from_the_database(kro, ads):  # noqa: F811
    employer_names.cached_names()
    assert employer_names.find_canonical(["HAVGLØTT KRO"]) == {"HAVGLØTT KRO": "Havgløtt Kro AS"}
    ads(*[{"title": f"Kokk {n}", "employer_name": "Havgløtt kro, avd. Brygga", "employer_orgnr": ORGNR} for n in range(4)])
    assert employer_names.find_canonical(["HAVGLØTT KRO"]) == {"HAVGLØTT KRO": "Havgløtt kro, avd. Brygga"}
