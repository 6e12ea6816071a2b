"""What the results page shows around its ads: made from a query and the search's answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jobsearch.search import api as search
from jobsearch.search.api import NOT_STATED, distance

from . import chart
from .pagination import Pages, build_page_links

SHOWN = 8  # values of a facet before "Vis alle"
MOST_SHOWN = 30  # values of a long facet; the others are found by typing a part of their name
OPEN_AT_FIRST = ("place", "occupation")
SEARCHED = ("place", "occupation", "employer")  # facets with a field to type a part of a value's name into
MOST_DROPS = 8  # suggestions on an empty page


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

    any_label: str = ""
    reset: str = ""
    """Where the search leads without any of the chosen values, if there are any."""

    searched: bool = False
    browse: str = ""
    """Where the values that are not counted along with the search can be seen."""

    cut: bool = False
    """Whether there are more values than are shown."""

    bars: Sequence[chart.Bar] = ()

    @property
    def total(self) -> int:
        return len(self.options) + len(self.rest)


@dataclass(frozen=True, slots=True)
class Link:
    """Something to press that leads to another search."""

    label: str
    url: str
    count: int = 0
    note: str = ""
    """What a screen reader says after the label, where that is not the usual."""


def address(query: search.SearchQuery) -> str:
    """The canonical address of a search: the same search has one address, whatever form it was asked in."""
    pairs = query.urlencode()
    return reverse("web:results") + (f"?{pairs}" if pairs else "")


def facet_views(query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]] | None = None) -> list[FacetView]:
    """Every facet as the form shows it. Without counts (the engine is down) only what is chosen, so that it is not lost."""
    return [facet_view(name, query, None if counts is None else counts.get(name, {})) for name in search.FACETS]


def facet_view(
    name: str, query: search.SearchQuery, counts: Mapping[str, int] | None, *, typed: str = "", whole: bool = False
) -> FacetView:
    """One facet: its values with ads, or those with `typed` in their name. `whole`: all of a long facet has been counted."""
    facet = search.FACETS[name]
    found = facet.choices(counts or {}, query)
    if counts is None:
        found = [choice for choice in found if choice.open]
    else:
        found = [choice for choice in found if choice.count or choice.open or (facet.single and choice.value != NOT_STATED)]
    if typed:
        found = search.narrow(found, typed)
    ids: set[str] = set()
    options = [_option(name, choice, query, ids, unfold=bool(typed)) for choice in found]
    cut = False
    if facet.long:
        most = [option for position, option in enumerate(options) if position < MOST_SHOWN or option.chosen]
        options, cut = most, len(most) < len(options)
    shown = MOST_SHOWN if typed else SHOWN
    first = [option for position, option in enumerate(options) if position < shown or _open(option)]
    rest = [option for position, option in enumerate(options) if position >= shown and not _open(option)]
    if len(rest) == 1:  # a "show all" for one value costs more room than the value
        first, rest = options, []
    chosen = len(facet.chosen(query))
    return FacetView(
        name,
        facet.label,
        first,
        rest,
        bool(chosen) or name in OPEN_AT_FIRST,
        chosen,
        facet.single,
        any_label=_("Når som helst") if name == "published" else _("Alle frister"),
        reset=address(query.without(name)) if chosen else "",
        searched=name in SEARCHED and counts is not None,
        browse=_browse(name, query) if facet.long and not whole and counts is not None else "",
        cut=cut,
        bars=chart.bars(query, counts, address) if name == "published" and counts else (),
    )


def _browse(name: str, query: search.SearchQuery) -> str:
    pairs = query.urlencode(page=False)
    return reverse("web:facet", args=[name]) + (f"?{pairs}" if pairs else "")


def _open(option: Option) -> bool:
    return option.chosen or any(child.chosen for child in option.children)


def _option(name: str, choice: search.Choice, query: search.SearchQuery, ids: set[str], *, unfold: bool = False) -> Option:
    # Of a long facet a different part is shown each time, so an id may not depend on what stands before.
    long = search.FACETS[name].long
    slug = f"{name}-{crc32(choice.value.encode()):x}" if long else re.sub(r"\W+", "-", f"{name}-{choice.value}".lower())
    while slug in ids:
        slug += "-"
    ids.add(slug)
    children: tuple[Option, ...] = ()
    widen = ""
    if choice.open or unfold:  # parts are worth showing only where the whole, or one of them, is chosen or looked for
        shown = [child for child in choice.children if child.count or child.chosen]
        if [child.label for child in shown if not child.chosen] == [choice.label] and len(shown) == 1:
            shown = []  # Oslo is its own only municipality
        children = tuple(_option(name, child, query, ids) for child in shown)
        if choice.open and not choice.chosen:
            widen = address(query.with_value(name, choice.value))
    return Option(slug, choice.value, choice.label, choice.count, choice.chosen, children, widen)


def chips(query: search.SearchQuery) -> list[Link]:
    """What is chosen, each as the way back out of it."""
    found = [Link(_quoted(query.q), address(query.without("q")))] if query.q else []
    return found + [
        Link(search.FILTERS[facet].full_label(value), address(query.without(facet, value))) for facet, value in query.chosen
    ]


def recognised_chips(query: search.SearchQuery, recognised: Iterable[search.Recognised]) -> list[Link]:
    """Words of the search that were taken for a filter's value, each as the way back out of it: named as the filter names it,
    but as typed where several values are meant ("Sørlandet")."""
    values: dict[tuple[str, str], list[str]] = {}
    for one in recognised:
        values.setdefault((one.words, one.facet), []).append(one.value)
    found = []
    for (typed, name), meant in values.items():
        facet, rest = search.FACETS[name], search.without(query.q, typed)
        if rest != query.q:
            note = _(", %(facet)s i søket, fjern") % {"facet": str(facet.label).lower()}
            label = facet.value_label(meant[0]) if len(meant) == 1 else typed
            found.append(Link(label, address(query.replace(q=rest)), note=note))
    return found


def drops(query: search.SearchQuery) -> list[Link]:
    """For a page without hits: what each single step back would give, the most first; steps that give nothing left out.
    A search of several words is offered without each of them, and without all of them last."""
    parts = [(_quoted(part), query.replace(q=rest)) for part, rest in search.without_each(query.q) if rest]
    steps = parts + [(_left_out(query, facet, value), query.without(facet, value)) for facet, value in query.chosen]
    steps = steps[: MOST_DROPS - 1] + ([(_("søkeordene"), query.without("q"))] if query.q else [])
    counts = search.count_many([(other, None) for _label, other in steps])
    found = [Link(label, address(other), counted.total) for (label, other), counted in zip(steps, counts, strict=True)]
    last = found.pop() if parts else None
    ordered = sorted(found, key=lambda link: -link.count) + ([last] if last else [])
    return [link for link in ordered if link.count]


def _quoted(words: str) -> str:
    return _("«%(words)s»") % {"words": words}


def _left_out(query: search.SearchQuery, facet: str, value: str) -> str:
    """A filter's value as it follows the word "uten"."""
    if facet == "near" and query.near:  # a chip says "Innen 25 km fra Bergen"
        return _("grensen på %(km)s km fra %(place)s") % {"km": query.km, "place": distance.label(query.near)}
    return search.FILTERS[facet].full_label(value)


def pages(query: search.SearchQuery, total: int) -> Pages:
    page = _paginator(query, total).get_page(query.page)
    return build_page_links(page, lambda number: address(query.replace(page=number)))


def page_past_the_last(query: search.SearchQuery, problems: Iterable[search.Problem], total: int) -> str:
    """Where a page that does not exist leads: the last one of the list; "" where the page is there.

    Every list does so: an ad that ends can take the last page away while it is being read. Never is one page's list shown at
    the address of another.
    """
    last = _paginator(query, total).num_pages
    too_deep = any(problem.code == "too_deep" for problem in problems)
    if not too_deep and (query.page <= last or not total):  # a list without hits is as empty on any page
        return ""
    return address(query.replace(page=last))


def is_cut(query: search.SearchQuery, total: int) -> bool:
    """Whether this is the last page that can be asked for, though there are more hits."""
    return query.page == query.deepest_page and total > query.page * query.size


def _paginator(query: search.SearchQuery, total: int) -> Paginator[int]:
    """The pages that can be asked for; what lies deeper is reached by a narrower search."""
    return Paginator(range(min(total, query.deepest_page * query.size)), query.size)
