"""Daily counts of saved searches: hits, new hits and a line of the last days, of many searches in one request to the engine."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from jobsearch.vacancies.visibility import OSLO, get_oslo_date

from .conditions import RangesCount
from .engines.registry import engine
from .facets.employer_names import preload_names
from .gone_ads import find_gone
from .query import compiler
from .query.compiled_query import CompiledQuery
from .search_query import SearchQuery
from .service import count_first_interpretations, make_request
from .timestamps import epoch

_FIELD = "first_seen"


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """Counts of a search's active ads. `new`: first seen after the given moment. `days`: first seen on each day, today last."""

    total: int = 0
    new: int = 0
    days: tuple[int, ...] = ()


def count_by_day(asked: Sequence[tuple[SearchQuery, dt.datetime]], days: int) -> list[DailyCounts]:
    """The counts of several searches, each with the moment after which ads are new, for the last `days` days in Oslo.

    One request to the engine; where searches find nothing as typed, two more as in `count_many`. Raises EngineDown.
    """
    with preload_names({name for query, _since in asked for name in query.employers}):
        return _count_by_day(asked, days, timezone.now())


def _count_by_day(asked: Sequence[tuple[SearchQuery, dt.datetime]], days: int, now: dt.datetime) -> list[DailyCounts]:
    visible = compiler.build_visibility_filter(now, find_gone())
    midnights = list_midnights(now, days)

    def count_interpretations(wanted: Sequence[tuple[int, CompiledQuery]]) -> list[DailyCounts]:
        # The ads between all of these moments, so that one count gives the total, the new ones and every day.
        moments = [epoch(asked[place][1]) + 1 for place, _compiled in wanted]
        requests = [
            replace(
                make_request(compiled, visible, now, asked[place][0]),
                counts={_FIELD: RangesCount(_FIELD, tuple(sorted({0, since, *midnights})))},
            )
            for (place, compiled), since in zip(wanted, moments, strict=True)
        ]
        answers = engine().count_many(requests) if requests else []
        return [_read_counts(answer.get(_FIELD, {}), since, midnights) for answer, since in zip(answers, moments, strict=True)]

    nothing = DailyCounts(days=(0,) * days)
    return count_first_interpretations([query for query, _since in asked], visible, now, count_interpretations, nothing)


def list_midnights(now: dt.datetime, days: int) -> list[int]:
    """The beginnings of the last days in Oslo, the oldest first, in epoch seconds."""
    today = get_oslo_date(now)
    dates = [today - dt.timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    return [epoch(dt.datetime.combine(day, dt.time(), tzinfo=OSLO)) for day in dates]


def _read_counts(counts: Mapping[str, int], since: int, midnights: Sequence[int]) -> DailyCounts:
    by_edge = {int(edge): number for edge, number in counts.items()}
    by_day = [0] * len(midnights)
    for edge, number in by_edge.items():
        if number and edge >= midnights[0]:
            by_day[bisect_right(midnights, edge) - 1] += number
    new = sum(number for edge, number in by_edge.items() if edge >= since)
    return DailyCounts(sum(by_edge.values()), new, tuple(by_day))
