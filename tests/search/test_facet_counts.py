"""Facet counts on OpenSearch: what a request asks for, and how its response is read."""

from __future__ import annotations

import json

from django.utils import timezone

from jobsearch.search import schema
from jobsearch.search.api import SearchQuery
from jobsearch.search.conditions import EVERYTHING, RangesCount, TermsCount
from jobsearch.search.engines.base import Request
from jobsearch.search.engines.opensearch import facet_counts, query_builder
from jobsearch.search.facets import FACETS, build_filters
from jobsearch.taxonomy import places

PLACE = {"place": TermsCount("place", 1500)}
NUMBER = schema.NUMBERED["place"]


def build_aggregations(**parameters):
    """The aggregations of a search with the counts of every facet."""
    now = timezone.now()
    query = SearchQuery(**parameters)
    counts = {name: spec for name, facet in FACETS.items() if (spec := facet.build_count(query, now))}
    request = Request(EVERYTHING, EVERYTHING, build_filters(query, now), counts, "published", 0, 25, 0)
    return query_builder.build_search_body(request)["aggs"]


def test_a_group_of_counts_has_a_filter_only_where_it_needs_one():
    aggregations = build_aggregations()  # the deadline has a filter of its own without a chosen value
    assert {name: "filter" in one for name, one in aggregations.items()} == {"shared": True, "deadline": False}
    assert len(aggregations["shared"]["aggs"]) == 8
    aggregations = build_aggregations(deadline="all")
    assert len(aggregations) == 9
    assert not [name for name, one in aggregations.items() if "filter" in one]
    filtered = build_aggregations(place=("VESTLAND",), extent=("Heltid",))
    assert list(filtered) == ["shared", "own-place", "own-extent", "own-deadline"]
    assert [len(one["filter"]["bool"]["filter"]) for one in filtered.values()] == [3, 2, 2, 2]
    assert list(filtered["own-place"]["aggs"]) == ["place", "place:other"]


def test_the_counts_are_asked_for_in_two_kilobytes():
    assert len(json.dumps(build_aggregations())) < 2_050
    assert len(json.dumps(build_aggregations(place=("VESTLAND",), extent=("Heltid",)))) < 2_650


def test_places_are_counted_by_number_and_those_without_one_by_name():
    assert facet_counts.build_counts(PLACE) == {
        "place": {"histogram": {"field": "place_number", "interval": 1, "min_doc_count": 1}},
        "place:other": {"terms": {"field": "place_other", "size": 1500}},
    }
    few = {"place": TermsCount("place", 1, ("OSLO",))}
    assert facet_counts.build_counts(few) == {"place": {"terms": {"field": "place", "size": 1, "include": ["OSLO"]}}}
    document = {"place": ["OSLO", "OSLO/OSLO", "UTLAND", "UTLAND/ATLANTIS"], "title": "kokk"}
    assert facet_counts.number_values(document) == {
        "place_number": [NUMBER["OSLO"], NUMBER["OSLO/OSLO"], NUMBER["UTLAND"]],
        "place_other": ["UTLAND/ATLANTIS"],
    }
    assert facet_counts.number_values({}) == {"place_number": [], "place_other": []}


def test_a_response_is_read_by_the_counts_of_its_request():
    by_number = [{"key": float(NUMBER["OSLO"]), "doc_count": 3}, {"key": float(NUMBER["Ikke oppgitt"]), "doc_count": 1}]
    unknown_number = {"key": 5.0, "doc_count": 9}  # of a list of another version
    shared = {
        "doc_count": 4,
        "place": {"buckets": [*by_number, unknown_number]},
        "place:other": {"buckets": [{"key": "UTLAND/ATLANTIS", "doc_count": 2}]},
    }
    response = {"shared": shared, "deadline": {"buckets": [{"key": "0", "from": 0.0, "doc_count": 4}]}}
    counts = {**PLACE, "deadline": RangesCount("due", (0,))}
    assert facet_counts.read_counts(response, counts) == {
        "place": {"OSLO": 3, "Ikke oppgitt": 1, "UTLAND/ATLANTIS": 2},
        "deadline": {"0": 4},
    }
    assert facet_counts.read_counts({}, {}) == {}


def test_no_two_values_have_one_number():
    paths = places.list_paths()
    assert set(paths) < set(NUMBER)
    assert all(map(places.is_known, (path for path in paths if not path.startswith("UTLAND/"))))
    assert len({*NUMBER.values()}) == len(NUMBER) == len({*paths}) + 1
    assert all(0 <= number < 2**53 for number in NUMBER.values())  # a response has them as floats
