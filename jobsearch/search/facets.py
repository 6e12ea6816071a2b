"""One object per facet with its four answers: its values and their labels, its filter, what to count, how to read counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobsearch.vacancies import catalogue, occupations, places
from jobsearch.vacancies.visibility import OSLO

from . import known
from .engine import RangesCount, TermsCount, epoch
from .plan import Node, Range, Terms
from .query import NOT_STATED, PUBLISHED, SearchQuery


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
    """A facet over a keyword field with the facet's own name."""

    name: str
    label: str | Promise
    listed: tuple[str, ...] = ()
    """Values that are always shown, in this order; others follow by their number of ads."""

    buckets: int = 200
    """More values than the facet can have: an engine cuts silently at the number that it is told."""

    def chosen(self, query: SearchQuery) -> tuple[str, ...]:
        return getattr(query, self.name)

    def value_label(self, value: str) -> str:
        return _("Ikke oppgitt") if value == NOT_STATED else _(known.label(self.name, value))

    def filter(self, query: SearchQuery, now: dt.datetime) -> Node | None:
        values = self.chosen(query)
        return Terms(self.name, values) if values else None

    def count(self, now: dt.datetime) -> TermsCount | RangesCount:
        return TermsCount(self.name, self.buckets)

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

    def choices(self, counts: Mapping[str, int], query: SearchQuery) -> list[Choice]:
        chosen = self.chosen(query)
        under: dict[str, set[str]] = {value: set() for value in self.listed}
        for value in {*counts, *chosen} - {NOT_STATED}:
            above = known.parent(self.name, value)
            under.setdefault(above or value, set())
            if above:
                under[above].add(value)
        found = []
        for value, children in under.items():
            named = sorted(children, key=lambda child: self.value_label(child).casefold())
            found.append(self._choice(value, counts, chosen, tuple(self._choice(child, counts, chosen) for child in named)))
        if counts.get(NOT_STATED) or NOT_STATED in chosen:
            found.append(self._choice(NOT_STATED, counts, chosen))
        return found


@dataclass(frozen=True, slots=True)
class PublishedFacet(Facet):
    """Days back from today in Oslo: 1 is since midnight, 3 is today and the two days before."""

    def chosen(self, query: SearchQuery) -> tuple[str, ...]:
        return (str(query.published),) if query.published else ()

    def value_label(self, value: str) -> str:
        return {"1": _("I dag"), "3": _("Siste 3 dager"), "7": _("Siste 7 dager")}.get(value, value)

    def filter(self, query: SearchQuery, now: dt.datetime) -> Node | None:
        return Range("published", least=epoch(since(query.published, now))) if query.published else None

    def count(self, now: dt.datetime) -> RangesCount:
        return RangesCount("published", tuple(epoch(since(days, now)) for days in sorted(PUBLISHED, reverse=True)))

    def read(self, raw: Mapping[str, int]) -> dict[str, int]:
        # The engine counts disjoint ranges, the oldest first; "last 7 days" holds "last 3 days" holds "today".
        total, found = 0, {}
        for days, edge in zip(sorted(PUBLISHED), sorted(raw, key=int, reverse=True), strict=False):
            total += raw[edge]
            found[str(days)] = total
        return found

    def choices(self, counts: Mapping[str, int], query: SearchQuery) -> list[Choice]:
        return [self._choice(str(days), counts, self.chosen(query)) for days in PUBLISHED]


def since(days: int, now: dt.datetime) -> dt.datetime:
    """Midnight in Oslo that begins the first of so many days, today being the last."""
    today = now.astimezone(OSLO).date()
    return dt.datetime.combine(today - dt.timedelta(days=days - 1), dt.time(), tzinfo=OSLO)


FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        TreeFacet("place", gettext_lazy("Sted"), (*catalogue.COUNTIES, places.ABROAD), 1500),
        TreeFacet("occupation", gettext_lazy("Yrke"), tuple(occupations.PATHS), 1000),
        Facet("engagement", gettext_lazy("Ansettelsesform"), known.ENGAGEMENTS),
        Facet("extent", gettext_lazy("Omfang"), known.EXTENTS),
        Facet("sector", gettext_lazy("Sektor"), known.SECTORS),
        PublishedFacet("published", gettext_lazy("Publisert")),
    )
}


def filters(query: SearchQuery, now: dt.datetime) -> dict[str, Node]:
    """The chosen facets' filters."""
    found = {name: facet.filter(query, now) for name, facet in FACETS.items()}
    return {name: node for name, node in found.items() if node is not None}
