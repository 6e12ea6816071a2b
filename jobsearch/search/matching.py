"""Matching of a few ads with many searches: which of the ads each search finds, by the code of its page.

A search's page shows other interpretations of words that find nothing (a corrected spelling, for example). So the
interpretation is chosen by all ads, as the page does, and only then limited to these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.utils import timezone

from jobsearch.vacancies.models import Vacancy

from .conditions import All, Node, Range, Terms
from .engines.base import Request
from .engines.registry import engine
from .facets.employer_names import preload_names
from .gone_ads import find_gone
from .query import compiler
from .query.compiled_query import CompiledQuery
from .query.personal_data import find_personal_data
from .search_query import SearchQuery
from .service import find_other_interpretations, make_request
from .timestamps import epoch

FEW = 50  # ads that are limited to by their ids
_MOST_OTHERS = 2  # times as many ads as are given may be in their range


def match_ads(queries: Sequence[SearchQuery], ads: Mapping[UUID, dt.datetime], now: dt.datetime | None = None) -> list[set[UUID]]:
    """For each search those of the ads that it finds now. `ads`: uuid -> when the ad was first seen.

    One request to the engine; for searches that find none of the ads a second one, which counts all of their hits, and two more
    for those without any. A search that may not be run finds nothing. Raises EngineDown.
    """
    if not queries or not ads:
        return [set() for _query in queries]
    now = now or timezone.now()
    with preload_names({name for query in queries for name in query.employers}):
        return _match_ads(queries, ads, now)


def _match_ads(queries: Sequence[SearchQuery], ads: Mapping[UUID, dt.datetime], now: dt.datetime) -> list[set[UUID]]:
    visible = compiler.build_visibility_filter(now, find_gone())
    limit, most = _limit_to(ads)
    these = All((visible, limit))
    found: list[set[UUID]] = [set() for _query in queries]

    def build_request(place: int, compiled: CompiledQuery, always: Node) -> Request:
        return make_request(compiled, always, now, queries[place])

    def match_interpretations(interpretations: Sequence[tuple[int, CompiledQuery]]) -> None:
        requests = [replace(build_request(place, compiled, these), size=most) for place, compiled in interpretations]
        for (place, _compiled), hits in zip(interpretations, engine().find_many(requests), strict=True):
            found[place] = ads.keys() & hits

    typed = [(place, query.compiled) for place, query in enumerate(queries) if not find_personal_data(query.q)]
    match_interpretations(typed)
    unmatched = [(place, compiled) for place, compiled in typed if queries[place].q and not found[place]]
    totals = engine().count_hits([build_request(place, compiled, visible) for place, compiled in unmatched])
    unfound = [one for one, total in zip(unmatched, totals, strict=True) if not total]
    if not unfound:
        return found
    others = find_other_interpretations([(queries[place], compiled.parsed) for place, compiled in unfound], visible, now)
    interpretations = [
        (place, CompiledQuery(one.parsed)) for (place, _typed), ones in zip(unfound, others, strict=True) for one in ones
    ]
    totals = engine().count_hits([build_request(place, compiled, visible) for place, compiled in interpretations])
    first: dict[int, CompiledQuery] = {}
    for (place, compiled), total in zip(interpretations, totals, strict=True):
        if total:
            first.setdefault(place, compiled)
    match_interpretations(list(first.items()))
    return found


def _limit_to(ads: Mapping[UUID, dt.datetime]) -> tuple[Node, int]:
    """A condition that holds for these ads, and how many ads fulfil it at most.

    Many new ads were first seen one after the other, and a range costs an engine less than their ids: tantivy takes 8 ms for 500
    ids and 0.5 for a range. Where others were first seen in between, the condition holds for these too.
    """
    by_ids = Terms("uuid", tuple(sorted(map(str, ads)))), len(ads)
    if len(ads) <= FEW:
        return by_ids
    first, last = min(ads.values()), max(ads.values())
    within = Vacancy.objects.filter(first_seen__gte=first.replace(microsecond=0), first_seen__lt=last + dt.timedelta(seconds=1))
    number = within.count()
    if number <= _MOST_OTHERS * len(ads):
        return Range("first_seen", least=epoch(first), below=epoch(last) + 1), number
    return by_ids
