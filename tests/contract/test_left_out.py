"""Common words of a query with which nothing is found: left out, the same for every number of the search."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from jobsearch.search import service
from jobsearch.search.api import SearchQuery, count, count_facets, count_new, scan, search
from jobsearch.search.engines.registry import engine as current_engine
from jobsearch.vacancies.ad_data import LocationData
from tests.web.support import make_ads

pytestmark = pytest.mark.django_db
VOSS = (LocationData("NORGE", "VESTLAND", "VOSS", "VOSS"),)
OSLO = (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)


@pytest.fixture(scope="module")
def ads(module_engine):
    now = timezone.now()
    made = {
        "voss": {"title": "Kokk", "locations": VOSS, "published": now - dt.timedelta(days=1)},
        "oslo": {"title": "Kokk i kantine", "locations": OSLO, "description": "Et hyggelig sted", "published": now},
        "baker": {"title": "Baker", "locations": OSLO},
    }
    return dict(zip(made, make_ads(*made.values()), strict=True))


@pytest.mark.parametrize("sort", ["relevance", "published", "deadline"])
def test_a_common_word_without_hits_is_left_out(ads, sort):
    page = search(SearchQuery(q="spennende kokk", sort=sort))
    assert page.left_out == ("spennende",)
    assert page.hits == search(SearchQuery(q="kokk", sort=sort)).hits
    assert page.understood == "kokk"


def test_every_number_is_of_the_query_without_the_word(ads):
    query, plain = SearchQuery(q="spennende kokk"), SearchQuery(q="kokk")
    since = timezone.now() - dt.timedelta(days=1)
    assert search(query).total == count(query) == len(list(scan(query))) == 2
    assert search(query).counts == search(plain).counts
    assert count_facets(query, "place") == count_facets(plain, "place")
    assert count_new(query, since) == count_new(plain, since)
    assert [search(query.replace(page=2)).total, search(query.replace(page=2)).left_out] == [2, ("spennende",)]


def test_a_word_with_hits_is_searched_for(ads):
    page = search(SearchQuery(q="hyggelig kokk"))
    assert (page.uuids, page.left_out) == ([ads["oslo"]], ())


def test_only_the_words_without_hits_are_left_out(ads):
    page = search(SearchQuery(q="hyggelig spennende kokk"))
    assert (page.uuids, page.left_out) == ([ads["oslo"]], ("spennende",))


@pytest.mark.parametrize(
    "typed",
    [
        "kokk elefanter",  # no common word
        '"spennende" kokk',
        "+kokk spenn*",
        "spennende skipsreder",  # the occupation has no ad
        "spennende kokk Bodø",  # the place has none
        "spennende kokk C++",
        "spennende OR hyggelege kokk",
        "kokk -kokk spennende",
        "spennende",
    ],
)
def test_a_word_with_a_meaning_is_never_left_out(ads, typed):
    page = search(SearchQuery(q=typed))
    assert (page.total, page.left_out) == (0, ())


def test_filters_are_kept(ads):
    page = search(SearchQuery(q="spennende kokk", place=("VESTLAND/VOSS",)))
    assert (page.uuids, page.left_out) == ([ads["voss"]], ("spennende",))
    nothing = SearchQuery(q="spennende kokk", place=("AGDER",))
    assert (search(nothing).total, count(nothing)) == (0, 0)


def test_the_spelling_of_the_other_words_is_corrected(ads):
    page = search(SearchQuery(q="spennende bakerr"))
    assert (page.uuids, page.left_out, page.corrected) == ([ads["baker"]], ("spennende",), "spennende baker")
    assert count(SearchQuery(q="spennende bakerr")) == 1


def test_a_search_sends_one_more_request_at_most(ads, monkeypatch):
    """As typed, the totals of other interpretations, and the answer to the first that finds anything."""
    asked = []
    for name in ("search", "count_hits"):
        call = getattr(type(current_engine()), name)
        monkeypatch.setattr(type(current_engine()), name, lambda *args, call=call, name=name: asked.append(name) or call(*args))
    monkeypatch.setattr(service, "_suggest_other_words", lambda *args: {})
    search(SearchQuery(q="kokk"))
    assert asked == ["search"]
    asked.clear()
    assert search(SearchQuery(q="spennende kokk")).left_out
    assert asked == ["search", "count_hits", "search"]
