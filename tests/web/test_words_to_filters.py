"""Recognised words on pages: a typed search is redirected to the search with filters, where that finds the same ads."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from jobsearch.search.api import SearchQuery, count, search, turn_words_into_filters
from jobsearch.search.assist import suggest
from jobsearch.search.words_to_filters import turn_near_words_into_filter
from tests.places import BERGEN, OSLO
from tests.web.page import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def some(module_site):
    with module_site() as make_ads:
        yield make_ads(
            {"title": "Sykepleier", "extent": "Deltid", "engagement": "Fast", "locations": BERGEN},
            {"title": "Sykepleier natt", "extent": "Deltid", "engagement": "Vikariat", "locations": BERGEN},
            {"title": "Sykepleier dag", "extent": "Heltid", "engagement": "Fast", "locations": OSLO},
            {"title": "Kokk deltid", "extent": "Heltid", "engagement": "Fast", "locations": OSLO},
            {"title": "Kokk", "extent": "Deltid", "engagement": "Fast", "locations": OSLO},
        )


def narrow(q: str, **values) -> str:
    """The parameters of the search that a typed text is redirected to."""
    narrowed = turn_words_into_filters(SearchQuery(q=q, **values))
    return "&".join(f"{name}={value}" for name, value in narrowed.to_params())


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("sykepleier deltid bergen", "q=sykepleier&place=VESTLAND/BERGEN&extent=Deltid"),
        ("Bergen deltid sykepleier", "q=sykepleier&place=VESTLAND/BERGEN&extent=Deltid"),
        ("part-time sykepleier in Bergen", "q=sykepleier&place=VESTLAND/BERGEN&extent=Deltid"),
        ("fast stilling som sykepleier i Oslo", "q=sykepleier&place=OSLO&engagement=Fast"),
        ("ledige stillinger i Bergen", "place=VESTLAND/BERGEN"),
        ("who is hiring a sykepleier in Bergen", "q=sykepleier&place=VESTLAND/BERGEN"),
        ("bergen", "place=VESTLAND/BERGEN"),
    ],
)
def test_words_become_filters_that_find_the_same_ads(some, typed, canonical):
    assert narrow(typed) == canonical
    query = SearchQuery(q=typed)
    assert {*search(query).uuids} == {*search(turn_words_into_filters(query)).uuids} != set()


@pytest.mark.parametrize(
    "typed",
    [
        "kokk deltid",  # an ad with the word is registered as full-time
        "kokk deltid oslo eller bergen",
        '"sykepleier deltid"',
        "sykepleier -deltid",
        "sykepleier deltid*",
        "sykepleier deltid OR natt",
        "sykepleier oslo og bergen",
        "bergen kommune",
        "sykepleier tromsø",  # without hits the page helps with the words
        "helse og sosial",
        "sykepleier",
        "",
    ],
)
def test_words_stay_where_a_filter_is_not_certain(some, typed):
    assert turn_words_into_filters(SearchQuery(q=typed)) == SearchQuery(q=typed)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("sykepleier nær Bergen", "q=sykepleier&near=VESTLAND/BERGEN"),
        ("sykepleier i nærheten av bergen", "q=sykepleier&near=VESTLAND/BERGEN"),
        ("sjukepleiar i nærleiken av Bergen", "q=sjukepleiar&near=VESTLAND/BERGEN"),
        ("nurse near Bergen", "q=nurse&near=VESTLAND/BERGEN"),
        ("close to Bergen nurse", "q=nurse&near=VESTLAND/BERGEN"),
        ("sykepleier rundt Bergen", "q=sykepleier&near=VESTLAND/BERGEN"),
        ("sykepleier i og rundt Bergen", "q=sykepleier&near=VESTLAND/BERGEN"),
        ("sykepleier, helst nær Bergen", "q=sykepleier&near=VESTLAND/BERGEN"),
        ("sykepleier ikke langt fra Bergen", "q=sykepleier&near=VESTLAND/BERGEN"),
        ("Bergen og omegn", "near=VESTLAND/BERGEN"),
        ("jeg vil jobbe nær Bergen", "near=VESTLAND/BERGEN"),
        ("hvem søker kokk nær Bergen?", "q=kokk&near=VESTLAND/BERGEN"),
        ("nær Mo i Rana kokk", "q=kokk&near=NORDLAND/RANA"),
        ("kokk nær Herøy (Nordland)", "q=kokk&near=NORDLAND/HERØY (NORDLAND)"),
        ("kokk nær Bergen kommune", "q=kokk&near=VESTLAND/BERGEN"),
        ("kokk nær Åsane", "q=kokk&near=VESTLAND/BERGEN"),
        ("kokk nær ski", "q=kokk&near=AKERSHUS/NORDRE FOLLO"),
        ("kokk innen 10 km fra Oslo", "q=kokk&near=OSLO/OSLO&km=10"),
        ("kokk innen 30 km fra Oslo", "q=kokk&near=OSLO/OSLO&km=50"),
        ("kokk maks 5 mil unna Oslo", "q=kokk&near=OSLO/OSLO&km=50"),
        ("cook within 10 miles of Oslo", "q=cook&near=OSLO/OSLO"),
        ("kokk uten erfaring nær Oslo", "q=kokk uten erfaring&near=OSLO/OSLO"),
        ("kokk ikke natt nær Oslo", "q=kokk ikke natt&near=OSLO/OSLO"),
        ("part-time sykepleier near Bergen", "q=sykepleier&near=VESTLAND/BERGEN&extent=Deltid"),
    ],
)
def test_nearness_in_words_becomes_the_distance_filter(some, typed, canonical):
    order = sorted(narrow(typed).split("&"))
    assert order == sorted(canonical.split("&"))


@pytest.mark.parametrize(
    "typed",
    [
        "nær",
        "jobb nær hjemmet",
        "jobb nær heim",  # a village too
        "nurse near me",
        "kokk ikke nær Bergen",
        "kokk unntatt i nærheten av Bergen",
        "nær Bergen eller Oslo",
        "nær Bergen og Oslo",
        "Oslo, nær Bergen",
        "nær Bergen OR Oslo",
        "near Bergen or part time",
        '"nær Bergen"',
        "-nær Bergen",
        "nær Bergen*",
        "nær Oslo universitetssykehus",
        "nær Universitetet i Oslo",
        "nær Herøy",  # there are two
        "nær Vestland",
        "Oslo og omegn",  # a region with its municipalities
        "Oslo area manager",
        "kokk innen 500 km fra Oslo",
        "nær bergen kokk nær oslo",
    ],
)
def test_nearness_stays_words_where_it_names_no_single_place(some, typed):
    assert "near=" not in narrow(typed)


def test_nearness_beside_a_chosen_distance(some):
    assert narrow("kokk nær Bergen", near="OSLO/OSLO") == "q=kokk nær Bergen&near=OSLO/OSLO"
    assert narrow("kokk nær Bergen", near="VESTLAND/BERGEN") == "q=kokk&near=VESTLAND/BERGEN"
    assert narrow("kokk nær Bergen", near="VESTLAND/BERGEN", km=50) == "q=kokk nær Bergen&near=VESTLAND/BERGEN&km=50"
    assert narrow("kokk nær Bergen", as_typed=True) == "q=kokk nær Bergen&as_typed=1"


def test_nearness_costs_no_request(some, monkeypatch):
    monkeypatch.setattr("jobsearch.search.words_to_filters.count_as_typed", None)
    assert narrow("kokk nær Bergen") == "q=kokk&near=VESTLAND/BERGEN"


@pytest.mark.parametrize("typed", ["nær Oslo " * 22, "nær A " * 33, "nær heim " * 22, "innen 5 km fra A B C D " * 8])
def test_many_words_of_nearness_cost_little(some, typed, django_assert_max_num_queries, monkeypatch):
    parsed = []
    monkeypatch.setattr("jobsearch.search.words_to_filters.remove_near_words", lambda *args: parsed.append(args))
    with django_assert_max_num_queries(1):
        turn_near_words_into_filter(SearchQuery(q=typed[:200].strip()))
    assert len(parsed) <= 12


def test_excluded_and_recognised_words_become_filters_in_one_redirect(client, some):
    response = client.get("/?q=sykepleier+ikke+vikariat+n%C3%A6r+Bergen")
    canonical = "/?q=sykepleier&not_engagement=Vikariat&near=VESTLAND%2FBERGEN"
    assert sorted(response["Location"].partition("?")[2].split("&")) == sorted(canonical.partition("?")[2].split("&"))
    page = Page(client.get(response["Location"]))
    message = page.one("//*[@id='beskjeder']/p[@role='status']")
    assert "«Ikke vikariat»" in message.text_content() and "«Innen 25 km fra Bergen»" in message.text_content()
    undo = message.find(".//a").get("href")
    assert undo == "/?q=sykepleier+ikke+vikariat+n%C3%A6r+Bergen&as_typed=1"
    as_typed = client.get(undo)
    assert as_typed.status_code == 200
    assert Page(as_typed).one("//input[@id='q']").get("value") == "sykepleier ikke vikariat nær Bergen"


def test_a_place_beside_another_chosen_place_stays_a_word(some):
    assert narrow("sykepleier bergen", place=("OSLO",)) == "q=sykepleier bergen&place=OSLO"
    assert narrow("sykepleier bergen", place=("VESTLAND/BERGEN",)) == "q=sykepleier&place=VESTLAND/BERGEN"


def test_the_page_redirects_once_and_offers_the_search_as_typed(client, some):
    response = client.get("/?q=sykepleier+deltid+bergen")
    assert (response.status_code, response["Location"]) == (302, "/?q=sykepleier&place=VESTLAND%2FBERGEN&extent=Deltid")
    assert response["Cache-Control"] == "private, no-store"
    page = Page(client.get(response["Location"]))
    assert page.total == 2
    assert page.one("//input[@id='q']").get("value") == "sykepleier"
    assert page.one("//input[@name='extent'][@value='Deltid']").get("checked") is not None
    assert [chip.text.strip() for chip in page.all("//ul[@aria-label='Valgt']//a[@class='chip']")] == [
        "«sykepleier»",
        "Bergen",
        "Deltid",
    ]
    message = page.one("//*[@id='beskjeder']/p[@role='status']")
    assert "«Bergen», «Deltid»" in message.text_content()
    undo = message.find(".//a").get("href")
    assert undo == "/?q=sykepleier+deltid+bergen&as_typed=1"
    assert not Page(client.get(response["Location"])).all("//*[@id='beskjeder']/p"), "the message is shown once"
    as_typed = client.get(undo)
    assert as_typed.status_code == 200
    assert Page(as_typed).one("//input[@name='as_typed']").get("value") == "sykepleier deltid bergen"


def test_the_search_as_typed_stays_so_until_another_text_is_typed(client, some):
    form = {"q": "sykepleier deltid", "as_typed": "sykepleier deltid", "engagement": "Fast"}
    chosen = client.get("/", form)
    assert chosen["Location"] == "/?q=sykepleier+deltid&engagement=Fast&as_typed=1"
    assert client.get(chosen["Location"]).status_code == 200
    other = client.get("/", {**form, "q": "sykepleier bergen"}, follow=True)
    assert dict(parse_qsl(urlsplit(other.redirect_chain[-1][0]).query)) == {
        "q": "sykepleier",
        "place": "VESTLAND/BERGEN",
        "engagement": "Fast",
    }


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("as_typed=1", ""),
        ("q=kokk&as_typed=0", "q=kokk"),
        ("q=kokk&as_typed=true", "q=kokk"),
        ("q=kokk&as_typed=" + "x" * 5000, "q=kokk"),
        ("q=kokk&as_typed=1", "q=kokk&as_typed=1"),
        ("q=kokk+ikke+vikariat&as_typed=1", "q=kokk+ikke+vikariat&as_typed=1"),
    ],
)
def test_as_typed_is_validated(address, canonical):
    query, problems = SearchQuery.from_address(address)
    assert (query.urlencode(), problems) == (canonical, [])
    assert SearchQuery.from_address(canonical)[0] == query


def test_the_count_of_a_suggestion_is_that_of_the_page_after_the_redirect(client, some):
    (typed,) = [one for one in suggest(SearchQuery(), "sykepleier deltid bergen") if one.as_typed]
    assert typed.count == count(turn_words_into_filters(typed.query)) == 2
    assert Page(client.get("/?" + typed.query.urlencode(), follow=True)).total == 2


def test_the_count_of_a_suggestion_is_that_of_the_distance(client, some):
    (typed,) = [one for one in suggest(SearchQuery(), "sykepleier nær bergen") if one.as_typed]
    assert typed.count == Page(client.get("/?" + typed.query.urlencode(), follow=True)).total == 2
    assert typed.label == "sykepleier nær bergen"


def test_later_pages_and_new_ads_of_a_saved_search_keep_their_words(client, some):
    assert "extent=" not in client.get("/?q=sykepleier+deltid&page=2").headers.get("Location", "")


def test_a_search_without_recognised_words_costs_no_request(some, monkeypatch):
    asked = []
    monkeypatch.setattr("jobsearch.search.words_to_filters.count_as_typed", lambda *args: asked.append(args))
    turn_words_into_filters(SearchQuery(q="sykepleier natt"))
    turn_words_into_filters(SearchQuery(q="sykepleier deltid", as_typed=True))
    assert asked == []
