"""Facet counts of OpenSearch: aggregations of a request, and the counts in a response.

A place is counted by its number, in a histogram. Its terms aggregation took a fifth of a search: it sorts the 370 buckets three
times, in part by their names, which it reads from compressed blocks. A histogram sorts them once, by number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from jobsearch.search.conditions import RangesCount, TermsCount
from jobsearch.search.schema import NUMBERED, name_number_field, name_other_field

Json = dict[str, Any]
Counts = Mapping[str, TermsCount | RangesCount]

_OTHER = ":other"
"""Suffix of the aggregation of a facet's values without a number."""


def number_values(document: Mapping[str, Any]) -> Json:
    """The fields that OpenSearch counts a document by: the numbers of listed values, and values that are not listed."""
    numbered: Json = {}
    for field, numbers in NUMBERED.items():
        values = document.get(field, ())
        numbered[name_number_field(field)] = [numbers[value] for value in values if value in numbers]
        numbered[name_other_field(field)] = [value for value in values if value not in numbers]
    return numbered


def build_facet_counts(counts: Counts, chosen: Mapping[str, Json]) -> Json:
    """The aggregations of a search. `chosen`: facet -> query of its chosen values, which its own counts leave out.

    Facets without chosen values share one filter. A group that needs no filter has none: one that every hit passes took a
    seventh of a search without words.
    """
    shared = {name: spec for name, spec in counts.items() if name not in chosen}
    aggregations = _build_group("shared", list(chosen.values()), shared)
    for name in chosen:
        if spec := counts.get(name):
            others = [query for other, query in chosen.items() if other != name]
            aggregations |= _build_group(f"own-{name}", others, {name: spec})
    return aggregations


def build_counts(counts: Counts) -> Json:
    """The aggregations that count all hits, one or two for each facet."""
    aggregations: Json = {}
    for name, spec in counts.items():
        if isinstance(spec, RangesCount):
            edges = [*spec.edges, None]
            ranges = [{"key": str(low), "from": low} | ({"to": high} if high else {}) for low, high in pairwise(edges)]
            aggregations[name] = {"range": {"field": spec.field, "ranges": ranges}}
        elif spec.field in NUMBERED and not spec.only:
            numbers, others = name_number_field(spec.field), name_other_field(spec.field)
            aggregations[name] = {"histogram": {"field": numbers, "interval": 1, "min_doc_count": 1}}
            aggregations[name + _OTHER] = {"terms": {"field": others, "size": spec.size}}
        else:
            only = {"include": list(spec.only)} if spec.only else {}
            aggregations[name] = {"terms": {"field": spec.field, "size": spec.size, **only}}
    return aggregations


def filter_by_all(queries: Sequence[Json]) -> Json:
    """The query that filters by all of the queries."""
    return {"bool": {"filter": list(queries)}} if queries else {"match_all": {}}


def read_counts(aggregations: Json, counts: Counts) -> dict[str, dict[str, int]]:
    """Facet -> value -> ads, from the aggregations of a response to a request with these counts."""
    found: dict[str, Json] = {}
    for name, aggregation in aggregations.items():
        if "buckets" in aggregation:
            found[name] = aggregation
        else:
            found |= {inner: value for inner, value in aggregation.items() if isinstance(value, dict)}
    return {name: _read_buckets(name, spec, found) for name, spec in counts.items()}


def _read_buckets(name: str, spec: TermsCount | RangesCount, found: Mapping[str, Json]) -> dict[str, int]:
    counts = {bucket["key"]: bucket["doc_count"] for bucket in found[name]["buckets"]}
    if name + _OTHER not in found:
        return counts
    values = _list_values(spec.field)
    listed = {values[number]: ads for number, ads in counts.items() if number in values}
    return listed | {bucket["key"]: bucket["doc_count"] for bucket in found[name + _OTHER]["buckets"]}


@cache
def _list_values(field: str) -> dict[float, str]:
    """Number -> value. A response has the numbers as floats, which equal the whole ones."""
    return {number: value for value, number in NUMBERED[field].items()}


def _build_group(name: str, filters: Sequence[Json], counts: Counts) -> Json:
    aggregations = build_counts(counts)
    if not filters or not aggregations:
        return aggregations
    return {name: {"filter": filter_by_all(filters), "aggs": aggregations}}
