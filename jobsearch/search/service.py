"""Questions of the other rooms, answered by the engine in use. The only place where a search is put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from jobsearch.search.analysis.lexicon import STOP_WORDS
from jobsearch.search.engines.base import Answer, Hit, Page, QueryError, RangesCount, Request, TermsCount, epoch
from jobsearch.search.engines.registry import engine
from jobsearch.search.facets.base import FACETS, filters
from jobsearch.search.indexing.documents import day_number
from jobsearch.search.query.alternatives import Reading, other_readings
from jobsearch.search.query.parsed_query import Parsed
from jobsearch.search.query.parser import parse
from jobsearch.search.query.personal_data import find_private
from jobsearch.vacancies.models import Moderation, Vacancy
from jobsearch.vacancies.visibility import OSLO

from .analysis import norwegian, spelling
from .conditions import All, Best, Node, Range, Term, Terms
from .facets import employers, values
from .input_errors import Problem
from .query import compiler
from .search_query import FACETS as VALUE_FACETS
from .search_query import SearchQuery

FEW_TO_ASK = 20
"""Hits below which it is asked whether another word was meant, if no name of work, employer or place has the one typed;
below `FEW` also if one or two titles have it. Asked only where the other word finds at least `MANY_MORE` times as many."""
FEW, MANY_MORE = 3, 5

MOST_EXCLUDED = 5000
"""Closed ads that the index has not taken over yet, sent along with each search. More than this are only there during a
first load, when the index has never held them."""
MOST_NAMED = 10
"""Chosen values without ads that a page names."""

SCANNED = 1000
"""Hits of a scan that are asked for at a time."""


def search(query: SearchQuery, now: dt.datetime | None = None, *, excluded: Iterable[UUID] | None = None) -> Page:
    """One page of active ads with exact totals and facet counts.

    Raises QueryError where the query may not be searched for, EngineDown where the engine cannot answer.
    """
    with employers.preloaded(query.employer):
        return _search(query, now or timezone.now(), excluded)


def _search(query: SearchQuery, now: dt.datetime, excluded: Iterable[UUID] | None) -> Page:
    always = compiler.visible(now, gone() if excluded is None else set(excluded))

    def answered(parsed: Parsed) -> Answer:
        return engine().search(
            Request(
                match=compiler.compile_words(parsed),
                always=always,
                chosen=filters(query, now),
                counts={name: spec for name, facet in FACETS.items() if (spec := facet.count(query, now))},
                sort=_sort(query, parsed),
                offset=query.offset,
                size=0 if query.since else query.size,
                today=_today(now),
            )
        )

    read, answer = _first_found(query, always, now, answered)
    hits, new = _new_first(query, read.parsed, always, now) if query.since and answer.total else (answer.hits, 0)
    nearby: dict[str, Any] = {}
    if read.insisting and (total := _total(parse(read.insisting), always, now, query)):
        nearby = {"insisting": read.insisting, "insisting_total": total}
    elif not read.corrected and answer.total < FEW_TO_ASK:
        nearby = _meant(query, answer.total, always, now)
    return Page(
        hits=hits,
        total=answer.total,
        new=new,
        counts={name: facet.read(answer.counts.get(name, {})) for name, facet in FACETS.items()},
        understood=read.parsed.understood,
        dropped=read.parsed.dropped,
        corrected=read.corrected,
        recognised=read.parsed.recognised,
        in_text=read.in_text,
        **nearby,
    )


def _new_first(query: SearchQuery, parsed: Parsed, always: Node, now: dt.datetime) -> tuple[tuple[Hit, ...], int]:
    """The page's hits with those first seen after `query.since` before the others, by date; and how many there are of them."""

    def hits_of(part: Node, sort: str, offset: int, size: int) -> Answer:
        request = _counting(parsed, All((always, part)), now, query, {})
        return engine().search(replace(request, sort=sort, offset=offset, size=size))

    new = hits_of(_seen_after(query.since), "published", query.offset, query.size)
    # An offset past the last new hit gives none of them; the page then begins that much later among the others.
    room = query.size - len(new.hits)
    if not room:
        return new.hits, new.total
    others = Range("first_seen", below=query.since + 1)
    return (*new.hits, *hits_of(others, _sort(query, parsed), max(0, query.offset - new.total), room).hits), new.total


def scan(query: SearchQuery, now: dt.datetime | None = None) -> Generator[UUID]:
    """Every hit of the search, beyond the last page too, the newest first whatever its order.

    Visibility and exclusion are those of `search`, at `now`; whoever reads for long asks the record again. To be closed
    when it is not read to its end. Raises QueryError and EngineDown, the latter also on the way.
    """
    now = now or timezone.now()
    always = compiler.visible(now, gone())
    read, _answer = _first_found(query, always, now, lambda parsed: _without_hits(parsed, always, now, query, {}))
    return engine().scan(replace(_counting(read.parsed, always, now, query, {}), size=SCANNED))


