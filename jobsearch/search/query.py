"""What is asked for: a frozen value, from the parameters of an address and back, canonically.

`place`, `occupation`, `sector`, `extent` and `engagement` repeat: the values of one facet are OR-ed, facets AND-ed. A saved
search is `to_params()`, read again by `from_params()`: a page, a mail and a feed of a search ask the same.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from . import known
from .private import find_private
from .problems import Problem

T = TypeVar("T")
NOT_STATED = known.NOT_STATED
FACETS = ("place", "occupation", "sector", "extent", "engagement")
PUBLISHED = (1, 3, 7)
SORTS = ("relevance", "published", "deadline")
PAGE_SIZE = 25
Q_LENGTH = 200  # characters; the longest titles of the feed have 500, but nobody types one
VALUES_PER_FACET = 60
VALUE_LENGTH = 260  # characters; the record's longest path
DEEPEST_HIT = 10_000  # OpenSearch's own limit of from + size
LAST_PAGE = DEEPEST_HIT // PAGE_SIZE


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One search. `published`: since midnight in Oslo so many days back (1 = today), or None. `page` counts from 1."""

    q: str = ""
    place: tuple[str, ...] = ()
    occupation: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    extent: tuple[str, ...] = ()
    engagement: tuple[str, ...] = ()
    published: int | None = None
    sort: str = "relevance"
    page: int = 1

    page_size: int = dataclasses.field(default=PAGE_SIZE, init=False)

    @classmethod
    def from_params(cls, params: QueryDict | Mapping[str, str]) -> tuple[SearchQuery, list[Problem]]:
        """The search that the parameters ask for, and what of them could not be used. Never raises, whatever they hold.

        An unknown value is left out of the filter and named by a `Problem`. A query text with a national identity number
        or an e-mail address is not taken at all: that problem `blocks`, and the page must not show results for it.
        """
        problems: list[Problem] = []
        values: dict[str, object] = {"q": _read_q(_last(params, "q"), problems)}
        for facet in FACETS:
            values[facet] = _read_facet(facet, _all(params, facet), problems)
        values["published"] = _read_choice("published", _last(params, "published"), PUBLISHED, None, problems)
        values["sort"] = _read_choice("sort", _last(params, "sort"), SORTS, "relevance", problems)
        values["page"] = _read_page(_last(params, "page"), problems)
        return cls(**values), problems  # type: ignore[arg-type]

    def to_params(self, *, page: bool = True) -> list[tuple[str, str]]:
        """Names and values in one fixed order, defaults left out: the same search always has the same address."""
        pairs = [("q", self.q)] if self.q else []
        for facet in FACETS:
            pairs += [(facet, value) for value in getattr(self, facet)]
        if self.published:
            pairs.append(("published", str(self.published)))
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if page and self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def urlencode(self, *, page: bool = True) -> str:
        """`to_params` as the part of an address after `?`; "" for the search without conditions."""
        return urlencode(self.to_params(page=page))

    def replace(self, **changes: object) -> SearchQuery:
        """A copy with these fields changed; facets made canonical. Starts at page 1 unless the page is what changes."""
        for facet in FACETS:
            if facet in changes:
                changes[facet] = _canonical(facet, changes[facet])  # type: ignore[arg-type]
        changes.setdefault("page", 1)
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def with_value(self, facet: str, value: str | int) -> SearchQuery:
        """Also this value; a child takes the place of its chosen parent, a parent that of its chosen children."""
        if facet == "published":
            return self.replace(published=int(value))
        chosen = getattr(self, facet)
        above = known.parent(facet, str(value))
        kept = tuple(v for v in chosen if v != above and known.parent(facet, v) != value)
        return self.replace(**{facet: (*kept, str(value))})

    def without(self, facet: str, value: str | int | None = None) -> SearchQuery:
        """Without this value, or without any of the facet (`q` and `published` included)."""
        if facet == "published":
            return self.replace(published=None)
        if facet == "q":
            return self.replace(q="")
        kept = () if value is None else tuple(v for v in getattr(self, facet) if v != value)
        return self.replace(**{facet: kept})

    def cleared(self) -> SearchQuery:
        """The same words and order, no facet."""
        return SearchQuery(q=self.q, sort=self.sort)

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Every chosen facet value, as the chips show them: (facet, value)."""
        pairs = [(facet, value) for facet in FACETS for value in getattr(self, facet)]
        return [*pairs, ("published", str(self.published))] if self.published else pairs

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size


def _all(params: QueryDict | Mapping[str, str], name: str) -> list[str]:
    values = params.getlist(name) if isinstance(params, QueryDict) else params.get(name, [])
    return [str(value) for value in ([values] if isinstance(values, str) else values)]


def _last(params: QueryDict | Mapping[str, str], name: str) -> str:
    values = _all(params, name)
    return values[-1] if values else ""


def clean(value: str, length: int) -> str:
    """One line of at most `length` characters: composed, without control characters, white space folded.

    Stops at NUL and lone surrogates too, which PostgreSQL, JSON and tantivy refuse each in their own way.
    """
    value = unicodedata.normalize("NFC", value[: 4 * length])
    value = "".join(" " if unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} else mark for mark in value)
    return " ".join(value.split())[:length].strip()


def _read_q(value: str, problems: list[Problem]) -> str:
    text = clean(value, Q_LENGTH)
    if kind := find_private(clean(value, 4 * Q_LENGTH)):
        problems.append(Problem("q", "", kind, blocks=True))  # the value itself is kept nowhere
        return ""
    if len(value.strip()) > Q_LENGTH and len(text) == Q_LENGTH:
        problems.append(Problem("q", text, "too_long"))
    return text


def _read_facet(facet: str, values: list[str], problems: list[Problem]) -> tuple[str, ...]:
    wanted = list(dict.fromkeys(cleaned for value in values[:500] if (cleaned := clean(value, VALUE_LENGTH))))
    if len(wanted) > VALUES_PER_FACET:
        problems.append(Problem(facet, "", "too_many"))
        wanted = wanted[:VALUES_PER_FACET]
    found = known.known_values(facet, wanted)
    problems += [Problem(facet, value, "unknown") for value in wanted if value not in found]
    return _canonical(facet, [found[value] for value in wanted if value in found])


def _canonical(facet: str, values: Iterable[str]) -> tuple[str, ...]:
    chosen = set(values)
    parents = {known.parent(facet, value) for value in chosen}
    return tuple(sorted(chosen - parents))


def _read_choice(name: str, value: str, allowed: tuple[T, ...], default: T | None, problems: list[Problem]) -> T | None:
    value = clean(value, 20)
    if not value:
        return default
    for choice in allowed:
        if str(choice) == value:
            return choice
    problems.append(Problem(name, value, "unknown"))
    return default


def _read_page(value: str, problems: list[Problem]) -> int:
    value = clean(value, 20)
    if not value:
        return 1
    if not (value.isascii() and value.isdigit()) or int(value) < 1:
        problems.append(Problem("page", value, "unknown"))
        return 1
    if int(value) > LAST_PAGE:
        problems.append(Problem("page", value, "too_deep"))
    return min(int(value), LAST_PAGE)
