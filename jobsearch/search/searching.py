"""Questions of the other rooms, answered by the engine in use. The only place where a search is put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from jobsearch.vacancies.models import Moderation, Vacancy
from jobsearch.vacancies.visibility import OSLO

from . import matching, spelling, text
from .clauses import Parsed
from .documents import day_number
from .engine import Answer, Hit, Page, QueryError, RangesCount, Request, TermsCount, epoch
from .engines import engine
from .facets import FACETS, filters
from .plan import All, Best, Node, Range, Term, Terms
from .private import find_private
from .query import SearchQuery
from .vocabulary import STOP_WORDS
from .words import mentioned, parse

FEW_TO_ASK = 20
"""Hits below which it is asked whether another word was meant, if no name of work, employer or place has the one typed;
below `FEW` also if one or two titles have it. Asked only where the other word finds at least `MANY_MORE` times as many."""
FEW, MANY_MORE = 3, 5

MOST_EXCLUDED = 5000
"""Closed ads that the index has not taken over yet, sent along with each search. More than this are only there during a
first load, when the index has never held them."""
MOST_MENTIONS = 10
"""Ads whose text may name an occupation that no ad is of, to be shown for it."""

SCANNED = 1000
"""Hits of a scan that are asked for at a time."""


def search(query: SearchQuery, now: dt.datetime | None = None, *, excluded: Iterable[UUID] | None = None) -> Page:
    """One page of active ads with exact totals and facet counts.

    Raises QueryError where the query may not be searched for, EngineDown where the engine cannot answer.
    """
    now = now or timezone.now()
    always = matching.visible(now, gone() if excluded is None else set(excluded))

    def answered(parsed: Parsed) -> Answer:
        return engine().search(
            Request(
                match=matching.compile_words(parsed),
                always=always,
                chosen=filters(query, now),
                counts={name: spec for name, facet in FACETS.items() if (spec := facet.count(query, now))},
                sort=_sort(query, parsed),
                offset=query.offset,
                size=query.size,
                today=_today(now),
            )
        )

    read, answer = _first_found(query, always, now, answered)
    nearby: dict[str, Any] = {}
    if read.insisting and (total := _total(parse(read.insisting), always, now, query)):
        nearby = {"insisting": read.insisting, "insisting_total": total}
    elif not read.corrected and answer.total < FEW_TO_ASK:
        nearby = _meant(query, answer.total, always, now)
    return Page(
        hits=answer.hits,
        total=answer.total,
        counts={name: facet.read(answer.counts.get(name, {})) for name, facet in FACETS.items()},
        understood=read.parsed.understood,
        dropped=read.parsed.dropped,
        corrected=read.corrected,
        recognised=read.parsed.recognised,
        in_text=read.in_text,
        **nearby,
    )


def scan(query: SearchQuery, now: dt.datetime | None = None) -> Generator[UUID]:
    """Every hit of the search, beyond the last page too, the newest first whatever its order.

    Visibility and exclusion are those of `search`, at `now`; whoever reads for long asks the record again. To be closed
    when it is not read to its end. Raises QueryError and EngineDown, the latter also on the way.
    """
    now = now or timezone.now()
    always = matching.visible(now, gone())
    read, _answer = _first_found(query, always, now, lambda parsed: _without_hits(parsed, always, now, query, {}))
    return engine().scan(replace(_counting(read.parsed, always, now, query, {}), size=SCANNED))


def count(query: SearchQuery, now: dt.datetime | None = None) -> int:
    """How many active ads the search finds now."""
    return _count(query, now or timezone.now(), None)


def count_new(query: SearchQuery, since: dt.datetime, now: dt.datetime | None = None) -> int:
    """How many of them the record has first seen after that moment."""
    return _count(query, now or timezone.now(), Range("first_seen", least=epoch(since) + 1))


def facet_counts(query: SearchQuery, facet: str, now: dt.datetime | None = None) -> dict[str, int]:
    """Every value of one facet that has ads, with their number, by every filter but the facet's own."""
    now = now or timezone.now()
    visible = matching.visible(now, gone())
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
    stems = {word.stem for word in text.words(row.title) if len(word.stem) > 3 and word.exact not in STOP_WORDS}
    jobs += [Term(field, stem, score) for stem in sorted(stems)[:12] for field, score in (("title_stem", 32), ("parts", 16))]
    if not jobs:
        return []
    near = tuple(Term("place", place.path, 24) for place in row.locations.all() if place.path)
    request = Request(
        match=All((Best(tuple(jobs)),), bonus=near),
        always=All((matching.visible(now, gone()),), never=(Terms("uuid", (str(uuid),)),)),
        chosen={},
        counts={},
        sort="relevance",
        offset=0,
        size=limit,
        today=_today(now),
    )
    return list(engine().search(request).hits)


