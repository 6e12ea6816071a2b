"""Presenter of the results page: filters, chips and page links, from a query and the answer of the search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from django.core.paginator import Paginator
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jobsearch.search import api as search
from jobsearch.search.facets import FACETS, Choice, Facet, find_choices, get_exclusion, get_filter
from jobsearch.search.query import RecognisedEntity, remove_each_part, remove_words
from jobsearch.taxonomy.catalogue import NOT_STATED

from . import chart
from .pagination import Pages, build_page_links

SHOWN = 6  # values of a facet before "Vis alle"
FIND_FROM = 16  # a facet with as many values has a field to find one
MOST_SHOWN = 30  # values of a long facet; the others are found by typing a part of their name
MOST_OCCUPATION_GROUPS = 8  # on the front page
MAX_BROADER_SEARCHES = 8
MAX_CHIPS = 24  # each has the address of all others: 350 of them made a page of 2.3 MB


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet of the filter panel. `rest`: choices behind "show all". `chosen`: the number of chosen values."""

    name: str
    label: str | Promise
    options: Sequence[Choice]
    rest: Sequence[Choice]
    open: bool
    chosen: int
    single: bool
    """Whether one value excludes the others: radio buttons, with `any_label` first."""

    any_label: str | Promise = ""
    reset: str = ""
    """Address of the search without the chosen values, if there are any."""

    searched: bool = False
    hint: str | Promise = ""
    browse: str = ""
    """Address of the page with the values that are not counted along with the search."""

    cut: bool = False
    """Whether there are more values than are shown."""

    bars: Sequence[chart.Bar] = ()
    excluded: Sequence[Choice] = ()
    """Excluded values, as checked boxes: unticking one shows its ads again."""

    excluded_name: str = ""
    """Parameter of the excluded values."""

    @property
    def total(self) -> int:
        return len(self.options) + len(self.rest)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another search."""

    label: str
    url: str
    count: int = 0
    note: str = ""
    """Text for screen readers after the label, where it is not the usual one."""


def build_address(query: search.SearchQuery) -> str:
    """The canonical URL of a search: the same search has one URL, however its form was filled in."""
    pairs = query.urlencode()
    return _reverse_results(get_script_prefix()) + (f"?{pairs}" if pairs else "")


@cache
def _reverse_results(_prefix: str) -> str:
    """The path of the results page below the site's prefix; a page has some forty links to searches."""
    return reverse("web:results")


def build_facet_views(
    query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]] | None = None, *, chosen_first: bool = True
) -> list[FacetView]:
    """Every facet of the panel. Without counts (the engine is down) only the chosen values, so that they are not lost.

    `chosen_first`: False in an answer to a choice, because a box that has just been ticked must not move.
    """
    return [
        build_facet_view(name, query, None if counts is None else counts.get(name, {}), chosen_first=chosen_first)
        for name in FACETS
    ]


def build_facet_view(
    name: str,
    query: search.SearchQuery,
    counts: Mapping[str, int] | None,
    *,
    typed: str = "",
    whole: bool = False,
    chosen_first: bool = False,
) -> FacetView:
    """One facet: its values with ads, or those with `typed` in their label. `whole`: every value of a long facet was counted.

    In the order of their counts, and with `chosen_first` what is chosen before the others.
    """
    facet = FACETS[name]
    values = sum(map(bool, (counts or {}).values()))
    if typed and counts:
        chosen_counts = {value: counts[value] for value in facet.list_chosen(query) if value in counts}
        counts = {**facet.select_counts(counts, typed), **chosen_counts}  # chosen values stay listed, with their number of ads
    # Few values have no field to find one of the lower level.
    unfold = bool(typed) or (facet.unfolds and values < FIND_FROM)
    found = facet.list_choices(counts or {}, query, folded=not unfold)
    if counts is None:
        found = [choice for choice in found if choice.open]
    else:
        found = [choice for choice in found if choice.count or choice.open or (facet.single and choice.value != NOT_STATED)]
    if typed and not facet.long:
        found = find_choices(found, typed)
    if not facet.single:  # the days of a deadline have an order of their own
        found.sort(key=lambda choice: (chosen_first and not choice.open, choice.value == NOT_STATED, -choice.count))
    cut = False
    if facet.long:
        most = [choice for position, choice in enumerate(found) if position < MOST_SHOWN or choice.chosen]
        found, cut = most, len(most) < len(found)
    ids: set[str] = set()
    options = [_prepare_choice(facet, choice, query, ids, unfold=unfold, chosen_first=chosen_first) for choice in found]
    # The arrow keys of a single choice reach no value in a fold.
    shown = MOST_SHOWN if typed or facet.single else SHOWN
    first = [option for position, option in enumerate(options) if position < shown or option.open]
    rest = [option for position, option in enumerate(options) if position >= shown and not option.open]
    if len(rest) == 1:  # a "show all" for one value takes more space than the value
        first, rest = options, []
    exclusion = get_exclusion(name)
    excluded = _list_excluded(exclusion, query, ids) if exclusion else []
    chosen = len(facet.list_chosen(query)) + len(excluded)
    without = query.without(name)
    return FacetView(
        name,
        facet.label,
        first,
        rest,
        bool(chosen) or facet.open_at_first,
        chosen,
        facet.single,
        any_label=facet.any_label,
        reset=build_address(without.without(exclusion.name) if exclusion else without) if chosen else "",
        searched=facet.searchable and counts is not None and (facet.long or values >= FIND_FROM),
        hint=facet.hint,
        browse=_get_browse_address(name, query) if facet.long and not whole and counts is not None else "",
        cut=cut,
        bars=chart.make_bars(query, counts, build_address) if name == "published" and counts else (),
        excluded=excluded,
        excluded_name=exclusion.name if exclusion else "",
    )


