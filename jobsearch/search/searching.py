"""Questions of the other rooms, answered by the engine in use. The only place where a search is put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable, Mapping
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
    parsed = _parse(query)
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

    answer, corrected, in_text = answered(parsed), "", False
    if not answer.total and (in_texts := _mentioned(parsed, always, now)):
        again = answered(in_texts)
        if again.total:
            answer, in_text = again, True
    if not answer.total and (better := _corrected(query.q, always, now)):
        again = answered(parse(better))
        if again.total:
            answer, parsed, corrected = again, parse(better), better
    counts = {name: facet.read(answer.counts.get(name, {})) for name, facet in FACETS.items()}
    hits, total = answer.hits, answer.total
    return Page(hits, total, counts, parsed.understood, parsed.dropped, corrected, parsed.recognised, in_text)


def scan(query: SearchQuery, now: dt.datetime | None = None) -> Generator[UUID]:
    """Every hit of the search, beyond the last page too, the newest first whatever its order.

    Visibility and exclusion are those of `search`, at `now`; whoever reads for long asks the record again. To be closed
    when it is not read to its end. Raises QueryError and EngineDown, the latter also on the way.
    """
    now = now or timezone.now()
    parsed, always = _parse(query), matching.visible(now, gone())
    if not _total(parsed, always, now, query) and (better := _corrected(query.q, always, now)):
        parsed = parse(better)
    request = Request(
        match=matching.compile_words(parsed),
        always=always,
        chosen=filters(query, now),
        counts={},
        sort="published",
        offset=0,
        size=SCANNED,
        today=_today(now),
    )
    return engine().scan(request)


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
    parsed = _parse(query)
    answer = _without_hits(parsed, visible, now, query, counts)
    if not answer.total and (in_texts := _mentioned(parsed, visible, now)):
        answer = _without_hits(in_texts, visible, now, query, counts)
    if not answer.total and (better := _corrected(query.q, visible, now)):
        answer = _without_hits(parse(better), visible, now, query, counts)
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


def _count(query: SearchQuery, now: dt.datetime, also: Node | None) -> int:
    visible = matching.visible(now, gone())
    always = All((visible, also)) if also else visible
    parsed = _parse(query)
    found = _total(parsed, always, now, query)
    if not found and (in_texts := _mentioned(parsed, visible, now)):
        found = _total(in_texts, always, now, query)
    if not found and (better := _corrected(query.q, visible, now)):
        return _total(parse(better), always, now, query)
    return found


def _total(parsed: Parsed, always: Node, now: dt.datetime, query: SearchQuery | None = None) -> int:
    return _without_hits(parsed, always, now, query, {}).total


def _without_hits(
    parsed: Parsed, always: Node, now: dt.datetime, query: SearchQuery | None, counts: Mapping[str, TermsCount | RangesCount]
) -> Answer:
    request = Request(
        match=matching.compile_words(parsed),
        always=always,
        chosen=filters(query, now) if query else {},
        counts=counts,
        sort="published",
        offset=0,
        size=0,
        today=_today(now),
    )
    return engine().search(request)


def _mentioned(parsed: Parsed, visible: Node, now: dt.datetime) -> Parsed | None:
    """The occupation that no ad is of, as a word of the text. None where an ad is of it, though other conditions leave it out,
    and where so many texts have the word that it says nothing about the post."""
    found = mentioned(parsed)
    if not found or _total(parsed, visible, now):
        return None
    return found if 0 < _total(found, visible, now) <= MOST_MENTIONS else None


def _corrected(q: str, visible: Node, now: dt.datetime) -> str:
    """The words of a search that found nothing, put right: see `spelling`."""
    return spelling.corrected(q, lambda word: _total(parse(word), visible, now) > 0, now)


def _parse(query: SearchQuery) -> Parsed:
    if find_private(query.q):
        raise QueryError(_("Søket inneholder et fødselsnummer eller en e-postadresse, og er ikke utført."))
    return parse(query.q)


def _sort(query: SearchQuery, parsed: Parsed) -> str:
    # Without words every ad is as relevant as the next: the newest first, which an engine does without scores.
    return "published" if query.sort == "relevance" and parsed.empty else query.sort


def _today(now: dt.datetime) -> int:
    return day_number(now.astimezone(OSLO).date())
