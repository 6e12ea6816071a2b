"""Searching one tantivy index: hits in a fixed order, and counts."""

from __future__ import annotations

import threading
from collections.abc import Generator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import tantivy
from tantivy import DocAddress, Order, Query, Searcher

from jobsearch.search.conditions import Range, RangesCount, TermsCount
from jobsearch.search.engines.base import Answer, Hit, Request

from . import schema

Found = list[tuple[float, DocAddress]]


class Reader:
    """An index opened for reading; its threads share it."""

    def __init__(self, path: Path) -> None:
        self._meta = path / "meta.json"
        self._schema = schema.build()
        self._index = tantivy.Index(self._schema, path=str(path), reuse=True)
        schema.register(self._index)
        self._index.config_reader("manual")
        self._compile = schema.Compiler(self._schema)
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Takes over what has been committed since the last look; costs one look at a file's time."""
        stat = self._meta.stat()
        seen = (stat.st_ino, stat.st_mtime_ns)
        if seen != self._seen:
            with self._lock:
                self._index.reload()
                self._seen = seen

    def count(self) -> int:
        return self._index.searcher().num_docs

    def search(self, request: Request) -> Answer:
        searcher = self._index.searcher()
        compiled = self._compile
        always = compiled.filter(request.always)
        match = compiled.query(request.match)
        base = [(tantivy.Occur.Must, match), (tantivy.Occur.Must, always)]
        chosen = {name: (tantivy.Occur.Must, compiled.filter(node)) for name, node in request.chosen.items()}
        query = Query.boolean_query([*base, *chosen.values()])
        hits, total = self._hits(searcher, query, request)
        counts = self._counts(searcher, base, chosen, request)
        return Answer(tuple(self._hit(searcher, *found) for found in hits), total, counts)

    def scan(self, request: Request) -> Generator[UUID]:
        """Every hit, the newest first, by one searcher: what is committed meanwhile is not seen by it."""
        searcher = self._index.searcher()
        wanted = self._compile.filter(request.match, request.always, *request.chosen.values())
        last, shown = None, set[tuple[int, int]]()
        while True:
            query = wanted if last is None else self._compile.both(wanted, Range("order", below=last + 1))
            # Those of the last one's very order are met once more, and told apart by where they lie.
            result = searcher.search(query, limit=request.size + len(shown), count=False, order_by_field="order")
            hits = [(key, address) for key, address in result.hits if (address.segment_ord, address.doc) not in shown]
            yield from (UUID(searcher.doc(address).get_first("uuid")) for _, address in hits)
            if len(hits) < request.size:
                return
            kept = shown if hits[-1][0] == last else set()
            last = hits[-1][0]
            shown = kept | {(address.segment_ord, address.doc) for key, address in hits if key == last}

    def _hits(self, searcher: Searcher, query: Query, request: Request) -> tuple[Found, int]:
        if request.size == 0:
            return [], _total(searcher.search(query, limit=1, count=True))
        if request.sort == "published":
            result = searcher.search(query, limit=request.size, offset=request.offset, order_by_field="order")
            return [(0.0, address) for _, address in result.hits], _total(result)
        if request.sort == "deadline":
            return self._by_deadline(searcher, query, request)
        return _by_relevance(searcher, query, request.offset, request.size)

    def _by_deadline(self, searcher: Searcher, query: Query, request: Request) -> tuple[Found, int]:
        """Deadlines to come, then ads without a date, then deadlines that have passed. tantivy sorts by one field only,
        so these are three searches."""
        groups = (Range("deadline", request.today), Range("deadline", 0, 1), Range("deadline", 1, request.today))
        hits: Found = []
        total = 0
        for group in groups:
            narrowed = Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, self._compile.filter(group))])
            missing = request.size - len(hits)
            # A limit of nothing is refused, so a full page still asks for one, for the count.
            result = searcher.search(
                narrowed,
                limit=max(1, missing),
                offset=max(0, request.offset - total),
                order_by_field="deadline_order",
                order=Order.Asc,
            )
            hits += [(0.0, address) for _, address in result.hits[:missing]]
            total += _total(result)
        return hits, total

    def _counts(self, searcher: Searcher, base: list, chosen: dict, request: Request) -> dict[str, dict[str, int]]:
        shared = {name: _aggregation(spec) for name, spec in request.counts.items() if name not in chosen}
        raw: dict[str, Any] = {}
        if shared:
            raw.update(searcher.aggregate(Query.boolean_query([*base, *chosen.values()]), shared))
        for name in chosen:
            if spec := request.counts.get(name):
                others = [part for other, part in chosen.items() if other != name]
                raw.update(searcher.aggregate(Query.boolean_query([*base, *others]), {name: _aggregation(spec)}))
        return {name: _read(request.counts[name], found["buckets"]) for name, found in raw.items()}

    @staticmethod
    def _hit(searcher: Searcher, score: float, address: DocAddress) -> Hit:
        return Hit(UUID(searcher.doc(address).get_first("uuid")), score)


def _by_relevance(searcher: Searcher, query: Query, offset: int, size: int) -> tuple[Found, int]:
    """The best first, equal ones the newest first. tantivy orders equals by where they happen to lie, and many are equal
    (scores are constants of a field), so a page's groups of equals are read whole and ordered here."""
    result = searcher.search(query, limit=offset + size, count=True)
    hits, total = list(result.hits), _total(result)
    if total > len(hits) and hits:
        hits = list(searcher.search(query, limit=total, count=False).hits)
    page: Found = []
    start = 0
    for _, group in groupby(hits, key=lambda hit: hit[0]):
        equals = list(group)
        end = start + len(equals)
        if end > offset and start < offset + size:
            newest = searcher.fast_field_values("order", [address for _, address in equals])
            ordered = [hit for _, hit in sorted(zip(newest, equals, strict=True), key=lambda pair: -(pair[0] or 0))]
            page += ordered[max(0, offset - start) : offset + size - start]
        start = end
    return page, total


def _total(result: tantivy.SearchResult) -> int:
    return getattr(result, "count", None) or 0  # tantivy's own type stub leaves the attribute out


def _aggregation(spec: TermsCount | RangesCount) -> dict[str, Any]:
    if isinstance(spec, TermsCount):
        only = {"include": list(spec.only)} if spec.only else {}
        return {"terms": {"field": spec.field, "size": spec.size, "segment_size": spec.size} | only}
    edges = [*spec.edges, None]
    ranges = [{"from": low} | ({"to": high} if high else {}) for low, high in pairwise(edges)]
    return {"range": {"field": spec.field, "ranges": ranges}}


def _read(spec: TermsCount | RangesCount, buckets: Any) -> dict[str, int]:
    if isinstance(spec, TermsCount):
        return {str(bucket["key"]): bucket["doc_count"] for bucket in buckets}
    found = {int(bucket["from"]): bucket["doc_count"] for bucket in buckets if bucket.get("from") is not None}
    return {str(edge): found.get(edge, 0) for edge in spec.edges}
