"""Search service: searches, counts and scans with the engine in use. What other apps call; requests are built only here."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from jobsearch.core import counters
from jobsearch.search.analysis.lexicon import STOP_WORDS
from jobsearch.search.engines.base import Answer, Hit, Request
from jobsearch.search.engines.registry import engine
from jobsearch.search.query.alternatives import Interpretation, find_interpretations
from jobsearch.search.query.compiled_query import CompiledQuery, compile_query
from jobsearch.search.query.correction import suggest_query
from jobsearch.search.query.parsed_query import ParsedQuery
from jobsearch.search.query.personal_data import find_personal_data
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import list_occupation_paths, list_workplaces

from .analysis import norwegian
from .conditions import All, Best, Node, Range, Term, Terms
from .errors import EngineDown, QueryError
from .facets import FACETS, build_filters
from .facets.deadline import build_open_filter
from .facets.employer_names import preload_names
from .gone_ads import find_gone
from .hidden import NOTHING_HIDDEN, HiddenAds
from .page import Page
from .query import compiler
from .search_query import DEEPEST_HIT, SearchQuery
from .timestamps import epoch, get_today

FEW_TO_ASK = 20
"""Hits below which another word is suggested, if no title, occupation, employer or place has the typed one; below `FEW` also
if one or two titles have it. Suggested only where the other word finds at least `MANY_MORE` times as many."""
FEW, MANY_MORE = 3, 5

SCANNED = 1000
"""Hits of a scan that are requested at a time."""


def search(query: SearchQuery, now: dt.datetime | None = None, *, excluded: Iterable[UUID] | None = None) -> Page:
    """One page of active ads with exact totals and facet counts.

    Raises QueryError where the query may not be run, EngineDown where the engine cannot answer.
    """
    began = time.perf_counter()
    try:
        with preload_names(query.employers):
            return _search(query, now or timezone.now(), excluded)
    except EngineDown:
        counters.add(counters.SEARCH_ERRORS)
        raise
    finally:
        counters.add(counters.SEARCHES, seconds=time.perf_counter() - began)


def _search(query: SearchQuery, now: dt.datetime, excluded: Iterable[UUID] | None) -> Page:
    always = compiler.build_visibility_filter(now, find_gone() if excluded is None else set(excluded))

    def ask(compiled: CompiledQuery) -> Answer:
        return engine().search(
            Request(
                match=compiled.condition,
                always=query.hidden.exclude_from(always),
                chosen=_build_filters(query, now),
                counts={name: spec for name, facet in FACETS.items() if (spec := facet.build_count(query, now))},
                sort=_choose_sort(query, compiled),
                offset=query.offset,
                size=0 if query.since else query.size,
                today=get_today(now),
            )
        )

    read, compiled, answer = _search_first_interpretation(query, always, now, ask)
    hits, new = _put_new_first(query, compiled, always, now) if query.since and answer.total else (answer.hits, 0)
    nearby: dict[str, Any] = {}
    if read.insisting and (total := _count_hits(compile_query(read.insisting), always, now, query)):
        nearby = {"insisting": read.insisting, "insisting_total": total}
    elif not read.corrected and not read.left_out and answer.total < FEW_TO_ASK:
        nearby = _suggest_other_words(query, answer.total, always, now)
    return Page(
        hits=hits,
        total=answer.total,
        new=new,
        counts={name: facet.read_counts(answer.counts.get(name, {})) for name, facet in FACETS.items()},
        understood=read.parsed.understood,
        dropped=read.parsed.dropped,
        corrected=read.corrected,
        left_out=read.left_out,
        recognised=read.parsed.recognised,
        in_text=read.in_text,
        wishes=read.parsed.wishes,
        only_stated=read.parsed.is_open,
        is_silent=read.is_silent,
        compiled=compiled,
        **nearby,
    )


def _put_new_first(query: SearchQuery, compiled: CompiledQuery, always: Node, now: dt.datetime) -> tuple[tuple[Hit, ...], int]:
    """The page's hits with those first seen after `query.since` before the others, by date; and the number of those."""

    def search_part(part: Node, sort: str, offset: int, size: int) -> Answer:
        request = make_request(compiled, All((always, part)), now, query)
        return engine().search(replace(request, sort=sort, offset=offset, size=size))

    new = search_part(_build_seen_after(query.since), "published", query.offset, query.size)
    # An offset past the last new hit gives none of them; the page then begins that much later among the others.
    missing = query.size - len(new.hits)
    if not missing:
        return new.hits, new.total
    others = Range("first_seen", below=query.since + 1)
    rest = search_part(others, _choose_sort(query, compiled), max(0, query.offset - new.total), missing)
    return (*new.hits, *rest.hits), new.total


