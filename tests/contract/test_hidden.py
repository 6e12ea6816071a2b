"""What a person has hidden: left out of every list and count of theirs, of no other person's, on every engine."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search.analysis import spelling
from jobsearch.search.api import (
    HiddenAds,
    SearchQuery,
    count,
    count_facets,
    count_many,
    count_new,
    find_similar,
    match_ads,
    scan,
    search,
    turn_words_into_filters,
)
from jobsearch.search.assist import suggest, suggestions
from jobsearch.search.facets import employer_names
from jobsearch.search.indexing import index_changes
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData
from tests.conftest import vacancy_data
from tests.web.support import prepare_documents

pytestmark = pytest.mark.django_db
KRO, HOTEL, CAFE = ("Havgløtt Kro", "999888777"), ("Fjordhotellet", "999888666"), ("Kafé Lys", "")
EMPLOYERS = [KRO, HOTEL, CAFE, ("", "")]
PLACES = [LocationData("NORGE", "VESTLAND", "BERGEN"), LocationData("NORGE", "OSLO", "OSLO")]


@pytest.fixture(scope="module")
def data(module_engine):
    """Twenty-four ads of four employers at two places, five of each employer and four of the last without a name."""
    now = timezone.now()
    made = [
        vacancy_data(
            title=f"Kokk {n}",
            employer_name=EMPLOYERS[n % 4][0],
            employer_orgnr=EMPLOYERS[n % 4][1],
            locations=(PLACES[n % 2],),
            published=now - dt.timedelta(hours=n),
        )
        for n in range(24)
    ]
    with transaction.atomic():
        store.store_vacancies(made)
    prepare_documents()
    index_changes()
    for kept in (spelling.speller, suggestions.name_index, employer_names.cached_names):
        kept.refresh()
    return made


@pytest.fixture
def hidden(data) -> HiddenAds:
    """An ad of an employer that is not hidden, an employer with an organisation number and one without."""
    return HiddenAds(frozenset({data[1].uuid}), frozenset({"999888777", "Kafé Lys"}))


def list_left(data, hidden):
    return [ad.uuid for ad in data if not hidden.hides(ad.uuid, ad.employer_orgnr, ad.employer_name)]


@pytest.mark.parametrize("q", ["", "kokk", "kokkk"])
def test_every_list_and_count_leaves_out_the_same_ads(data, hidden, q):
    left = list_left(data, hidden)
    assert len(left) == 24 - 6 - 6 - 1
    query = SearchQuery(q=q, sort="published", hidden=hidden)
    page = search(query)
    day = timezone.now() - dt.timedelta(days=1)
    assert [hit.uuid for hit in page.hits] == left == list(scan(query))
    assert page.total == count(query) == count_new(query, day) == len(left)
    assert [(one.total, one.new) for one in count_many([(query, day), (query.replace(hidden=HiddenAds()), day)])] == [
        (len(left), len(left)),
        (24, 24),
    ]
    assert sum(page.counts["place"].get(place, 0) for place in ("VESTLAND", "OSLO")) == len(left)
    assert count_facets(query, "employer") == {"Fjordhotellet": 5, "Ikke oppgitt": 6}
    new = search(query.replace(since=int(day.timestamp())))
    assert (new.new, [hit.uuid for hit in new.hits]) == (len(left), left)
    assert match_ads([query], {ad.uuid: timezone.now() for ad in data}) == [set(left)]


def test_a_search_of_another_person_finds_everything(data, hidden):
    search(SearchQuery(q="kokk", hidden=hidden))
    assert search(SearchQuery(q="kokk")).total == 24


def test_suggestions_count_the_hits_that_they_lead_to(data, hidden):
    query = SearchQuery(hidden=hidden)
    for typed in ("kokk", "fjord", "osl"):
        found = suggest(query, typed)
        assert found, typed
        for one in found:
            assert one.count == search(one.query).total
            assert one.query.hidden == hidden
    assert not suggest(query, "havgløtt")
    assert not suggest(query, "berg"), "all ads there are hidden"


def test_similar_ads_are_without_the_hidden_ones(data, hidden):
    left = {*list_left(data, hidden)}
    assert {hit.uuid for hit in find_similar(data[3].uuid, limit=24, hidden=hidden)} == left - {data[3].uuid}


def test_words_become_filters_where_the_person_finds_the_same_ads(data, hidden):
    query = SearchQuery(q="kokk oslo", hidden=hidden)
    narrowed = turn_words_into_filters(query)
    assert narrowed.place == ("OSLO",)
    assert search(query).total == search(narrowed).total


def test_hiding_keeps_the_search_and_its_page():
    query = SearchQuery(q="kokk", page=3, as_typed=True, unreadable=(("published", "x"),))
    other = query.without_hidden(HiddenAds(employers=frozenset({"x"})))
    assert other == query
    assert (other.page, other.as_typed, other.unreadable) == (3, True, query.unreadable)
    assert other.urlencode() == query.urlencode()
