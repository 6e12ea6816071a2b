"""OpenSearch query builder: conditions and requests as JSON in the query DSL, by pure functions. The mapping is in `schema`."""

from __future__ import annotations

from collections.abc import Sequence
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
    Term,
    Terms,
)
from jobsearch.search.engines.base import Request
from jobsearch.search.schema import mapping, settings

from .facet_counts import build_counts, build_facet_counts, filter_by_all

__all__ = [
    "build_query",
    "build_scan_body",
    "build_search_body",
    "build_totals_body",
    "mapping",
    "read_uuid",
    "settings",
]

Json = dict[str, Any]

LIVE_SETTINGS = {"auto_expand_replicas": "0-1", "refresh_interval": "1s"}
"""Settings of the live index: a replica if there is another node, and searches see writes after a second."""

_ONLY_UUIDS = {"stored_fields": "_none_", "docvalue_fields": ["uuid"]}
"""The uuid of each hit from its column. `_id` is a stored field: to decompress those of 25 hits took a third of a search."""


def build_query(node: Node, *, scored: bool = True) -> Json:
    """The query for a condition. Not `scored`: only the matches count, so it lacks what makes scores.

    That is half of the bytes of a search by words, which the server parses too.
    """

    def build(child: Node) -> Json:
        return build_query(child, scored=scored)

    def score(query: Json, boost: int) -> Json:
        return _score(query, boost) if scored else query

    match node:
        case Term(field, value, boost):
            return score({"term": {field: value}}, boost)
        case Terms(field, values):
            return {"terms": {field: list(values)}} if values else {"match_none": {}}
        case Prefix(field, value, boost):
            return score({"prefix": {field: value}}, boost)
        case Phrase(field, words, boost):
            return score({"match_phrase": {field: " ".join(words)}}, boost)
        case Range(field, least, below):
            bounds = {"gte": least, "lt": below}
            return {"range": {field: {name: value for name, value in bounds.items() if value is not None}}}
        case Best(nodes) if scored:
            return {"dis_max": {"queries": [build(child) for child in nodes], "tie_breaker": TIE_BREAKER}}
        case Best(nodes):
            return {"bool": {"should": [build(child) for child in nodes]}} if nodes else {"match_none": {}}
        case All((only,), ()) if not scored:
            return build(only)
        case All(must, never, bonus):
            required = "must" if scored else "filter"
            parts = {required: must, "must_not": never, "should": bonus if scored or not must else ()}
            return {"bool": {name: [build(child) for child in children] for name, children in parts.items() if children}}
        case Constant(inner, boost):
            return score(build_filter(inner), boost)
        case Everything():
            return {"match_all": {"boost": 0}}


def build_filter(node: Node) -> Json:
    """The query for a condition without scores."""
    return build_query(node, scored=False)


def _score(query: Json, boost: int) -> Json:
    return {"constant_score": {"filter": query, "boost": boost}}


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
        body["aggs"] = build_facet_counts(request.counts, chosen)
    return body


def build_totals_body(requests: Sequence[Request]) -> Json:
    """One request that counts the hits of several searches, each by a filter of one aggregation."""
    nodes = [(request.match, request.always, *request.chosen.values()) for request in requests]
    filters = [filter_by_all([build_filter(node) for node in nodes_of_request]) for nodes_of_request in nodes]
    return {"size": 0, "track_total_hits": False, "_source": False, "aggs": {"totals": {"filters": {"filters": filters}}}}


def build_count_body(request: Request) -> Json:
    """The request of a search's counts under all of its filters, without hits."""
    nodes = [request.match, request.always, *request.chosen.values()]
    query = filter_by_all([build_filter(node) for node in nodes])
    return {"size": 0, "query": query, "track_total_hits": False, "_source": False, "aggs": build_counts(request.counts)}


def build_find_body(request: Request) -> Json:
    """The request of some hits in any order, without their number."""
    nodes = [request.match, request.always, *request.chosen.values()]
    query = filter_by_all([build_filter(node) for node in nodes])
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


def read_uuid(hit: Json) -> UUID:
    """The uuid of one hit of a response."""
    (uuid,) = hit["fields"]["uuid"]
    return UUID(uuid)