def list_hits(query: SearchQuery, limit: int = DEEPEST_HIT) -> list[UUID]:
    """The first `limit` hits in the search's order, as its pages show them one after another, at one moment.

    Raises QueryError, EngineDown.
    """
    now = timezone.now()
    query = query.replace(size=limit)
    always = compiler.build_visibility_filter(now, find_gone())

    def ask(compiled: CompiledQuery) -> Answer:
        request = make_request(compiled, always, now, query)
        return engine().search(replace(request, sort=_choose_sort(query, compiled), size=0 if query.since else limit))

    _read, compiled, answer = _search_first_interpretation(query, always, now, ask)
    hits = _put_new_first(query, compiled, always, now)[0] if query.since and answer.total else answer.hits
    return [hit.uuid for hit in hits]


def scan(query: SearchQuery, now: dt.datetime | None = None) -> Generator[UUID]:
    """Every hit of the search, also beyond the last page, the newest first regardless of the search's order.

    Visibility and exclusion are those of `search`, at `now`; a caller that reads for long must check the database again.
    Close the generator if it is not read to its end. Raises QueryError and EngineDown, the latter also while reading.
    """
    now = now or timezone.now()
    always = compiler.build_visibility_filter(now, find_gone())

    def ask(compiled: CompiledQuery) -> Answer:
        return engine().search(make_request(compiled, always, now, query))

    _read, compiled, _answer = _search_first_interpretation(query, always, now, ask)
    return engine().scan(replace(make_request(compiled, always, now, query), size=SCANNED))


def count(query: SearchQuery, now: dt.datetime | None = None) -> int:
    """Number of active ads that the search finds now. Raises QueryError, EngineDown."""
    _compile(query)
    return count_many([(query, None)], now)[0].total


def count_new(query: SearchQuery, since: dt.datetime) -> int:
    """Number of the hits that the database has first seen after `since`. Raises QueryError, EngineDown."""
    _compile(query)
    return count_many([(query, since)])[0].new


@dataclass(frozen=True, slots=True)
class Counted:
    """Number of hits of a search. `new`: how many of the total were first seen after the given moment."""

    total: int = 0
    new: int = 0


def count_many(asked: Sequence[tuple[SearchQuery, dt.datetime | None]], now: dt.datetime | None = None) -> list[Counted]:
    """Totals of several searches, and of the ads first seen after each one's moment, in one request to the engine.

    Where some find nothing as typed, a second request finds other interpretations of them, and a third counts those. A search
    that may not be run (see `find_personal_data`) finds nothing. Raises EngineDown.
    """
    with preload_names({name for query, _since in asked for name in query.employers}):
        return _count_many(asked, now or timezone.now())


def _count_many(asked: Sequence[tuple[SearchQuery, dt.datetime | None]], now: dt.datetime) -> list[Counted]:
    visible = compiler.build_visibility_filter(now, find_gone())

    def count_interpretations(wanted: Sequence[tuple[int, CompiledQuery]]) -> list[Counted]:
        requests = []
        for place, compiled in wanted:
            query, since = asked[place]
            requests.append(make_request(compiled, visible, now, query))
            if since:
                new = All((visible, _build_seen_after(epoch(since))))
                requests.append(make_request(compiled, new, now, query))
        totals = iter(engine().count_hits(requests) if requests else ())
        return [Counted(next(totals), next(totals) if asked[place][1] else 0) for place, _compiled in wanted]

    return count_first_interpretations([query for query, _since in asked], visible, now, count_interpretations, Counted())


