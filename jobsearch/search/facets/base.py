"""One object per facet with its four answers: its values and their labels, its filter, what to count, how to read counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jobsearch.search.analysis.folding import sketch
from jobsearch.search.conditions import Node, Range, Terms
from jobsearch.search.engines.base import RangesCount, TermsCount, epoch
from jobsearch.search.indexing.documents import DUE_SOON, DUE_UNKNOWN, day_number
from jobsearch.search.search_query import DEADLINES, NOT_STATED, PUBLISHED, SearchQuery, published_value
from jobsearch.taxonomy import catalogue, labels, occupations, places
from jobsearch.vacancies.visibility import OSLO

from . import distance, employers
from . import values as known

CHART_DAYS = 14
MOST_EMPLOYERS = 60_000
"""OpenSearch refuses an answer of 65,536 buckets; a feed of ten thousand ads has some thousand employers."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as a form shows it. `open`: it or one of its children is chosen, so the children are worth showing."""

    value: str
    label: str
    count: int
    chosen: bool
    children: tuple[Choice, ...] = ()

    @property
    def open(self) -> bool:
        return self.chosen or any(child.chosen for child in self.children)


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet over a keyword field, of the facet's own name unless told."""

    single: ClassVar[bool] = False
    """Whether a value excludes the others."""

    name: str
    label: str | Promise
    listed: tuple[str, ...] = ()
    """Values that are always shown, in this order; others follow by their number of ads."""

    buckets: int = 200
    """More values than the facet can have: an engine cuts silently at the number that it is told."""

    field: str = ""
    long: bool = False
    """Has so many values that only the chosen ones are counted along with a search, the others by `facet_counts`."""

    def chosen(self, query: SearchQuery) -> tuple[str, ...]:
        return getattr(query, self.name)

    def value_label(self, value: str) -> str:
        """The value as the facet's own list names it."""
        label = known.label(self.name, value)
        # An employer may be called Restaurant; that is a name, and not the occupation.
        return label if self.name == "employer" and value != NOT_STATED else labels.translate_value(label)

    def full_label(self, value: str) -> str:
        """The value as it is named where the facet is not: among the chosen ones of others."""
        if value == NOT_STATED:
            return _("%(facet)s ikke oppgitt") % {"facet": self.label}
        return self.value_label(value)

    def filter(self, query: SearchQuery, now: dt.datetime) -> Node | None:
        values = self.chosen(query)
        return Terms(self.field or self.name, values) if values else None

    def count(self, query: SearchQuery, now: dt.datetime) -> TermsCount | RangesCount | None:
        """What to count along with this search."""
        chosen = self.chosen(query)
        if self.long:
            return TermsCount(self.field or self.name, len(chosen), chosen) if chosen else None
        return self.count_all(query, now)

    def count_all(self, query: SearchQuery, now: dt.datetime) -> TermsCount | RangesCount:
        return TermsCount(self.field or self.name, self.buckets)

    def read(self, raw: Mapping[str, int]) -> dict[str, int]:
        """Value -> ads, from what the engine counted."""
        return dict(raw)

    def choices(self, counts: Mapping[str, int], query: SearchQuery) -> list[Choice]:
        """The facet's values for a form; chosen ones are there even without ads."""
        chosen = self.chosen(query)
        others = sorted({*counts, *chosen} - {*self.listed, NOT_STATED}, key=lambda value: (-counts.get(value, 0), value))
        values = [*self.listed, *others]
        if counts.get(NOT_STATED) or NOT_STATED in chosen:
            values.append(NOT_STATED)
        return [self._choice(value, counts, chosen) for value in values]

    def _choice(
        self, value: str, counts: Mapping[str, int], chosen: tuple[str, ...], children: tuple[Choice, ...] = ()
    ) -> Choice:
        return Choice(value, self.value_label(value), counts.get(value, 0), value in chosen, children)


@dataclass(frozen=True, slots=True)
class TreeFacet(Facet):
    """Paths in two levels. An ad carries its path and the path above it, so a level is counted like any other value."""

    last: frozenset[str] | None = None
    """Given: the upper level is ordered by its names in the reader's language, with these at the end. None: as listed."""

    def choices(self, counts: Mapping[str, int], query: SearchQuery) -> list[Choice]:
        chosen = self.chosen(query)
        under: dict[str, set[str]] = {value: set() for value in self.listed}
        for value in {*counts, *chosen} - {NOT_STATED}:
            above = known.parent(self.name, value)
            under.setdefault(above or value, set())
            if above:
                under[above].add(value)
        found = []
        for value, children in self._ordered(under):
            named = sorted(children, key=lambda child: labels.build_sort_key(self.value_label(child)))
            found.append(self._choice(value, counts, chosen, tuple(self._choice(child, counts, chosen) for child in named)))
        if counts.get(NOT_STATED) or NOT_STATED in chosen:
            found.append(self._choice(NOT_STATED, counts, chosen))
        return found

    def _ordered(self, under: Mapping[str, set[str]]) -> Iterable[tuple[str, set[str]]]:
        last = self.last
        if last is None:
            return under.items()
        return sorted(under.items(), key=lambda item: (item[0] in last, labels.build_sort_key(self.value_label(item[0]))))