def count(query: SearchQuery, now: dt.datetime | None = None) -> int:
    """How many active ads the search finds now."""
    _parse(query)
    return count_many([(query, None)], now)[0].total


def count_new(query: SearchQuery, since: dt.datetime, now: dt.datetime | None = None) -> int:
    """How many of them the database has first seen after that moment."""
    _parse(query)
    return count_many([(query, since)], now)[0].new


@dataclass(frozen=True, slots=True)
class Counted:
    """`new`: of the total, those first seen after the moment that was asked about."""

    total: int = 0
    new: int = 0


def count_many(asked: Sequence[tuple[SearchQuery, dt.datetime | None]], now: dt.datetime | None = None) -> list[Counted]:
    """What each search finds now, and since its moment: one request to the engine for all of them. Where some find nothing as
    typed, one more request tells how else they may be read, and a third counts that. Raises EngineDown.

    A search that may not be asked (see `find_private`) finds nothing.
    """
    with employers.preloaded({name for query, _since in asked for name in query.employer}):
        return _count_many(asked, now or timezone.now())


def _count_many(asked: Sequence[tuple[SearchQuery, dt.datetime | None]], now: dt.datetime) -> list[Counted]:
    visible = compiler.visible(now, gone())
    found = [Counted()] * len(asked)
    typed = {place: parse(query.q) for place, (query, _since) in enumerate(asked) if not find_private(query.q)}

    def count_readings(wanted: Sequence[tuple[int, Parsed]]) -> list[Counted]:
        requests = []
        for place, parsed in wanted:
            query, since = asked[place]
            requests.append(_counting(parsed, visible, now, query, {}))
            if since:
                new = All((visible, _seen_after(epoch(since))))
                requests.append(_counting(parsed, new, now, query, {}))
        totals = iter(engine().totals(requests) if requests else ())
        return [Counted(next(totals), next(totals) if asked[place][1] else 0) for place, _parsed in wanted]

    for place, counted in zip(typed, count_readings(list(typed.items())), strict=True):
        found[place] = counted
    unfound = [place for place in typed if not found[place].total and asked[place][0].q]
    if unfound:
        readings = _others([(asked[place][0], typed[place]) for place in unfound], visible, now)
        wanted = [(place, one.parsed) for place, others in zip(unfound, readings, strict=True) for one in others]
        for (place, _parsed), counted in zip(wanted, count_readings(wanted), strict=True):
            if not found[place].total:
                found[place] = counted
    return found


def without_ads(queries: Sequence[SearchQuery], counts: Mapping[str, Mapping[str, int]] | None = None) -> list[list[Problem]]:
    """For each search the chosen values that no active ad has, whatever else is asked for, as problems to name: an employer's
    name may be misspelled, a foreign country's last ad may be over. A value of the catalogue is no surprise without ads.

    `counts`: of the search's own answer, which spare most values the question. One request to the engine, at most, for
    `MOST_NAMED` values of each search. Raises EngineDown.
    """
    asked: list[tuple[int, str, str]] = []
    for place, query in enumerate(queries):
        chosen = [(facet, value) for facet in VALUE_FACETS for value in getattr(query, facet) if not values.listed(facet, value)]
        zero = [(facet, value) for facet, value in chosen if not (counts or {}).get(facet, {}).get(value)]
        asked += [(place, facet, value) for facet, value in zero[:MOST_NAMED]]
    found: list[list[Problem]] = [[] for _query in queries]
    alone = count_many([(SearchQuery().replace(**{facet: (value,)}), None) for _, facet, value in asked]) if asked else []
    for (place, facet, value), counted in zip(asked, alone, strict=True):
        if not counted.total:
            found[place].append(Problem(facet, FACETS[facet].value_label(value), "unknown"))
    return found


def _seen_after(moment: int) -> Node:
    return Range("first_seen", least=moment + 1)


def facet_counts(query: SearchQuery, facet: str, now: dt.datetime | None = None) -> dict[str, int]:
    """Every value of one facet that has ads, with their number, by every filter but the facet's own."""
    now = now or timezone.now()
    visible = compiler.visible(now, gone())
    counts = {facet: FACETS[facet].count_all(query, now)}
    _read, answer = _first_found(query, visible, now, lambda parsed: _without_hits(parsed, visible, now, query, counts))
    return FACETS[facet].read(answer.counts.get(facet, {}))


