"""What the results page shows: made from a query and the search's answer, with the rows of the record.

The search says which ads; the record says what may be shown of them, at the moment of reading. A late index can so make a
page shorter than it should be, never show an ad that is no longer active.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jobsearch import search
from jobsearch.search.query import SINGLE
from jobsearch.vacancies.models import Vacancy

SHOWN = 8  # values of a facet before "Vis alle"
OPEN_AT_FIRST = ("place", "occupation")
MOST_DROPS = 6  # suggestions on an empty page; each costs one count


@dataclass(frozen=True, slots=True)
class Option:
    """A facet value as a form control. `widen` is where "the whole county" leads while only parts of it are chosen."""

    id: str
    value: str
    label: str
    count: int
    chosen: bool
    children: tuple[Option, ...] = ()
    widen: str = ""


@dataclass(frozen=True, slots=True)
class FacetView:
    name: str
    label: str | Promise
    options: Sequence[Option]
    rest: Sequence[Option]
    open: bool
    chosen: int
    single: bool
    """Whether one value excludes the others: radio buttons with an "any" in front."""

    @property
    def total(self) -> int:
        return len(self.options) + len(self.rest)


@dataclass(frozen=True, slots=True)
class Link:
    """Something to press that leads to another search."""

    label: str
    url: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Pages:
    number: int
    last: int
    previous: str
    next: str
    links: Sequence[tuple[int, str]] = field(default_factory=tuple)
    """Number and address; a number of 0 stands for those left out."""


def address(query: search.SearchQuery) -> str:
    """The canonical address of a search: the same search has one address, whatever form it was asked in."""
    pairs = query.urlencode()
    return reverse("web:results") + (f"?{pairs}" if pairs else "")


def rows(uuids: Iterable[UUID]) -> list[Vacancy]:
    """The active ads among these, in this order, ready for a card."""
    wanted = list(uuids)
    found = Vacancy.objects.active().filter(uuid__in=wanted).defer("raw", "description", "employer_description")
    by_uuid = {vacancy.uuid: vacancy for vacancy in found.prefetch_related("locations")}
    return [by_uuid[uuid] for uuid in wanted if uuid in by_uuid]


def facet_views(query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]] | None = None) -> list[FacetView]:
    """Every facet as the form shows it. Without counts (the engine is down) only what is chosen, so that it is not lost."""
    views = []
    for name, facet in search.FACETS.items():
        found = facet.choices((counts or {}).get(name, {}), query)
        if counts is None:
            found = [choice for choice in found if choice.open]
        else:
            found = [choice for choice in found if choice.count or choice.open or name in SINGLE]
        ids: set[str] = set()
        options = [_option(name, choice, query, ids) for choice in found]
        first = [option for position, option in enumerate(options) if position < SHOWN or _open(option)]
        rest = [option for position, option in enumerate(options) if position >= SHOWN and not _open(option)]
        if len(rest) == 1:  # a "show all" for one value costs more room than the value
            first, rest = options, []
        chosen = len(facet.chosen(query))
        views.append(
            FacetView(name, facet.label, first, rest, bool(chosen) or name in OPEN_AT_FIRST, chosen, single=name in SINGLE)
        )
    return views


def _open(option: Option) -> bool:
    return option.chosen or any(child.chosen for child in option.children)


def _option(name: str, choice: search.Choice, query: search.SearchQuery, ids: set[str]) -> Option:
    slug = re.sub(r"\W+", "-", f"{name}-{choice.value}".lower())
    while slug in ids:
        slug += "-"
    ids.add(slug)
    children: tuple[Option, ...] = ()
    widen = ""
    if choice.open:  # parts are worth showing only where the whole, or one of them, is chosen
        shown = [child for child in choice.children if child.count or child.chosen]
        if [child.label for child in shown if not child.chosen] == [choice.label] and len(shown) == 1:
            shown = []  # Oslo is its own only municipality
        children = tuple(_option(name, child, query, ids) for child in shown)
        if not choice.chosen:
            widen = address(query.with_value(name, choice.value))
    return Option(slug, choice.value, choice.label, choice.count, choice.chosen, children, widen)


def chips(query: search.SearchQuery) -> list[Link]:
    """What is chosen, each as the way back out of it."""
    found = [Link(f"«{query.q}»", address(query.without("q")))] if query.q else []
    return found + [
        Link(search.FACETS[facet].value_label(value), address(query.without(facet, value))) for facet, value in query.chosen
    ]


def drops(query: search.SearchQuery) -> list[Link]:
    """For a page without hits: what each single step back would give, the most first; steps that give nothing left out."""
    steps = [(_("søkeordene"), query.without("q"))] if query.q else []
    for facet, value in query.chosen:
        steps.append((search.FACETS[facet].value_label(value), query.without(facet, value)))
    found = [Link(label, address(other), search.count(other)) for label, other in steps[:MOST_DROPS]]
    return sorted((link for link in found if link.count), key=lambda link: -link.count)


def pages(query: search.SearchQuery, total: int) -> Pages:
    last = last_page(query, total)
    near = {1, last, *range(query.page - 1, query.page + 2)} & set(range(1, last + 1))
    links: list[tuple[int, str]] = []
    before = 0
    for number in sorted(near):
        if number > before + 1:
            links.append((0, ""))
        links.append((number, address(query.replace(page=number))))
        before = number
    return Pages(
        number=query.page,
        last=last,
        previous=address(query.replace(page=query.page - 1)) if query.page > 1 else "",
        next=address(query.replace(page=query.page + 1)) if query.page < last else "",
        links=links,
    )


def last_page(query: search.SearchQuery, total: int) -> int:
    """The last page that can be asked for; what lies deeper is reached by a narrower search."""
    return max(1, min(-(-total // query.size), query.deepest_page))