@dataclass(frozen=True, slots=True)
class EmployerFacet(Facet):
    """Values are names; the index holds organisation numbers, so that one employer is one value however it is spelled."""

    def filter(self, query: SearchQuery, now: dt.datetime) -> Node | None:
        return Terms(self.field, employers.find_keys(query.employer)) if query.employer else None

    def count(self, query: SearchQuery, now: dt.datetime) -> TermsCount | RangesCount | None:
        keys = employers.find_keys(query.employer)
        return TermsCount(self.field, len(keys), keys) if keys else None

    def read(self, raw: Mapping[str, int]) -> dict[str, int]:
        return employers.merge_counts(raw)


@dataclass(frozen=True, slots=True)
class SingleFacet(Facet):
    """A facet over a number, of which one value at most is chosen."""

    single: ClassVar[bool] = True

    def chosen(self, query: SearchQuery) -> tuple[str, ...]:
        value = getattr(query, self.name)
        return (str(value),) if value else ()

    def choices(self, counts: Mapping[str, int], query: SearchQuery) -> list[Choice]:
        chosen = self.chosen(query)
        others = [value for value in chosen if value not in self.listed]
        return [self._choice(value, counts, chosen) for value in (*self.listed, *others)]


@dataclass(frozen=True, slots=True)
class DeadlineFacet(SingleFacet):
    """Days from today in Oslo, today counted: a deadline within 3 days is today, tomorrow or the day after. What is past is
    within no number of days."""

    def value_label(self, value: str) -> str:
        if value == "asap":
            return _("Snarest")
        if value not in DEADLINES:
            return _quoted(value)
        return _("Ikke oppgitt") if value == NOT_STATED else _("Innen %(n)s dager") % {"n": value}

    def full_label(self, value: str) -> str:
        if value == "asap":
            return _("Frist snarest")
        if value not in DEADLINES:
            return f"{self.label} {_quoted(value)}"
        return _("Frist ikke oppgitt") if value == NOT_STATED else _("Frist innen %(n)s dager") % {"n": value}

    def filter(self, query: SearchQuery, now: dt.datetime) -> Node | None:
        if not query.deadline:
            return None
        if query.deadline == NOT_STATED:
            return Range("due", DUE_UNKNOWN, DUE_UNKNOWN + 1)
        if query.deadline == "asap":
            return Range("due", DUE_SOON, DUE_SOON + 1)
        today = day_number(_oslo(now))
        return Range("due", today, today + int(query.deadline))

    def count_all(self, query: SearchQuery, now: dt.datetime) -> RangesCount:
        today = day_number(_oslo(now))
        edges = [today, *(today + int(value) for value in DEADLINES if value.isdigit())]
        return RangesCount("due", (DUE_UNKNOWN, DUE_SOON, DUE_SOON + 1, *edges))

    def read(self, raw: Mapping[str, int]) -> dict[str, int]:
        if not raw:
            return {}
        numbers = [number for _, number in sorted(raw.items(), key=lambda pair: int(pair[0]))]
        found, total = {NOT_STATED: numbers[0], "asap": numbers[1]}, 0
        for value, number in zip((value for value in DEADLINES if value.isdigit()), numbers[3:], strict=False):
            total += number
            found[value] = total
        return found


@dataclass(frozen=True, slots=True)
class PublishedFacet(SingleFacet):
    """Days back from today in Oslo (1 is since midnight, 3 is today and the two days before), or one day of Oslo's. The last
    `CHART_DAYS` days are counted one by one, and the chosen one."""

    def value_label(self, value: str) -> str:
        day = published_value(value)
        if isinstance(day, dt.date):
            return date_format(day, pgettext("datoformat", "l j. F"))
        return {"1": _("I dag"), "3": _("Siste 3 dager"), "7": _("Siste 7 dager")}.get(value) or _quoted(value)

    def full_label(self, value: str) -> str:
        label = self.value_label(value)
        return label if value in self.listed else _("Publisert %(day)s") % {"day": label}

    def filter(self, query: SearchQuery, now: dt.datetime) -> Node | None:
        if not query.published:
            return None
        if isinstance(query.published, dt.date):
            return Range("published", _midnight(query.published), _midnight(query.published + _DAY))
        return Range("published", least=_midnight(_oslo(now) - (query.published - 1) * _DAY))

    def count_all(self, query: SearchQuery, now: dt.datetime) -> RangesCount:
        today = _oslo(now)
        days = {today - ago * _DAY for ago in range(-1, CHART_DAYS)}
        if isinstance(query.published, dt.date):
            days |= {query.published, query.published + _DAY}
        return RangesCount("published", tuple(map(_midnight, sorted(days))))

    def read(self, raw: Mapping[str, int]) -> dict[str, int]:
        """Also by day, as "2026-11-23"."""
        by_day = {dt.datetime.fromtimestamp(int(edge), OSLO).date(): number for edge, number in raw.items()}
        if not by_day:
            return {}
        today = max(by_day) - _DAY
        found = {str(days): sum(by_day.get(today - ago * _DAY, 0) for ago in range(-1, days)) for days in PUBLISHED}
        # A chosen day before the chart is the first edge. The edge after it only ends that day: its own range is not counted,
        # be it one day long (the chosen day lies just before the chart) or many.
        one_day = {min(by_day), *(today - ago * _DAY for ago in range(CHART_DAYS))}
        return found | {str(day): by_day[day] for day in sorted(one_day)}


