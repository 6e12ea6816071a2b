"""Search suggestions on each engine: their counts equal those of their searches and of the database."""

from __future__ import annotations

import itertools

import pytest
from django.utils import timezone

from jobsearch.search.api import SearchQuery, search
from jobsearch.search.assist import suggest
from jobsearch.search.service import count_as_typed
from jobsearch.taxonomy import occupations
from jobsearch.vacancies.models import Vacancy

pytestmark = pytest.mark.django_db

TYPED = [
    "syk",
    "be",
    "os",
    "kommune",
    "lær",
    "sjafor",
    "sykepleier os",
    "utvikler b",
    "helse",
    "kokk OR sel",
    "vkar",
    "ledige i tr",
]
FILTERS = [SearchQuery(), SearchQuery(place=("OSLO",)), SearchQuery(occupation=("IT",), extent=("Heltid",), published=7)]


@pytest.mark.parametrize("filters", FILTERS, ids=["none", "place", "several"])
def test_the_count_of_a_suggestion_equals_the_total_of_its_search(corpus_engine, cases_of_engine, filters):
    asked = cases_of_engine(TYPED)
    found = [option for typed in asked for option in suggest(filters, typed)]
    assert len(found) >= len(asked) // 2
    for option in found:
        page = search(option.query)
        assert (page.total, page.corrected) == (option.count, ""), option


def test_the_counts_of_many_beginnings_equal_the_totals_of_their_searches(corpus_engine, cases_of_engine):
    titles = Vacancy.objects.active(timezone.now()).values_list("title", "employer_name")[:400]
    words = sorted({word.lower() for row in titles for text in row for word in text.split() if len(word) > 2})
    beginnings = [*sorted({word[:length] for word in words for length in (2, 3, 5)})[::7], "delt", "helt", "fast", "vik", "off"]
    targets: dict[SearchQuery, int] = {}
    asked = cases_of_engine(beginnings)
    for typed in asked:
        for option in suggest(SearchQuery(), typed):
            assert targets.setdefault(option.query, option.count) == option.count
    assert len(targets) > len(asked)
    for query, count in targets.items():
        assert search(query).total == count, query


def test_the_count_of_a_suggested_filter_equals_the_ads_in_the_database(corpus_engine):
    checked = set()
    rows = list(Vacancy.objects.active(timezone.now()).prefetch_related("locations", "occupations"))
    for typed in ("be", "os", "tr", "helse", "kom", "it", "v", "sk"):
        for option in suggest(SearchQuery(), typed):
            if option.query.q:
                continue
            if option.kind == "filter":
                continue
            ((facet, value),) = option.query.chosen
            assert option.count == sum(value in values_of(row, facet) for row in rows), option
            checked.add(facet)
    assert checked == {"place", "occupation", "employer"}


def values_of(row: Vacancy, facet: str) -> set[str]:
    if facet == "employer":
        return {row.employer_name}
    paths = {related.path for related in (row.locations.all() if facet == "place" else row.occupations.all())}
    if facet == "place":
        return paths | {path.partition("/")[0] for path in paths}
    return paths | {occupations.get_parent(path) for path in paths}


def test_totals_equal_those_of_each_search(corpus_engine):
    words = ["", "sykepleier", "-oslo", '"fleksibel arbeidstid"', "kokk OR lærer", "xqzzyw", "syk*", "???"]
    queries = [filters.replace(q=q) for q, filters in itertools.product(words, FILTERS)]
    assert count_as_typed(queries) == [search(query).total for query in queries]
    assert count_as_typed([]) == []
