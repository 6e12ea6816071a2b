"""Requests of searches as the site sends them to its engine, and the same as the engine's library takes them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

_HOURS = itertools.count(1)


def make_requests(queries: Iterable[Any], *, facets: bool = True) -> list[Any]:
    """The engine's requests of searches: 25 hits, with the counts of every facet or none."""
    from django.utils import timezone

    from jobsearch.search.engines.base import Request
    from jobsearch.search.facets import FACETS, build_filters
    from jobsearch.search.query import compiler
    from jobsearch.search.timestamps import get_today

    now = timezone.now()
    always = compiler.build_visibility_filter(now, set())
    return [
        Request(
            match=query.compiled.condition,
            always=always,
            chosen=build_filters(query, now),
            counts={name: spec for name, facet in FACETS.items() if facets and (spec := facet.build_count(query, now))},
            sort="published" if query.compiled.parsed.empty else query.sort,
            offset=0,
            size=query.size,
            today=get_today(now),
        )
        for query in queries
    ]


def change_hour(requests: Iterable[Any]) -> Iterator[Any]:
    """The requests with the visibility of another hour each, so that no engine has a cached answer; the hits are the same."""
    from django.utils import timezone

    from jobsearch.search.query import compiler

    for request in requests:
        moment = timezone.now() - dt.timedelta(hours=next(_HOURS))
        yield replace(request, always=compiler.build_visibility_filter(moment, set()))


def make_baseline_search(engine: Any) -> Callable[[Any], object]:
    """The library's own search: takes what `prepare_baseline` makes of a request."""
    if engine.name == "opensearch":
        from opensearchpy import OpenSearch

        host = engine._client.transport.hosts[0]
        client = OpenSearch([f"http://{host['host']}:{host['port']}"], timeout=60)
        return lambda body: client.search(index=engine.alias, body=body)
    return lambda prepared: prepared()


def prepare_baseline(engine: Any, request: Any) -> Any:
    """A ready body for OpenSearch; for tantivy a function: one search for the hits and one aggregation of all facets.

    tantivy's equal scores are in any order, and a facet with a chosen value is counted under it, where the site counts it apart.
    """
    if engine.name == "opensearch":
        from jobsearch.search.engines.opensearch import query_builder

        return query_builder.build_search_body(request)
    from tantivy import Occur, Query

    from jobsearch.search.engines.tantivy.schema import QueryCompiler
    from jobsearch.search.engines.tantivy.searcher import _build_aggregation

    reader = engine._get_reader()
    compiler = QueryCompiler(reader._schema)
    filters = [compiler.compile_filter(node) for node in (request.always, *request.chosen.values())]
    query = Query.boolean_query([(Occur.Must, compiler.compile_query(request.match)), *((Occur.Must, one) for one in filters)])
    aggregations = {name: _build_aggregation(spec) for name, spec in request.counts.items()}
    order = {"order_by_field": "order"} if request.sort == "published" else {}

    def run() -> object:
        searcher = reader._index.searcher()
        result = searcher.search(query, limit=request.size, count=True, **order)
        counts = searcher.aggregate(query, aggregations) if aggregations else {}
        return [searcher.doc(address).get_first("uuid") for _score, address in result.hits], counts

    return run