def similar(uuid: UUID, limit: int = 5, now: dt.datetime | None = None) -> list[Hit]:
    """Active ads like this one (which may be over): the same kind of work first, near it before elsewhere."""
    row = Vacancy.objects.filter(uuid=uuid).prefetch_related("locations", "occupations").first()
    if row is None:
        return []
    now = now or timezone.now()
    jobs: list[Node] = [Term("occupation", job.path, 40) for job in row.occupations.all()]
    stems = {word.stem for word in norwegian.words(row.title) if len(word.stem) > 3 and word.exact not in STOP_WORDS}
    jobs += [Term(field, stem, score) for stem in sorted(stems)[:12] for field, score in (("title_stem", 32), ("parts", 16))]
    if not jobs:
        return []
    near = tuple(Term("place", place.path, 24) for place in row.locations.all() if place.path)
    request = Request(
        match=All((Best(tuple(jobs)),), bonus=near),
        always=All((compiler.visible(now, gone()),), never=(Terms("uuid", (str(uuid),)),)),
        chosen={},
        counts={},
        sort="relevance",
        offset=0,
        size=limit,
        today=_today(now),
    )
    return list(engine().search(request).hits)


def gone() -> set[UUID]:
    """Ads that the database has closed or hidden and the index still shows.

    Two queries: joined by OR, SQLite answers the first half by reading every closed ad. So it does for `status = 'INACTIVE'`,
    where it takes an index of all ads that begins with the status; for a range it takes the small one of those behind.
    """
    behind = Vacancy.objects.not_indexed().values_list("uuid", flat=True)
    closed = behind.filter(status__gte=Vacancy.Status.INACTIVE)[:MOST_EXCLUDED]
    hidden = behind.filter(uuid__in=Moderation.objects.filter(hidden=True).values("uuid"))[:MOST_EXCLUDED]
    return {*closed, *hidden}


def totals(queries: Sequence[SearchQuery], now: dt.datetime | None = None) -> list[int]:
    """How many active ads each of them finds as it is typed, without putting right what finds nothing; one question to the
    engine, however many they are."""
    if not queries:
        return []
    now = now or timezone.now()
    visible = compiler.visible(now, gone())
    with employers.preloaded({name for query in queries for name in query.employer}):
        return engine().totals([_counting(_parse(query), visible, now, query, {}) for query in queries])


def _first_found(query: SearchQuery, visible: Node, now: dt.datetime, ask: Callable[[Parsed], Answer]) -> tuple[Reading, Answer]:
    """The first reading that finds anything, and what it finds; the words as typed where none does. Every search goes by
    this and every count by `count_many`, in the same order, so that counts equal lists."""
    typed = Reading(_parse(query))
    answer = ask(typed.parsed)
    if not answer.total:
        for reading in _others([(query, typed.parsed)], visible, now)[0]:
            if (found := ask(reading.parsed)).total:
                return reading, found
    return typed, answer


def _others(unfound: Sequence[tuple[SearchQuery, Parsed]], visible: Node, now: dt.datetime) -> list[list[Reading]]:
    return other_readings(
        [(query.q, parsed) for query, parsed in unfound],
        lambda words: engine().totals([_counting(parsed, visible, now, None, {}) for parsed in words]),
        now,
    )


def _total(parsed: Parsed, always: Node, now: dt.datetime, query: SearchQuery | None = None) -> int:
    return _without_hits(parsed, always, now, query, {}).total


def _without_hits(
    parsed: Parsed, always: Node, now: dt.datetime, query: SearchQuery | None, counts: Mapping[str, TermsCount | RangesCount]
) -> Answer:
    return engine().search(_counting(parsed, always, now, query, counts))


def _counting(
    parsed: Parsed,
    always: Node,
    now: dt.datetime,
    query: SearchQuery | None,
    counts: Mapping[str, TermsCount | RangesCount],
) -> Request:
    return Request(
        match=compiler.compile_words(parsed),
        always=always,
        chosen=filters(query, now) if query else {},
        counts=counts,
        sort="published",
        offset=0,
        size=0,
        today=_today(now),
    )


def _meant(query: SearchQuery, total: int, visible: Node, now: dt.datetime) -> dict[str, Any]:
    """What a search that finds few may have meant, where that finds many more."""
    better = spelling.meant(query.q, total < FEW, now)
    found = _total(parse(better), visible, now, query) if better else 0
    return {"meant": better, "meant_total": found} if found >= MANY_MORE * max(total, 1) else {}


def _parse(query: SearchQuery) -> Parsed:
    if find_private(query.q):
        raise QueryError(_("Søket inneholder et fødselsnummer eller en e-postadresse, og er ikke utført."))
    return parse(query.q)


def _sort(query: SearchQuery, parsed: Parsed) -> str:
    # Without words every ad is as relevant as the next: the newest first, which an engine does without scores.
    return "published" if query.sort == "relevance" and parsed.empty else query.sort


def _today(now: dt.datetime) -> int:
    return day_number(now.astimezone(OSLO).date())