@dataclass(frozen=True, slots=True)
class NearFilter(Facet):
    """Within so many kilometres of a place: chosen like a facet's value, as `25 VESTLAND/BERGEN`, but not counted."""

    single: ClassVar[bool] = True

    def chosen(self, query: SearchQuery) -> tuple[str, ...]:
        return (f"{query.km} {query.near}",) if query.near else ()

    def value_label(self, value: str) -> str:
        km, _blank, near = value.partition(" ")
        if not self._is_read(value):
            return _quoted(value)
        return _("Innen %(km)s km fra %(place)s") % {"km": km, "place": distance.label(near)}

    def full_label(self, value: str) -> str:
        return self.value_label(value) if self._is_read(value) else f"{self.label} {_quoted(value)}"

    @staticmethod
    def _is_read(value: str) -> bool:
        """Whether it is a distance from a known place, and not what was typed for one."""
        km, _blank, near = value.partition(" ")
        return bool(near) and km in map(str, distance.KILOMETRES)

    def filter(self, query: SearchQuery, now: dt.datetime) -> Node | None:
        return distance.condition(query.near, query.km) if query.near else None


_DAY = dt.timedelta(days=1)


def _quoted(text: str) -> str:
    return _("«%(words)s»") % {"words": text}


def _oslo(now: dt.datetime) -> dt.date:
    return now.astimezone(OSLO).date()


def _midnight(day: dt.date) -> int:
    """When the day begins in Oslo, in epoch seconds."""
    return epoch(dt.datetime.combine(day, dt.time(), tzinfo=OSLO))


FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        TreeFacet("place", gettext_lazy("Sted"), (*catalogue.COUNTIES, places.ABROAD), 1500),
        TreeFacet("occupation", gettext_lazy("Yrke"), tuple(occupations.PATHS), 1000, last=frozenset({occupations.UNKNOWN})),
        EmployerFacet("employer", gettext_lazy("Arbeidsgiver"), buckets=MOST_EMPLOYERS, field="employer_key", long=True),
        Facet("engagement", gettext_lazy("Ansettelsesform"), known.ENGAGEMENTS),
        Facet("extent", gettext_lazy("Omfang"), known.EXTENTS),
        Facet("sector", gettext_lazy("Sektor"), known.SECTORS),
        DeadlineFacet("deadline", gettext_lazy("Frist"), DEADLINES),
        PublishedFacet("published", gettext_lazy("Publisert"), tuple(map(str, PUBLISHED))),
        Facet("language", gettext_lazy("Språk i annonsen"), ("nb", "nn", "en")),
    )
}

NEAR = NearFilter("near", gettext_lazy("Avstand"))
FILTERS: dict[str, Facet] = {**FACETS, NEAR.name: NEAR}
"""All that a search can be narrowed by: the facets, and what is chosen without being counted."""


def narrow(choices: Iterable[Choice], typed: str) -> list[Choice]:
    """The choices with these letters in their names, or under which there are any; chosen ones stay. Typed without æ, ø and
    å, "alesund" is Ålesund; typed with, "ål" is not in Halden."""
    wanted = " ".join(typed.split()).casefold()

    def named(choice: Choice) -> bool:
        name = choice.label.casefold()
        return wanted in name or (wanted.isascii() and sketch(wanted) in sketch(name))

    found = []
    for choice in choices:
        parts = tuple(part for part in choice.children if part.chosen or named(part))
        if parts or choice.chosen or named(choice):
            found.append(replace(choice, children=parts))
    return found


def filters(query: SearchQuery, now: dt.datetime) -> dict[str, Node]:
    """The conditions of what is chosen."""
    found = {name: facet.filter(query, now) for name, facet in FILTERS.items()}
    if query.unreadable:
        found["unreadable"] = Terms("uuid", ())
    return {name: node for name, node in found.items() if node is not None}