def _list_excluded(exclusion: Facet, query: search.SearchQuery, ids: set[str]) -> list[Choice]:
    """The excluded values of a facet, without counts: no ad of the result has one."""
    choices = (Choice(value, exclusion.label_value(value), 0, True) for value in exclusion.list_chosen(query))
    return [_prepare_choice(exclusion, choice, query, ids) for choice in choices]


def _get_browse_address(name: str, query: search.SearchQuery) -> str:
    pairs = query.urlencode(page=False)
    return reverse("web:facet", args=[name]) + (f"?{pairs}" if pairs else "")


def _prepare_choice(
    facet: Facet,
    choice: Choice,
    query: search.SearchQuery,
    ids: set[str],
    *,
    unfold: bool = False,
    chosen_first: bool = False,
) -> Choice:
    """The choice with its id, with only the children to show, and with the address of the search for the whole value.

    The children are in the order of their counts, as their parents are; those with the same count in that of their labels.
    """
    # Of a long facet a different part is shown each time, so an id may not depend on the choices before it.
    readable = re.sub(r"\W+", "-", f"{facet.name}-{choice.value}".lower())
    slug = f"{facet.name}-{crc32(choice.value.encode()):x}" if facet.long else readable
    while slug in ids:
        slug += "-"
    ids.add(slug)
    children: tuple[Choice, ...] = ()
    widen = ""
    if choice.open or unfold:  # else children are shown only where the whole, or one of them, is chosen
        shown = [child for child in choice.children if child.count or child.chosen]
        if [child.label for child in shown if not child.chosen] == [choice.label] and len(shown) == 1:
            shown = []  # Oslo is its own only municipality
        shown.sort(key=lambda child: (chosen_first and not child.chosen, -child.count))
        children = tuple(_prepare_choice(facet, child, query, ids) for child in shown)
        if choice.open and not choice.chosen:
            widen = build_address(query.with_value(facet.name, choice.value))
    return Choice(choice.value, choice.label, choice.count, choice.chosen, children, slug, widen)


def list_chips(query: search.SearchQuery) -> list[Link]:
    """The first `MAX_CHIPS` chosen values, each as a link to the search without it."""
    found = [Link(_quote(query.q), build_address(query.without("q")))] if query.q else []
    shown = query.chosen[:MAX_CHIPS]
    return found + [
        Link(get_filter(facet).label_chip(value), build_address(query.without(facet, value))) for facet, value in shown
    ]


def count_other_chips(query: search.SearchQuery) -> int:
    """The number of chosen values without a chip; the panel of filters has them."""
    return max(0, len(query.chosen) - MAX_CHIPS)


def list_occupation_groups(query: search.SearchQuery, facets: Iterable[FacetView]) -> list[Link]:
    """The largest groups of occupations, for the front page."""
    choices = [one for facet in facets if facet.name == "occupation" for one in (*facet.options, *facet.rest)]
    largest = sorted((one for one in choices if one.count and one.value != NOT_STATED), key=lambda one: -one.count)
    return [
        Link(one.label, build_address(query.with_value("occupation", one.value)), one.count)
        for one in largest[:MOST_OCCUPATION_GROUPS]
    ]


def list_sorts(query: search.SearchQuery) -> list[tuple[str, str]]:
    """The orders to choose, as (value, label).

    Without words the default order is that of the newest ads, under one name: in it the value of what was chosen, so that words
    that are added are ranked unless the newest were chosen first.
    """
    newest, deadline = ("published", _("Nyeste")), ("deadline", _("Frist først"))
    if not query.compiled.parsed.empty:
        return [("relevance", _("Mest relevante")), newest, deadline]
    return [newest if query.sort == "published" else ("relevance", newest[1]), deadline]


