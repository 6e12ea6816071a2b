"""Searcher of one tantivy index: hits in a deterministic order, totals and facet counts."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from heapq import nsmallest
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import tantivy
from tantivy import DocAddress, Occur, Order, Query, Searcher

from jobsearch.search.conditions import EVERYTHING, Range, RangesCount, TermsCount
from jobsearch.search.engines.base import Answer, Hit, Request

from . import schema

ScoredAddresses = list[tuple[float, DocAddress]]
Clause = tuple[Occur, Query]
_KEPT_ANSWERS = 32  # to searches without words: the front page, and some filters
_PAGE_OF = attrgetter("sort", "offset", "size", "today")
_NEWEST = 250  # hits among which those of one score are searched for first


class IndexReader:
    """An index opened for reading, shared by the threads of the process."""

    def __init__(self, path: Path) -> None:
        self._meta = path / "meta.json"
        self._schema = schema.build_schema()
        self._index = tantivy.Index(self._schema, path=str(path), reuse=True)
        schema.register_tokenizer(self._index)
        self._index.config_reader("manual")
        self._loaded_signature: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._answers: dict[tuple[Any, ...], Answer] = {}

    def reload_if_changed(self) -> None:
        """Loads the commits since the last call. Costs one `stat` of a file."""
        stat = self._meta.stat()
        signature = (stat.st_ino, stat.st_mtime_ns)
        if signature != self._loaded_signature:
            with self._lock:
                self._index.reload()
                self._answers = {}
                self._loaded_signature = signature

    def count(self) -> int:
        return self._index.searcher().num_docs

    def search(self, request: Request) -> Answer:
        """One page of hits. Answers to searches without words are kept until the next commit: their time grows with the ads.

        What was typed is not kept. A request has the hour of its visibility and the day of its deadlines, so an answer depends
        on it and the index alone.
        """
        if request.match != EVERYTHING:
            return self._search(request)
        kept = self._answers  # read before the searcher, so that an older answer is never stored with those of a newer commit
        key = (request.always, *request.chosen.items(), *request.counts.items(), _PAGE_OF(request))
        answer = kept.get(key)
        if answer is None:
            answer = self._search(request)
            with self._lock:
                while len(kept) >= _KEPT_ANSWERS:
                    del kept[next(iter(kept))]
                kept[key] = answer
        return answer

    def _search(self, request: Request) -> Answer:
        searcher, compiler = self._open()
        always = compiler.compile_filter(request.always)
        match = compiler.compile_query(request.match)
        base = [(Occur.Must, match), (Occur.Must, always)]
        chosen = {name: (Occur.Must, compiler.compile_filter(node)) for name, node in request.chosen.items()}
        query = Query.boolean_query([*base, *chosen.values()])
        addresses, total = _find_hits(searcher, compiler, query, request)
        counts = _count_facets(searcher, base, chosen, request)
        return Answer(tuple(_make_hit(searcher, score, address) for score, address in addresses), total, counts)

    def count_values(self, request: Request) -> dict[str, dict[str, int]]:
        """The counts of a request under all of its filters."""
        searcher, compiler = self._open()
        return _aggregate(searcher, _compile_all(compiler, request), request.counts)

    def count_hits(self, request: Request) -> int:
        """The total of a request."""
        searcher, compiler = self._open()
        return _get_total(searcher.search(_compile_all(compiler, request), limit=1, count=True, order_by_field="order"))

    def find(self, request: Request) -> tuple[UUID, ...]:
        """The first hits in any order, without their number."""
        searcher, compiler = self._open()
        hits = searcher.search(_compile_all(compiler, request), limit=request.size, count=False).hits
        return tuple(_read_uuid(searcher, address) for _, address in hits)

    def scan(self, request: Request) -> Generator[UUID]:
        """Every hit, the newest first, by one searcher, which does not see commits made during the scan."""
        searcher, compiler = self._open()
        all_hits = _compile_all(compiler, request)
        last, returned = None, set[tuple[int, int]]()
        while True:
            query = all_hits if last is None else compiler.narrow_query(all_hits, Range("order", below=last + 1))
            # Ads with the same `order` as the last hit match again, and are recognised by their addresses.
            result = searcher.search(query, limit=request.size + len(returned), count=False, order_by_field="order")
            hits = [(key, address) for key, address in result.hits if (address.segment_ord, address.doc) not in returned]
            yield from (_read_uuid(searcher, address) for _, address in hits)
            if len(hits) < request.size:
                return
            kept = returned if hits[-1][0] == last else set()
            last = hits[-1][0]
            returned = kept | {(address.segment_ord, address.doc) for key, address in hits if key == last}

    def _open(self) -> tuple[Searcher, schema.QueryCompiler]:
        """A searcher of the last commit that was loaded, and a compiler for it."""
        searcher = self._index.searcher()
        return searcher, schema.QueryCompiler(self._schema, searcher)


def _compile_all(compiler: schema.QueryCompiler, request: Request) -> Query:
    """The query for all conditions of a request, without scores."""
    return compiler.compile_filter(request.match, request.always, *request.chosen.values())


def _find_hits(searcher: Searcher, compiler: schema.QueryCompiler, query: Query, request: Request) -> tuple[ScoredAddresses, int]:
    """The page of hits and the total."""
    if request.size == 0:
        return [], _get_total(searcher.search(query, limit=1, count=True, order_by_field="order"))
    if request.sort == "published":
        result = searcher.search(query, limit=request.size, offset=request.offset, order_by_field="order")
        return [(0.0, address) for _, address in result.hits], _get_total(result)
    if request.sort == "deadline":
        return _sort_by_deadline(searcher, compiler, query, request)
    return _sort_by_relevance(searcher, compiler, query, request.offset, request.size)


def _sort_by_relevance(
    searcher: Searcher, compiler: schema.QueryCompiler, query: Query, offset: int, size: int
) -> tuple[ScoredAddresses, int]:
    """The best first, hits with equal scores the newest first.

    tantivy orders equal scores by address, and many are equal (scores are constants of a field). The groups above the one
    that the page ends in are complete in its answer; of that one the newest hits are found.
    """
    wanted = offset + size
    result = searcher.search(query, limit=wanted + size, count=True)
    hits, total = list(result.hits), _get_total(result)
    if total > len(hits) and hits[wanted - 1][0] == hits[-1][0]:
        last = hits[-1][0]
        better = [hit for hit in hits if hit[0] > last]
        hits = better + _find_newest(searcher, compiler, query, hits[len(better) :], wanted - len(better))
    return _sort_groups(searcher, hits, offset, size), total


def _find_newest(
    searcher: Searcher, compiler: schema.QueryCompiler, query: Query, some: ScoredAddresses, wanted: int
) -> ScoredAddresses:
    """The newest `wanted` hits with the score of `some`, which has at least as many hits, all with this score.

    None of them is older than the last of the newest `wanted` of `some`. Within a segment the newest are found first, so few
    other hits are as new as that, unless the first segment has old ads only. Then they are looked for among the newest hits
    of all scores. Scores can be compared between two searches, because they are sums of quarters, which a float holds exactly.
    """
    score = some[0][0]
    limit = max(_NEWEST, 4 * wanted)
    oldest = sorted(_read_orders(searcher, some), reverse=True)[wanted - 1]
    days = compiler.compile_days(schema.compute_day(oldest))
    moments = compiler.compile_filter(Range("order", least=oldest))
    window = Query.boolean_query([(Occur.Must, query), (Occur.Must, days), (Occur.Must, moments)])
    newest = searcher.search(window, limit=limit, count=False).hits
    if len(newest) < limit or newest[-1][0] < score:
        return [hit for hit in newest if hit[0] == score]
    return _find_among_newest(searcher, compiler, query, score, wanted)


def _find_among_newest(
    searcher: Searcher, compiler: schema.QueryCompiler, query: Query, score: float, wanted: int
) -> ScoredAddresses:
    """At least the newest `wanted` hits with this score: searched for among the newest hits, then among more of them.

    Reading all hits took 25 times as long as the search itself, where a word has 30,000 hits among 100,000 ads.
    """
    limit = max(_NEWEST, 4 * wanted)
    while True:
        newest = searcher.search(query, limit=limit, count=False, order_by_field="order").hits
        is_all = len(newest) < limit
        window = query
        if not is_all:
            # All hits above the last one's order are among these; others can share the order of the last one.
            newer = compiler.compile_filter(Range("order", least=int(newest[-1][0]) + 1))
            window = Query.boolean_query([(Occur.Must, query), (Occur.Must, newer)])
        scored = searcher.search(window, limit=len(newest), count=False).hits
        found = [hit for hit in scored if hit[0] == score]
        if is_all or len(found) >= wanted:
            return found
        limit *= 8


def _sort_by_deadline(
    searcher: Searcher, compiler: schema.QueryCompiler, query: Query, request: Request
) -> tuple[ScoredAddresses, int]:
    """Future deadlines, then ads without a date, then past deadlines. Three searches, since tantivy sorts by one field."""
    groups = (Range("deadline", request.today), Range("deadline", 0, 1), Range("deadline", 1, request.today))
    hits: ScoredAddresses = []
    total = 0
    for group in groups:
        narrowed = Query.boolean_query([(Occur.Must, query), (Occur.Must, compiler.compile_filter(group))])
        missing = request.size - len(hits)
        # tantivy refuses a limit of 0, so a full page requests one more hit, only for the count.
        result = searcher.search(
            narrowed,
            limit=max(1, missing),
            offset=max(0, request.offset - total),
            order_by_field="deadline_order",
            order=Order.Asc,
        )
        hits += [(0.0, address) for _, address in result.hits[:missing]]
        total += _get_total(result)
    return hits, total


def _count_facets(
    searcher: Searcher, base: list[Clause], chosen: dict[str, Clause], request: Request
) -> dict[str, dict[str, int]]:
    """Facet -> value -> ads. A facet with chosen values is counted without its own filter."""
    if not request.counts:
        return {}
    shared = {name: spec for name, spec in request.counts.items() if name not in chosen}
    counts = _aggregate(searcher, Query.boolean_query([*base, *chosen.values()]), shared)
    for name in chosen:
        if spec := request.counts.get(name):
            others = [clause for other, clause in chosen.items() if other != name]
            counts |= _aggregate(searcher, Query.boolean_query([*base, *others]), {name: spec})
    return counts


def _make_hit(searcher: Searcher, score: float, address: DocAddress) -> Hit:
    return Hit(_read_uuid(searcher, address), score)


def _read_uuid(searcher: Searcher, address: DocAddress) -> UUID:
    text = str(searcher.doc(address).get_first("uuid"))
    return UUID(int=int(text.replace("-", ""), 16))  # half the time of UUID(text), which looks for other notations


def _read_orders(searcher: Searcher, hits: ScoredAddresses) -> list[int]:
    return [int(order or 0) for order in searcher.fast_field_values("order", [address for _, address in hits])]


def _sort_groups(searcher: Searcher, hits: ScoredAddresses, offset: int, size: int) -> ScoredAddresses:
    """The page of hits that are sorted by score, each group of equal scores the newest first."""
    page: ScoredAddresses = []
    start = 0
    for _, group in groupby(hits, key=itemgetter(0)):
        equal_hits = list(group)
        end = start + len(equal_hits)
        if end > offset and start < offset + size:
            pairs = zip(_read_orders(searcher, equal_hits), range(len(equal_hits)), strict=True)
            newest = nsmallest(offset + size - start, ((-order, place) for order, place in pairs))
            page += [equal_hits[place] for _, place in newest[max(0, offset - start) :]]
        start = end
    return page


def _get_total(result: tantivy.SearchResult) -> int:
    return getattr(result, "count", None) or 0  # the attribute is missing in tantivy's type stub


def _aggregate(searcher: Searcher, query: Query, specs: Mapping[str, TermsCount | RangesCount]) -> dict[str, dict[str, int]]:
    """Each count of the query's hits, in one pass over them."""
    if not specs:
        return {}
    aggregations = searcher.aggregate(query, {name: _build_aggregation(spec) for name, spec in specs.items()})
    return {name: _read_buckets(specs[name], aggregation["buckets"]) for name, aggregation in aggregations.items()}


def _build_aggregation(spec: TermsCount | RangesCount) -> dict[str, Any]:
    if isinstance(spec, TermsCount):
        only = {"include": list(spec.only)} if spec.only else {}
        return {"terms": {"field": spec.field, "size": spec.size, "segment_size": spec.size} | only}
    edges = [*spec.edges, None]
    ranges = [{"from": low} | ({"to": high} if high else {}) for low, high in pairwise(edges)]
    return {"range": {"field": spec.field, "ranges": ranges}}


def _read_buckets(spec: TermsCount | RangesCount, buckets: Any) -> dict[str, int]:
    if isinstance(spec, TermsCount):
        return {str(bucket["key"]): bucket["doc_count"] for bucket in buckets}
    counts = {int(bucket["from"]): bucket["doc_count"] for bucket in buckets if bucket.get("from") is not None}
    return {str(edge): counts.get(edge, 0) for edge in spec.edges}
