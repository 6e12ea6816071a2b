"""Conditions in OpenSearch's query language: pure functions. Its mapping is in `schemas`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from jobsearch.search.conditions import (
    TIE_BREAKER,
    All,
    Best,
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

__all__ = ["body", "counts", "mapping", "query", "scan_body", "settings", "totals_body"]

Json = dict[str, Any]


SERVICE_SETTINGS = {"auto_expand_replicas": "0-1", "refresh_interval": "1s"}


def query(node: Node) -> Json:
    match node:
        case Term(field, value, score):
            return _scored({"term": {field: value}}, score)
        case Terms(field, values):
            return {"terms": {field: list(values)}} if values else {"match_none": {}}
        case Prefix(field, value, score):
            return _scored({"prefix": {field: value}}, score)
        case Phrase(field, words, score):
            return _scored({"match_phrase": {field: " ".join(words)}}, score)
        case Range(field, least, below):
            bounds = {"gte": least, "lt": below}
            return {"range": {field: {name: value for name, value in bounds.items() if value is not None}}}
        case Best(nodes):
            return {"dis_max": {"queries": [query(one) for one in nodes], "tie_breaker": TIE_BREAKER}}
        case All(must, never, bonus):
            parts: Json = {"must": [query(one) for one in must]}
            if never:
                parts["must_not"] = [query(one) for one in never]
            if bonus:
                parts["should"] = [query(one) for one in bonus]
            return {"bool": parts}
        case Everything():
            return {"match_all": {"boost": 0}}


def _scored(inner: Json, score: int) -> Json:
    return {"constant_score": {"filter": inner, "boost": score}}


def body(request: Request) -> Json:
    """The whole request of a search: visibility in the query, chosen facets after it, so that counts can leave them out."""
    match, always = query(request.match), query(request.always)
    found: Json = {
        "size": request.size,
        "from": request.offset if request.size else 0,
        "track_total_hits": True,  # the default stops counting at 10,000
        "_source": False,
    }
    if request.sort == "relevance":
        found["query"] = {"bool": {"must": [match], "filter": [always]}}
        found["sort"] = ["_score", {"order": "desc"}]
    elif request.sort == "published":
        found["query"] = {"bool": {"filter": [match, always]}}  # unscored, a fifth faster
        found["sort"] = [{"order": "desc"}]
    else:
        # To come, then without a date, then passed: the score says which, the number orders within.
        to_come = _scored({"range": {"deadline": {"gte": request.today}}}, 2)
        undated = _scored({"term": {"deadline": 0}}, 1)
        found["query"] = {"bool": {"filter": [match, always], "should": [to_come, undated]}}
        found["sort"] = ["_score", {"deadline_order": "asc"}]
    chosen = {name: query(node) for name, node in request.chosen.items()}
    if chosen:
        found["post_filter"] = {"bool": {"filter": list(chosen.values())}}
    if request.counts:
        found["aggs"] = _aggregations(request, chosen)
    return found


def totals_body(requests: Sequence[Request]) -> Json:
    """Several searches of which only the number of hits is asked for: each is one filter to count by, all in one request."""
    parts = [_every([query(part) for part in (one.match, one.always, *one.chosen.values())]) for one in requests]
    return {"size": 0, "track_total_hits": False, "_source": False, "aggs": {"totals": {"filters": {"filters": parts}}}}


def scan_body(request: Request, point: str, keep: str, after: list[Any] | None) -> Json:
    """The next hits of a walk through all of them, in one point in time. The uuid orders what is of one second."""
    parts = [request.match, request.always, *request.chosen.values()]
    found: Json = {
        "size": request.size,
        "query": {"bool": {"filter": [query(part) for part in parts]}},
        "sort": [{"order": "desc"}, {"uuid": "asc"}],
        "pit": {"id": point, "keep_alive": keep},
        "track_total_hits": False,
        "_source": False,
    }
    return found | ({"search_after": after} if after else {})


def _aggregations(request: Request, chosen: dict[str, Json]) -> Json:
    """One aggregation for all facets without a choice, one of the others' filters for each with."""
    unchosen = {name: _aggregation(spec) for name, spec in request.counts.items() if name not in chosen}
    found: Json = {}
    if unchosen:
        found["shared"] = {"filter": _every(list(chosen.values())), "aggs": unchosen}
    for name in chosen:
        if spec := request.counts.get(name):
            others = [part for other, part in chosen.items() if other != name]
            found[f"own-{name}"] = {"filter": _every(others), "aggs": {name: _aggregation(spec)}}
    return found


def _every(parts: list[Json]) -> Json:
    return {"bool": {"filter": parts}} if parts else {"match_all": {}}


def _aggregation(spec: TermsCount | RangesCount) -> Json:
    if isinstance(spec, TermsCount):
        return {"terms": {"field": spec.field, "size": spec.size} | ({"include": list(spec.only)} if spec.only else {})}
    edges = [*spec.edges, None]
    ranges = [{"key": str(low), "from": low} | ({"to": high} if high else {}) for low, high in pairwise(edges)]
    return {"range": {"field": spec.field, "ranges": ranges}}


def counts(aggregations: Json) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for group in aggregations.values():
        for name, value in group.items():
            if isinstance(value, dict) and "buckets" in value:
                found[name] = {str(bucket["key"]): bucket["doc_count"] for bucket in value["buckets"]}
    return found