class HasTotal(Protocol):
    """A count with a total."""

    @property
    def total(self) -> int: ...


C = TypeVar("C", bound=HasTotal)


def count_first_interpretations(
    queries: Sequence[SearchQuery],
    visible: Node,
    now: dt.datetime,
    count_interpretations: Callable[[Sequence[tuple[int, CompiledQuery]]], Sequence[C]],
    nothing: C,
) -> list[C]:
    """For each search the count of the first interpretation that finds anything, as `_search_first_interpretation` shows it.

    `count_interpretations` counts pairs of a search's place in `queries` and an interpretation of it. `nothing`: the count of a
    search without hits, or that may not be run.
    """
    found = [nothing] * len(queries)
    typed = {place: query.compiled for place, query in enumerate(queries) if not find_personal_data(query.q)}
    for place, counted in zip(typed, count_interpretations(list(typed.items())), strict=True):
        found[place] = counted
    unfound = [place for place in typed if not found[place].total and queries[place].q]
    if unfound:
        interpretations = find_other_interpretations([(queries[place], typed[place].parsed) for place in unfound], visible, now)
        wanted = [
            (place, CompiledQuery(one.parsed)) for place, others in zip(unfound, interpretations, strict=True) for one in others
        ]
        for (place, _compiled), counted in zip(wanted, count_interpretations(wanted), strict=True):
            if not found[place].total:
                found[place] = counted
    return found


def _build_seen_after(moment: int) -> Node:
    return Range("first_seen", least=moment + 1)


def count_facets(query: SearchQuery, facet: str, now: dt.datetime | None = None, *, typed: str = "") -> dict[str, int]:
    """Every value of one facet that has ads, with their number, under every filter except the facet's own.

    `typed`: only those with these letters in their label, and others that `Facet.select_counts` leaves out.
    """
    now = now or timezone.now()
    visible = compiler.build_visibility_filter(now, find_gone())
    counted = FACETS[facet]
    spec = counted.build_typed_count(query, now, typed) if typed else counted.build_full_count(query, now)
    counts = {facet: spec} if spec else {}

    def ask(compiled: CompiledQuery) -> Answer:
        return engine().search(replace(make_request(compiled, visible, now, query), counts=counts))

    _read, _compiled, answer = _search_first_interpretation(query, visible, now, ask)
    return FACETS[facet].read_counts(answer.counts.get(facet, {}))


def find_similar(uuid: UUID, limit: int = 5, *, vacancy: Vacancy | None = None, hidden: HiddenAds = NOTHING_HIDDEN) -> list[Hit]:
    """Active ads similar to this one (which may have ended): the same occupation first, near before far.

    Without those whose deadline has passed, and those `hidden`. `vacancy`: the ad itself, if the caller has read it.
    """
    row = vacancy or Vacancy.objects.select_related("prepared").filter(uuid=uuid).first()
    if row is None:
        return []
    now = timezone.now()
    jobs: list[Node] = [Term("occupation", path, 40) for path in list_occupation_paths(row)]
    stems = {word.stem for word in norwegian.analyse_text(row.title) if len(word.stem) > 3 and word.exact not in STOP_WORDS}
    jobs += [Term(field, stem, score) for stem in sorted(stems)[:12] for field, score in (("title_stem", 32), ("parts", 16))]
    if not jobs:
        return []
    near = tuple(Term("place", place.path, 24) for place in list_workplaces(row) if place.path)
    request = Request(
        match=All((Best(tuple(jobs)),), bonus=near),
        always=hidden.exclude_from(
            All(
                (compiler.build_visibility_filter(now, find_gone()), build_open_filter(now)),
                never=(Terms("uuid", (str(uuid),)),),
            )
        ),
        chosen={},
        counts={},
        sort="relevance",
        offset=0,
        size=limit,
        today=get_today(now),
    )
    return list(engine().search(request).hits)