def gone() -> set[UUID]:
    """Ads that the record has closed or hidden and the index still shows."""
    hidden = Moderation.objects.filter(hidden=True).values("uuid")
    closed = Vacancy.objects.behind_index().filter(Q(status=Vacancy.Status.INACTIVE) | Q(uuid__in=hidden))
    return set(closed.values_list("uuid", flat=True)[:MOST_EXCLUDED])


def totals(queries: Sequence[SearchQuery], now: dt.datetime | None = None) -> list[int]:
    """How many active ads each of them finds as it is typed, without putting right what finds nothing; one question to the
    engine, however many they are."""
    if not queries:
        return []
    now = now or timezone.now()
    visible = matching.visible(now, gone())
    return engine().totals([_counting(_parse(query), visible, now, query, {}) for query in queries])


def _count(query: SearchQuery, now: dt.datetime, also: Node | None) -> int:
    visible = matching.visible(now, gone())
    always = All((visible, also)) if also else visible
    _read, answer = _first_found(query, visible, now, lambda parsed: _without_hits(parsed, always, now, query, {}))
    return answer.total


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way in which what was typed may be meant; the fields are those of `Page`."""

    parsed: Parsed
    corrected: str = ""
    insisting: str = ""
    in_text: bool = False


def _first_found(query: SearchQuery, visible: Node, now: dt.datetime, ask: Callable[[Parsed], Answer]) -> tuple[_Reading, Answer]:
    """The first reading that finds anything, and what it finds; the words as typed where none does. Every question goes by
    this, so that counts equal lists."""
    readings = _readings(query, visible, now)
    typed = next(readings)
    answer = ask(typed.parsed)
    if not answer.total:
        for reading in readings:
            if (found := ask(reading.parsed)).total:
                return reading, found
    return typed, answer


def _readings(query: SearchQuery, visible: Node, now: dt.datetime) -> Iterator[_Reading]:
    """As typed; then, worked out only when asked for, what else may be meant by a search that finds nothing."""
    parsed = _parse(query)
    yield _Reading(parsed)
    if in_texts := _mentioned(parsed, visible, now):
        yield _Reading(in_texts, in_text=True)
    if correction := spelling.corrected(query.q, lambda word: _total(parse(word), visible, now) > 0, now):
        yield _Reading(parse(correction.q), correction.q, correction.insisting)


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
        match=matching.compile_words(parsed),
        always=always,
        chosen=filters(query, now) if query else {},
        counts=counts,
        sort="published",
        offset=0,
        size=0,
        today=_today(now),
    )


def _mentioned(parsed: Parsed, visible: Node, now: dt.datetime) -> Parsed | None:
    """The occupation that no ad is of, as a word of the text. None where an ad is of it, though other conditions leave it out,
    and where so many texts have the word that it says nothing about the post."""
    found = mentioned(parsed)
    if not found or _total(parsed, visible, now):
        return None
    return found if 0 < _total(found, visible, now) <= MOST_MENTIONS else None


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
