"""OpenSearch query builder: conditions and requests as JSON in the query DSL, by pure functions. The mapping is in `schema`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from jobsearch.search.conditions import (
    TIE_BREAKER,
    All,
    Best,
    Constant,
    Everything,
    Node,
    Phrase,
    Prefix,
    Range,
    RangesCount,
    Term,
    Terms,
    TermsCount,
)
from jobsearch.search.engines.base import Request
from jobsearch.search.schema import mapping, settings

__all__ = [
    "build_query",
    "build_scan_body",
    "build_search_body",
    "build_totals_body",
    "mapping",
    "read_counts",
    "read_uuid",
    "settings",
]

Json = dict[str, Any]

LIVE_SETTINGS = {"auto_expand_replicas": "0-1", "refresh_interval": "1s"}
"""Settings of the live index: a replica if there is another node, and searches see writes after a second."""

_ONLY_UUIDS = {"stored_fields": "_none_", "docvalue_fields": ["uuid"]}
"""The uuid of each hit from its column. `_id` is a stored field: to decompress those of 25 hits took a third of a search."""


def build_query(node: Node) -> Json:
    """The query for a condition."""
    match node:
        case Term(field, value, score):
            return _score({"term": {field: value}}, score)
        case Terms(field, values):
            return {"terms": {field: list(values)}} if values else {"match_none": {}}
        case Prefix(field, value, score):
            return _score({"prefix": {field: value}}, score)
        case Phrase(field, words, score):
            return _score({"match_phrase": {field: " ".join(words)}}, score)
        case Range(field, least, below):
            bounds = {"gte": least, "lt": below}
            return {"range": {field: {name: value for name, value in bounds.items() if value is not None}}}
        case Best(nodes):
            return {"dis_max": {"queries": [build_query(child) for child in nodes], "tie_breaker": TIE_BREAKER}}
        case All(must, never, bonus):
            parts: Json = {"must": [build_query(child) for child in must]}
            if never:
                parts["must_not"] = [build_query(child) for child in never]
            if bonus:
                parts["should"] = [build_query(child) for child in bonus]
            return {"bool": parts}
        case Constant(inner, score):
            return _score(build_query(inner), score)
        case Everything():
            return {"match_all": {"boost": 0}}


def build_filter(node: Node) -> Json:
    """The query for a condition of which only the matches count: as `build_query`, without what makes scores.

    Scores and bonuses are half of the bytes of a search by words, which the server parses too.
    """
    match node:
        case Term(field, value):
            return {"term": {field: value}}
        case Prefix(field, value):
            return {"prefix": {field: value}}
        case Phrase(field, words):
            return {"match_phrase": {field: " ".join(words)}}
        case Best(nodes):
            return {"bool": {"should": [build_filter(child) for child in nodes]}} if nodes else {"match_none": {}}
        case All((only,), ()):
            return build_filter(only)
        case All(must, never, bonus):
            parts = {"filter": must, "must_not": never, "should": () if must else bonus}
            return {"bool": {name: [build_filter(child) for child in children] for name, children in parts.items() if children}}
        case Constant(inner):
            return build_filter(inner)
        case _:
            return build_query(node)


def _score(inner: Json, score: int) -> Json:
    return {"constant_score": {"filter": inner, "boost": score}}


def build_search_body(request: Request) -> Json:
    """The request of a search. Chosen facet values are a post-filter, so that a facet's counts can ignore its own."""
    always = build_filter(request.always)
    body: Json = {
        "size": request.size,
        "from": request.offset if request.size else 0,
        "track_total_hits": True,  # the default stops counting at 10,000
        **_ONLY_UUIDS,
    }
    if request.sort == "relevance":
        body["query"] = {"bool": {"must": [build_query(request.match)], "filter": [always]}}
        body["sort"] = ["_score", {"order": "desc"}]
    elif request.sort == "published":
        body["query"] = {"bool": {"filter": [build_filter(request.match), always]}}  # without scores, a fifth faster
        body["sort"] = [{"order": "desc"}]
    else:
        # Future deadlines, then ads without one, then past deadlines: by score, and within each group by `deadline_order`.
        future = _score({"range": {"deadline": {"gte": request.today}}}, 2)
        undated = _score({"term": {"deadline": 0}}, 1)
        body["query"] = {"bool": {"filter": [build_filter(request.match), always], "should": [future, undated]}}
        body["sort"] = ["_score", {"deadline_order": "asc"}]
    chosen = {name: build_filter(node) for name, node in request.chosen.items()}
    if chosen:
        body["post_filter"] = {"bool": {"filter": list(chosen.values())}}
    if request.counts:
        body["aggs"] = _build_aggregations(request, chosen)
    return body