def count_as_typed(queries: Sequence[SearchQuery], now: dt.datetime | None = None) -> list[int]:
    """Number of active ads that each search finds as typed, without correcting what finds nothing, in one request."""
    if not queries:
        return []
    now = now or timezone.now()
    visible = compiler.build_visibility_filter(now, find_gone())
    with preload_names({name for query in queries for name in query.employers}):
        return engine().count_hits([make_request(_compile(query), visible, now, query) for query in queries])


def _search_first_interpretation(
    query: SearchQuery, visible: Node, now: dt.datetime, ask: Callable[[CompiledQuery], Answer]
) -> tuple[Interpretation, CompiledQuery, Answer]:
    """The first interpretation that finds anything, with its compiled form and answer; the query as typed where none does.

    Every search uses this and every count `count_many`, which tries the interpretations in the same order, so that counts equal
    lists. Raises QueryError, EngineDown.
    """
    compiled = _compile(query)
    answer = ask(compiled)
    if not answer.total:
        interpretations = [
            (interpretation, CompiledQuery(interpretation.parsed))
            for interpretation in find_other_interpretations([(query, compiled.parsed)], visible, now)[0]
        ]
        if len(interpretations) > 1:  # one request for the totals of all, and one for the answer to the first that finds anything
            totals = engine().count_hits([make_request(other, visible, now, query) for _interpretation, other in interpretations])
            interpretations = [interpretation for interpretation, total in zip(interpretations, totals, strict=True) if total][:1]
        for interpretation, other in interpretations:
            if (found := ask(other)).total:
                return interpretation, other, found
    return Interpretation(compiled.parsed), compiled, answer


def find_other_interpretations(
    unfound: Sequence[tuple[SearchQuery, ParsedQuery]], visible: Node, now: dt.datetime
) -> list[list[Interpretation]]:
    """What to try for each search that finds nothing as typed, in order."""
    return find_interpretations(
        [(query.q, parsed) for query, parsed in unfound],
        lambda parts: engine().count_hits([make_request(CompiledQuery(parsed), visible, now, None) for parsed in parts]),
        now,
    )


def make_request(compiled: CompiledQuery, always: Node, now: dt.datetime, query: SearchQuery | None) -> Request:
    """A request for the total alone, under the filters of `query` and without what its user has hidden."""
    return Request(
        match=compiled.condition,
        always=query.hidden.exclude_from(always) if query else always,
        chosen=_build_filters(query, now) if query else {},
        counts={},
        sort="published",
        offset=0,
        size=0,
        today=get_today(now),
    )


def _count_hits(compiled: CompiledQuery, always: Node, now: dt.datetime, query: SearchQuery) -> int:
    return engine().search(make_request(compiled, always, now, query)).total


def _build_filters(query: SearchQuery, now: dt.datetime) -> dict[str, Node]:
    """The conditions of what is chosen; with a filter that cannot be read, one that matches nothing."""
    unreadable = {"unreadable": Terms("uuid", ())} if query.unreadable else {}
    return build_filters(query, now) | unreadable


def _suggest_other_words(query: SearchQuery, total: int, visible: Node, now: dt.datetime) -> dict[str, Any]:
    """For a search that finds few ads, the similar query that finds many more, as fields of `Page`."""
    better = suggest_query(query.q, total < FEW, now)
    found = _count_hits(compile_query(better), visible, now, query) if better else 0
    return {"meant": better, "meant_total": found} if found >= MANY_MORE * max(total, 1) else {}


def _compile(query: SearchQuery) -> CompiledQuery:
    """The compiled query. Raises QueryError where its text holds personal data."""
    if find_personal_data(query.q):
        raise QueryError(_("Søket inneholder et fødselsnummer eller en e-postadresse, og er ikke utført."))
    return query.compiled


def _choose_sort(query: SearchQuery, compiled: CompiledQuery) -> str:
    # Without words every ad is equally relevant: the newest first, which an engine sorts without scores.
    return "published" if query.sort == "relevance" and compiled.parsed.empty else query.sort
