"""Queries of the statistics: ads per week, the largest places and occupations, employers, and how long ads are open.

Each is an index lookup, or reads a range of a covering index: none depends on the length of the history.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import QuerySet, Sum

from jobsearch.taxonomy import occupations, places
from jobsearch.vacancies.visibility import get_oslo_date

from . import dimensions
from .counting import get_monday
from .employers import YEAR
from .models import CountedDay, CountingState, Employer, WeeklyCount

WEEKS = YEAR // dt.timedelta(weeks=1)
TOP = 10
MAX_CELLS = 100
"""Combinations of chosen values that are added up. Fifty values of each would be 125,000 rows a week."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Part of the market: the chosen values of each dimension, none for all. Added up: an ad with two of them counts twice."""

    occupation: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not (self.occupation or self.place or self.sector)

    @property
    def is_too_wide(self) -> bool:
        """Whether more values are chosen than are added up."""
        return max(1, len(self.occupation)) * max(1, len(self.place)) * max(1, len(self.sector)) > MAX_CELLS

    def get_numbers(self, dimension: str) -> list[int]:
        """The numbers of a dimension's rows; an unknown value has a number without rows."""
        values: tuple[str, ...] = getattr(self, dimension)
        return [dimensions.get_number(dimension, value) for value in values] or [dimensions.ALL]

    def list_unknown(self) -> list[tuple[str, str]]:
        """The chosen values by which ads are not counted, each with its dimension."""
        return [
            (dimension, value)
            for dimension in dimensions.DIMENSIONS
            for value in getattr(self, dimension)
            if not dimensions.is_known(dimension, value)
        ]


@dataclass(slots=True)
class Week:
    """Ads of one week. `before`: published in the same week a year before (52 weeks, so that both begin on a Monday)."""

    monday: dt.date
    new: int = 0
    closed: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """The last 52 weeks, the current one included, with those of the year before."""

    weeks: list[Week]
    days_open: Counter[int]
    """Of the ads closed in these weeks: days that they were open -> number of ads."""

    complete_from: dt.date | None
    """The first Monday whose ads are all counted; None if none are counted. Before it, ads are missing that had ended already."""

    @property
    def new(self) -> int:
        return sum(week.new for week in self.weeks)

    @property
    def before(self) -> int:
        return sum(week.before for week in self.weeks)

    @property
    def median_days_open(self) -> float | None:
        return compute_median(self.days_open)

    @property
    def is_counted(self) -> bool:
        """Whether counting has begun: before that, a number is not known, and not 0."""
        return self.complete_from is not None

    @property
    def is_partial(self) -> bool:
        return self.complete_from is None or self.complete_from > self.weeks[0].monday

    @property
    def is_comparable(self) -> bool:
        """Whether the weeks of the year before are complete."""
        return self.complete_from is not None and self.complete_from <= self.weeks[0].monday - YEAR

    @property
    def is_empty(self) -> bool:
        return not any(week.new or week.before or week.closed for week in self.weeks)


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a dimension with its published ads of the year, and of the year before."""

    value: str
    new: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class Employers:
    """Employers in the order of their published ads, of their growth, and those that have stopped."""

    largest: list[Employer] = field(default_factory=list)
    growing: list[Employer] = field(default_factory=list)
    stopped: list[Employer] = field(default_factory=list)
    is_active_known: bool = False
    """Whether the active ads of a day are counted: not before the first night."""


def read_series(selection: Selection, today: dt.date) -> Series:
    """The weeks of a part of the market: one query by the unique index, and one of the state."""
    current = get_monday(today)
    mondays = [current - dt.timedelta(weeks=ago) for ago in range(WEEKS - 1, -1, -1)]
    weeks = {monday: Week(monday) for monday in mondays}
    days_open: Counter[int] = Counter()
    if not selection.is_too_wide:
        rows = _filter_cells(selection, dimensions.DIMENSIONS).filter(week__range=(mondays[0] - YEAR, current))
        for monday, new, closed, days in rows.values_list("week", "new", "closed", "days_open"):
            if week := weeks.get(monday):
                week.new += new
                week.closed += closed
                days_open.update({int(number): ads for number, ads in days.items()})
            else:
                weeks[monday + YEAR].before += new
    return Series(list(weeks.values()), days_open, find_complete_monday())


def find_complete_monday() -> dt.date | None:
    """The first Monday whose week is counted from its first day."""
    started = CountingState.objects.filter(id=1).values_list("started", flat=True).first()
    if started is None:
        return None
    day = get_oslo_date(started)
    return day + dt.timedelta(days=7 - day.weekday())


def read_largest(selection: Selection, dimension: str, today: dt.date, limit: int | None = TOP) -> list[Part]:
    """The values of "place" or "occupation" with the most published ads of the last 52 weeks.

    Municipalities and occupations of level 2; within the county or group that is chosen, or to which what is chosen belongs.
    """
    if selection.is_too_wide:
        return []
    first = get_monday(today) - YEAR + dt.timedelta(weeks=1)
    others = [one for one in dimensions.DIMENSIONS if one != dimension]
    counted = {dimensions.get_number(dimension, value): value for value in _list_parts(dimension, getattr(selection, dimension))}
    found: dict[bool, defaultdict[str, int]] = {False: defaultdict(int), True: defaultdict(int)}
    for is_before in (False, True):
        start = first - YEAR if is_before else first
        rows = _filter_cells(selection, others).filter(week__range=(start, start + YEAR - dt.timedelta(weeks=1)), new__gt=0)
        for number, new in rows.order_by().values_list(dimension).annotate(total=Sum("new")):
            if number in counted:
                found[is_before][counted[number]] += new
    parts = [Part(value, new, found[True][value]) for value, new in found[False].items()]
    return sorted(parts, key=lambda part: (-part.new, part.value))[:limit]


def _list_parts(dimension: str, chosen: Collection[str]) -> list[str]:
    """The municipalities or occupations among which the largest are looked for."""
    get_parent = places.get_parent if dimension == "place" else occupations.get_parent
    groups = {get_parent(value) or value for value in chosen}
    parents = {value: get_parent(value) for value in dimensions.list_values(dimension)}
    return [value for value, parent in parents.items() if parent and (not groups or parent in groups)]


def _filter_cells(selection: Selection, names: Collection[str]) -> QuerySet[WeeklyCount]:
    filters = {f"{name}__in": selection.get_numbers(name) for name in names}
    return WeeklyCount.objects.filter(**filters)


def read_employers(limit: int = TOP) -> Employers:
    """The employers of the whole market: three lookups in the order of an index."""
    rows = Employer.objects.order_by("orgnr")
    return Employers(
        list(rows.filter(new_year__gt=0).order_by("-new_year", "orgnr")[:limit]),
        list(rows.filter(growth__gt=0).order_by("-growth", "orgnr")[:limit]),
        list(rows.filter(new_quarter=0, active=0, new_quarter_before__gt=0).order_by("-new_quarter_before", "orgnr")[:limit]),
        CountedDay.objects.exists(),
    )


def compute_median(counted: Counter[int]) -> float | None:
    """The median of numbers with their frequencies; None for none. Of an even count, the mean of the two in the middle."""
    total = counted.total()
    if not total:
        return None
    positions = ((total - 1) // 2, total // 2)
    found: list[int] = []
    passed = 0
    for number in sorted(counted):
        passed += counted[number]
        found += [number for position in positions[len(found) :] if position < passed]
    return sum(found) / 2