def build_totals_body(requests: Sequence[Request]) -> Json:
    """One request that counts the hits of several searches, each by a filter of one aggregation."""
    nodes = [(request.match, request.always, *request.chosen.values()) for request in requests]
    filters = [_filter_by_all([build_filter(node) for node in nodes_of_request]) for nodes_of_request in nodes]
    return {"size": 0, "track_total_hits": False, "_source": False, "aggs": {"totals": {"filters": {"filters": filters}}}}


def build_count_body(request: Request) -> Json:
    """The request of a search's counts under all of its filters, without hits."""
    nodes = [request.match, request.always, *request.chosen.values()]
    counts = {name: _build_aggregation(spec) for name, spec in request.counts.items()}
    query = _filter_by_all([build_filter(node) for node in nodes])
    return {"size": 0, "query": query, "track_total_hits": False, "_source": False, "aggs": counts}


def build_find_body(request: Request) -> Json:
    """The request of some hits in any order, without their number."""
    nodes = [request.match, request.always, *request.chosen.values()]
    query = _filter_by_all([build_filter(node) for node in nodes])
    return {"size": request.size, "query": query, "sort": ["_doc"], "track_total_hits": False, **_ONLY_UUIDS}


def build_scan_body(request: Request, point_in_time: str, keep_alive: str, after: list[Any] | None) -> Json:
    """The next chunk of a scan of all hits in one point in time. The uuid orders ads published in the same second."""
    nodes = [request.match, request.always, *request.chosen.values()]
    body: Json = {
        "size": request.size,
        "query": {"bool": {"filter": [build_filter(node) for node in nodes]}},
        "sort": [{"order": "desc"}, {"uuid": "asc"}],
        "pit": {"id": point_in_time, "keep_alive": keep_alive},
        "track_total_hits": False,
        **_ONLY_UUIDS,
    }
    return body | ({"search_after": after} if after else {})


def _build_aggregations(request: Request, chosen: dict[str, Json]) -> Json:
    """One aggregation for all facets without chosen values; one for each other facet, with the filters of all but itself."""
    shared = {name: _build_aggregation(spec) for name, spec in request.counts.items() if name not in chosen}
    aggregations: Json = {}
    if shared:
        aggregations["shared"] = {"filter": _filter_by_all(list(chosen.values())), "aggs": shared}
    for name in chosen:
        if spec := request.counts.get(name):
            others = [query for other, query in chosen.items() if other != name]
            aggregations[f"own-{name}"] = {"filter": _filter_by_all(others), "aggs": {name: _build_aggregation(spec)}}
    return aggregations


def _filter_by_all(queries: list[Json]) -> Json:
    return {"bool": {"filter": queries}} if queries else {"match_all": {}}


def _build_aggregation(spec: TermsCount | RangesCount) -> Json:
    if isinstance(spec, TermsCount):
        return {"terms": {"field": spec.field, "size": spec.size} | ({"include": list(spec.only)} if spec.only else {})}
    edges = [*spec.edges, None]
    ranges = [{"key": str(low), "from": low} | ({"to": high} if high else {}) for low, high in pairwise(edges)]
    return {"range": {"field": spec.field, "ranges": ranges}}


def read_uuid(hit: Json) -> UUID:
    """The uuid of one hit of a response."""
    (uuid,) = hit["fields"]["uuid"]
    return UUID(uuid)


def read_counts(aggregations: Json) -> dict[str, dict[str, int]]:
    """Facet -> value -> ads, from the aggregations of a response."""
    counts: dict[str, dict[str, int]] = {}
    for group in aggregations.values():
        for name, value in group.items():
            if isinstance(value, dict) and "buckets" in value:
                counts[name] = {str(bucket["key"]): bucket["doc_count"] for bucket in value["buckets"]}
    return counts
