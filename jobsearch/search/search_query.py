"""Search query: one search as a value, parsed from URL parameters and written back in one canonical form.

The values of one facet are joined by OR, facets by AND. A saved search is `to_params()`, parsed again by `from_params()`: a page,
a mail and a feed of a search run the same search.

Parsing uses no engine, and the database only for employers' names (one query) and the postal codes of `near`. A value that no ad
has is kept and finds nothing: left out, it would turn a narrow search into a search for everything.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.utils import timezone

from jobsearch.core.pagination import parse_page_number
from jobsearch.core.text_values import clean_parameter
from jobsearch.search.analysis.folding import normalise
from jobsearch.search.parameters import Parameters, read_last
from jobsearch.search.query.compiled_query import CompiledQuery, compile_query
from jobsearch.search.query.excluded_values import split_excluded_values
from jobsearch.search.query.personal_data import find_personal_data

from .facets import get_filter, list_defaults, list_filter_parameters, list_filters
from .facets.base import VALUE_LENGTH, VALUES_PER_FACET, VALUES_READ
from .facets.employer_names import preload_names
from .facets.exclusion import PREFIX as EXCLUDED
from .hidden import NOTHING_HIDDEN, HiddenAds
from .input_errors import Problem

T = TypeVar("T")

SORTS = ("relevance", "published", "deadline")
SIZES = (25, 50, 100)  # hits on a page, the default first
Q_LENGTH = 200  # characters; the longest titles of the feed have 500, but no visitor types one
LONGEST_QUERY_STRING = 8_190  # bytes; the longest line that the web server accepts
SAVED_DIGITS = 12  # of the number of a saved search
SINCE_DAYS = 400  # how far back `since` may lie
DEEPEST_HIT = 10_000  # OpenSearch's own limit of from + size
_UNREADABLE = {"unknown", "ambiguous", "no_point", "no_table"}
_OWN = {"q", "as_typed", "sort", "size", "since", "saved", "page", "unreadable", "hidden"}


@dataclass(frozen=True, init=False)
class SearchQuery:
    """One search. `page` counts from 1, `size` is the number of hits on a page.

    `values`: parameter of a facet -> what is chosen, only where something is. Also read as `query["place"]` or
    `query.place`, which give the facet's default where nothing is chosen. What a parameter holds is described by its facet.

    `since`: a moment in seconds since 1970, or 0. Ads first seen after it come first, in date order, before the others; it
    filters nothing. `saved`: number of the saved search that this one was opened from, or 0; the page offers to update it.
    `unreadable`: (name, value) of filters with one value that cannot be read (any more): a day too long ago,
    a postal code that is in no table. A search with one finds nothing.

    `as_typed`: words of the text are searched for as words even where they name a filter; False where there is no text.

    `hidden`: what the user has hidden from their results. It is in no address, and copies keep it, so that every
    count of a page leaves out the same ads. Two searches that differ only in it are equal.
    """

    q: str
    values: Mapping[str, Any] = field(hash=False)
    as_typed: bool
    sort: str
    size: int
    since: int
    saved: int
    page: int
    unreadable: tuple[tuple[str, str], ...]
    hidden: HiddenAds = field(compare=False)

    def __init__(
        self,
        q: str = "",
        *,
        as_typed: bool = False,
        sort: str = "relevance",
        size: int = SIZES[0],
        since: int = 0,
        saved: int = 0,
        page: int = 1,
        unreadable: tuple[tuple[str, str], ...] = (),
        hidden: HiddenAds = NOTHING_HIDDEN,
        **values: Any,
    ) -> None:
        """`values`: parameters of facets, as `place=("OSLO",)`. Raises TypeError for a name that is none."""
        defaults = list_defaults()
        if unknown := values.keys() - defaults.keys():
            raise TypeError(f"no parameters of a search: {', '.join(sorted(unknown))}")
        chosen = {name: value for name, value in values.items() if value != defaults[name]}
        own = {"q": q, "values": chosen, "as_typed": as_typed and bool(q), "sort": sort, "size": size}
        own |= {"since": since, "saved": saved, "page": page, "unreadable": unreadable, "hidden": hidden}
        for name, value in own.items():
            object.__setattr__(self, name, value)

    def __getitem__(self, parameter: str) -> Any:
        """The value of a facet's parameter. Raises KeyError for a name that is none."""
        return self.values[parameter] if parameter in self.values else list_defaults()[parameter]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in list_defaults():
            raise AttributeError(name)
        return self[name]

    @classmethod
    def from_address(cls, text: str) -> tuple[SearchQuery, list[Problem]]:
        """The search of a URL's query string. Never raises, whatever the text, and reads no more of it than a page would."""
        if len(text) > LONGEST_QUERY_STRING:
            return cls(), [Problem("q", "", "too_long", blocks=True)]
        try:
            params = QueryDict(text)
        except (TooManyFieldsSent, ValueError):  # more than 1,000 names; bytes that are not text
            return cls(), [Problem("q", "", "too_long", blocks=True)]
        return cls.from_params(params)

    @classmethod
    def from_params(cls, params: Parameters) -> tuple[SearchQuery, list[Problem]]:
        """The search that the parameters describe, and the parts of them that could not be used. Never raises.

        A query text with a national identity number or an e-mail address is not kept: that problem `blocks`, and the page
        must not show results for it.
        """
        problems: list[Problem] = []
        values: dict[str, Any] = {"q": _parse_q(read_last(params, "q"), problems)}
        for facet in list_filters():
            values |= facet.parse_parameters(params, problems)
        values["as_typed"] = _parse_as_typed(read_last(params, "as_typed"), values["q"])
        if not values["as_typed"]:
            values |= _exclude_in_words(values)
        values["unreadable"] = _list_unreadable(params, problems)
        values["since"] = _parse_since(read_last(params, "since"), problems)
        values["saved"] = _parse_saved(read_last(params, "saved"))
        values["sort"] = _parse_choice("sort", read_last(params, "sort"), SORTS, problems)
        size = _parse_choice("size", read_last(params, "size"), SIZES, problems)
        values["size"] = size
        values["page"] = _parse_page(read_last(params, "page"), DEEPEST_HIT // size, problems)
        return cls(**values), problems

    def to_params(self, *, page: bool = True) -> list[tuple[str, str]]:
        """Names and values in one fixed order, defaults left out: the same search always has the same address."""
        pairs = [("q", self.q)] if self.q else []
        unreadable = dict(self.unreadable)
        for facet, parameters in list_filter_parameters():
            if parameters.isdisjoint(self.values) and facet.name not in unreadable:
                continue  # most of them: a page has some forty addresses of searches with a few filters each
            chosen = facet.format_parameters(self)
            pairs += chosen or ([(facet.name, unreadable[facet.name])] if facet.name in unreadable else [])
        if self.as_typed:
            pairs.append(("as_typed", "1"))
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if self.size != SIZES[0]:
            pairs.append(("size", str(self.size)))
        if self.since:
            pairs.append(("since", str(self.since)))
        if self.saved:
            pairs.append(("saved", str(self.saved)))
        if page and self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def urlencode(self, *, page: bool = True) -> str:
        """`to_params` as the part of an address after `?`; "" for the search without conditions."""
        return urlencode(self.to_params(page=page))

    def replace(self, **changes: Any) -> SearchQuery:
        """A copy with these values changed; facets made canonical. Starts at page 1 unless the page is changed."""
        for facet in list_filters():
            if facet.name in changes:
                changes[facet.name] = facet.order_values(changes[facet.name])
        changes.setdefault("page", 1)
        if changes.get("q", self.q) != self.q:
            changes.setdefault("as_typed", False)
        changes.setdefault("unreadable", tuple(pair for pair in self.unreadable if pair[0] not in changes))
        copy = SearchQuery(**{**{name: getattr(self, name) for name in _OWN}, **self.values, **changes})
        if copy.q == self.q and "compiled" in self.__dict__:
            copy.__dict__["compiled"] = self.compiled
        return copy

    def without_hidden(self, hidden: HiddenAds) -> SearchQuery:
        """The same page of the search, without what a user has hidden."""
        return self.replace(hidden=hidden, page=self.page, unreadable=self.unreadable) if hidden != self.hidden else self

    def with_value(self, facet: str, value: str | int) -> SearchQuery:
        """The search with this value chosen too; a child replaces its chosen parent, a parent its chosen children."""
        return self.replace(**get_filter(facet).add_value(self, str(value)))

    def without(self, facet: str, value: str | int | None = None) -> SearchQuery:
        """The search without this value, or without any value of the facet (`q` included)."""
        return self.replace(**({"q": ""} if facet == "q" else get_filter(facet).remove_value(self, value)))

    @property
    def employers(self) -> tuple[str, ...]:
        """The names of chosen and excluded employers, which are looked up in the database."""
        return (*self["employer"], *self["not_employer"])

    @cached_property
    def compiled(self) -> CompiledQuery:
        """The query text, parsed and compiled; computed once, and kept by copies with the same text."""
        return compile_query(self.q)

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Every chosen facet value, as the chips show them: (facet, value)."""
        pairs = [(facet.name, value) for facet in list_filters() if facet.counted for value in facet.list_chosen(self)]
        pairs += self.unreadable
        return pairs + [(facet.name, value) for facet in list_filters() if not facet.counted for value in facet.list_chosen(self)]

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def deepest_page(self) -> int:
        """The last page that can be requested, however many hits there are."""
        return DEEPEST_HIT // self.size


def read_addresses(texts: Sequence[str]) -> list[tuple[SearchQuery, list[Problem]]]:
    """`from_address` of each, with one query for the employers of all."""
    found: list[QueryDict] = []
    for text in texts:
        with contextlib.suppress(TooManyFieldsSent, ValueError):  # `from_address` reports it
            found.append(QueryDict(text[:LONGEST_QUERY_STRING]))
    with preload_employers(*found):
        return [SearchQuery.from_address(text) for text in texts]


def preload_employers(*params: QueryDict) -> AbstractContextManager[None]:
    """Reads the employers of these parameters once for everything inside the block.

    A search by an employer needs them when its address is read, its conditions are built and its hits are counted.
    """
    names = ("employer", "not_employer")
    values = [value for one in params for name in names for value in one.getlist(name)[:VALUES_READ]]
    return preload_names({clean_parameter(value, VALUE_LENGTH) for value in values} - {""})


def _parse_q(value: str, problems: list[Problem]) -> str:
    value = normalise(value[: 16 * Q_LENGTH])
    text = clean_parameter(value, Q_LENGTH)
    if kind := find_personal_data(clean_parameter(value, 4 * Q_LENGTH)):
        problems.append(Problem("q", "", kind, blocks=True))  # the value itself is stored nowhere
        return ""
    if len(clean_parameter(value, 4 * Q_LENGTH)) > Q_LENGTH:
        problems.append(Problem("q", text, "too_long"))
    return text


def _exclude_in_words(values: Mapping[str, Any]) -> dict[str, Any]:
    """The text and the excluded values that change where the text excludes values in words: "lærer ikke vikariat".

    None where that is more than a filter may have: the text excludes them as well.
    """
    split = split_excluded_values(values["q"])
    changed: dict[str, Any] = {"q": split.q}
    for name, excluded in split.excluded.items():
        facet = get_filter(f"{EXCLUDED}{name}")
        changed[facet.name] = facet.order_values((*values.get(facet.name, ()), *excluded))
        if len(changed[facet.name]) > VALUES_PER_FACET:
            return {}
    return changed


def _parse_as_typed(value: str, q: str) -> bool:
    """Whether the words stay words: "1" in addresses; the form sends the text for which this was chosen."""
    text = clean_parameter(normalise(value[: 16 * Q_LENGTH]), Q_LENGTH)
    return bool(text) and text in {"1", q}


def _parse_choice(name: str, value: str, allowed: tuple[T, ...], problems: list[Problem]) -> T:
    """One of the allowed values; the first, which is the default, for none and for an unknown one."""
    value = clean_parameter(value, 20)
    if not value:
        return allowed[0]
    for choice in allowed:
        if str(choice) == value:
            return choice
    problems.append(Problem(name, value, "unknown"))
    return allowed[0]


def _list_unreadable(params: Parameters, problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    """The filters with one value that the problems so far are about, with what they hold."""
    named = {problem.field for problem in problems if problem.code in _UNREADABLE}
    kept = []
    for name in (facet.name for facet in list_filters() if facet.single and facet.name in named):
        text = clean_parameter(read_last(params, name), VALUE_LENGTH)
        if kind := find_personal_data(text):
            problems[:] = [problem for problem in problems if problem.field != name]  # its sentence would repeat the value
            problems.append(Problem(name, "", kind, blocks=True))
        else:
            kept.append((name, text))
    return tuple(kept)


def _parse_since(value: str, problems: list[Problem]) -> int:
    value = clean_parameter(value, 20)
    if not value:
        return 0
    now = int(timezone.now().timestamp())
    if value.isascii() and value.isdigit() and now - SINCE_DAYS * 86_400 <= int(value) <= now:
        return int(value)
    problems.append(Problem("since", value, "unknown"))
    return 0


def _parse_saved(value: str) -> int:
    """The number, or 0 for what is none: an address without it shows the same ads."""
    value = clean_parameter(value, 20)
    return int(value) if value.isascii() and value.isdigit() and len(value) <= SAVED_DIGITS else 0


def _parse_page(value: str, last: int, problems: list[Problem]) -> int:
    value = clean_parameter(value, 20)
    if not value:
        return 1
    number = parse_page_number(value)
    if number is None:
        problems.append(Problem("page", value, "unknown"))
        return 1
    if number > last:
        problems.append(Problem("page", value, "too_deep"))
    return min(number, last)