def is_newest_first(query: search.SearchQuery) -> bool:
    """Whether the list begins with the newest ads; without words it does in the default order too."""
    return query.sort == "published" or (query.sort == "relevance" and query.compiled.parsed.empty)


QUICK = (("extent", "Deltid"), ("extent", "Heltid"), ("engagement", "Fast"), ("deadline", "7"), ("published", "3"))


def list_quick_filters(query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]], total: int) -> list[Link]:
    """Frequent filters to choose with one press, those that are not chosen and exclude some of the hits."""
    return [
        Link(get_filter(facet).label_chip(value), build_address(query.with_value(facet, value)))
        for facet, value in QUICK
        if not get_filter(facet).list_chosen(query) and 0 < counts.get(facet, {}).get(value, 0) < total
    ]


def list_recognised_chips(query: search.SearchQuery, recognised: Iterable[RecognisedEntity]) -> list[Link]:
    """Words of the query that are also a facet's value, each as a link to the search without it.

    Shown with the facet's label, but as typed where they mean several values ("Sørlandet").
    """
    values: dict[tuple[str, str], list[str]] = {}
    for one in recognised:
        values.setdefault((one.words, one.facet), []).append(one.value)
    found = []
    for (typed, name), meant in values.items():
        facet, rest = FACETS[name], remove_words(query.q, typed)
        if rest != query.q:
            note = _(", %(facet)s i søket, fjern") % {"facet": str(facet.label).lower()}
            label = facet.label_value(meant[0]) if len(meant) == 1 else typed
            found.append(Link(label, build_address(query.replace(q=rest)), note=note))
    return found


def list_new_filters(query: search.SearchQuery, narrowed: search.SearchQuery) -> str:
    """The labels of what is chosen in `narrowed` and not in `query`, for a sentence; as chosen in both where nothing is new."""
    new = [pair for pair in narrowed.chosen if pair not in query.chosen] or narrowed.chosen
    return ", ".join(_quote(get_filter(facet).label_chip(value)) for facet, value in new)


def list_broader_searches(query: search.SearchQuery) -> list[Link]:
    """For a page without hits: searches with one condition less and their totals, the largest first.

    Those without hits are left out. A query of several words is offered without each of them, and last without all of them.
    """
    removed = remove_each_part(query.q, query.compiled.parsed.dropped)
    parts = [(_quote(part), query.replace(q=rest)) for part, rest in removed if rest]
    chosen = query.chosen[:MAX_BROADER_SEARCHES]
    steps = parts + [(get_filter(facet).label_removal(value), query.without(facet, value)) for facet, value in chosen]
    steps = steps[: MAX_BROADER_SEARCHES - 1] + ([(_("søkeordene"), query.without("q"))] if query.q else [])
    counts = search.count_many([(other, None) for _label, other in steps])
    found = [Link(label, build_address(other), counted.total) for (label, other), counted in zip(steps, counts, strict=True)]
    last = found.pop() if parts else None
    ordered = sorted(found, key=lambda link: -link.count) + ([last] if last else [])
    return [link for link in ordered if link.count]


def describe_left_out(words: Sequence[str]) -> str:
    """The sentence above hits without some words of the query; "" where none were left out."""
    if not words:
        return ""
    return _("Ingen treff med %(words)s. Vi viser treff uten.") % {"words": ", ".join(map(_quote, words))}


def _quote(words: str) -> str:
    return _("«%(words)s»") % {"words": words}


def build_pages(query: search.SearchQuery, total: int) -> Pages:
    """Links to the pages of the list."""
    page = paginate(query, total).get_page(query.page)
    return build_page_links(page, lambda number: build_address(query.replace(page=number)))


def find_last_page(query: search.SearchQuery, problems: Iterable[search.Problem], total: int) -> str:
    """Address of the list's last page where the requested page does not exist, else "".

    Every list redirects so: an ad that ends can remove the last page while it is being read. A page's list is never shown at
    the address of another page.
    """
    last = paginate(query, total).num_pages
    too_deep = any(problem.code == "too_deep" for problem in problems)
    if not too_deep and (query.page <= last or not total):  # a list without hits is as empty on any page
        return ""
    return build_address(query.replace(page=last))


def is_cut(query: search.SearchQuery, total: int) -> bool:
    """Whether this is the last page that can be requested although there are more hits."""
    return query.page == query.deepest_page and total > query.page * query.size


def paginate(query: search.SearchQuery, total: int) -> Paginator[int]:
    """The pages that can be requested; hits beyond them are reached by a narrower search."""
    return Paginator(range(min(total, query.deepest_page * query.size)), query.size)
