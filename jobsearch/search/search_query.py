"""What is asked for: a frozen value, from the parameters of an address and back, canonically.

`place`, `occupation`, `sector`, `extent`, `engagement`, `employer` and `language` repeat: the values of one facet are OR-ed,
facets AND-ed. A saved search is `to_params()`, read again by `from_params()`: a page, a mail and a feed of a search ask the same.

Reading asks no engine, and the database only for employers' names (one query) and the postal codes behind `near`. A value
that no ad has is kept and finds nothing: left out, it would turn a narrow search into one for everything.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.utils import timezone

from jobsearch.core.pagination import parse_page_number
from jobsearch.core.text_values import clean_parameter
from jobsearch.search.analysis.folding import normalise
from jobsearch.search.query.personal_data import find_private
from jobsearch.vacancies.visibility import OSLO

from .facets import distance
from .facets import values as known
from .input_errors import Problem

T = TypeVar("T")
NOT_STATED = known.NOT_STATED
FACETS = ("place", "occupation", "sector", "extent", "engagement", "employer", "language")
SINGLE = ("deadline", "published")
"""Facets of which one value at most is chosen."""

DEADLINES = ("asap", "3", "7", "14", "30", NOT_STATED)
PUBLISHED = (1, 3, 7)
PUBLISHED_DAYS = 180  # how far back a single day can be asked for: ads are not advertised for longer
SORTS = ("relevance", "published", "deadline")
SIZES = (25, 50, 100)  # hits on a page, the default first
Q_LENGTH = 200  # characters; the longest titles of the feed have 500, but nobody types one
VALUES_PER_FACET = 50
VALUES_READ = 500  # repeated parameters of one name that are looked at
LONGEST_QUERY_STRING = 8_190  # bytes; the longest line that the web server takes
SINCE_DAYS = 400  # how far back `since` may lie
VALUE_LENGTH = known.VALUE_LENGTH
DEEPEST_HIT = 10_000  # OpenSearch's own limit of from + size
_UNREADABLE = {"unknown", "ambiguous", "no_point", "no_table"}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One search. `page` counts from 1, `size` is the number of hits on a page.

    `published`: since midnight in Oslo so many days back (1 = today), or one day of Oslo's, or None. `deadline`: "asap", the
    number of days from today that the deadline lies within (today counted, "7"), "Ikke oppgitt", or None. `near`: a
    municipality's path or a postal code that all lies within `km` kilometres of, or "".

    `since`: a moment in seconds since 1970, or 0. Ads first seen after it come first, in date order, before the others; it
    filters nothing. `unreadable`: (name, value) of filters with one value that cannot be read (any more): a day too long ago,
    a postal code that is in no table. A search with one finds nothing.
    """

    q: str = ""
    place: tuple[str, ...] = ()
    occupation: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    extent: tuple[str, ...] = ()
    engagement: tuple[str, ...] = ()
    employer: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    deadline: str | None = None
    published: int | dt.date | None = None
    near: str = ""
    km: int = distance.DEFAULT_KM
    sort: str = "relevance"
    size: int = SIZES[0]
    since: int = 0
    page: int = 1
    unreadable: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_address(cls, text: str) -> tuple[SearchQuery, list[Problem]]:
        """The search of an address's part after `?`, also a hostile one: never raises, and reads no more than a page would."""
        if len(text) > LONGEST_QUERY_STRING:
            return cls(), [Problem("q", "", "too_long", blocks=True)]
        try:
            params = QueryDict(text)
        except (TooManyFieldsSent, ValueError):  # more than 1,000 names; bytes that are no text
            return cls(), [Problem("q", "", "too_long", blocks=True)]
        return cls.from_params(params)

    @classmethod
    def from_params(cls, params: QueryDict | Mapping[str, str]) -> tuple[SearchQuery, list[Problem]]:
        """The search that the parameters ask for, and what of them could not be used. Never raises, whatever they hold.

        A query text with a national identity number
        or an e-mail address is not taken at all: that problem `blocks`, and the page must not show results for it.
        """
        problems: list[Problem] = []
        values: dict[str, object] = {"q": _read_q(_last(params, "q"), problems)}
        for facet in FACETS:
            values[facet] = _read_facet(facet, _all(params, facet), problems)
        values["deadline"] = _read_choice("deadline", _last(params, "deadline"), DEADLINES, None, problems)
        values["published"] = _read_published(_last(params, "published"), problems)
        near, km = clean_parameter(_last(params, "near"), VALUE_LENGTH), clean_parameter(_last(params, "km"), 20)
        values["near"], values["km"] = distance.read(near, km, problems)
        values["unreadable"] = _read_unreadable(params, problems)
        values["since"] = _read_since(_last(params, "since"), problems)
        values["sort"] = _read_choice("sort", _last(params, "sort"), SORTS, "relevance", problems)
        size = _read_choice("size", _last(params, "size"), SIZES, SIZES[0], problems) or SIZES[0]
        values["size"] = size
        values["page"] = _read_page(_last(params, "page"), DEEPEST_HIT // size, problems)
        return cls(**values), problems  # type: ignore[arg-type]

    def to_params(self, *, page: bool = True) -> list[tuple[str, str]]:
        """Names and values in one fixed order, defaults left out: the same search always has the same address."""
        pairs = [("q", self.q)] if self.q else []
        for facet in FACETS:
            pairs += [(facet, value) for value in getattr(self, facet)]
        unreadable = dict(self.unreadable)
        pairs += [(facet, str(value)) for facet in SINGLE if (value := getattr(self, facet) or unreadable.get(facet))]
        if "near" in unreadable:
            pairs.append(("near", unreadable["near"]))
        elif self.near:
            pairs.append(("near", self.near))
            if self.km != distance.DEFAULT_KM:
                pairs.append(("km", str(self.km)))
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if self.size != SIZES[0]:
            pairs.append(("size", str(self.size)))
        if self.since:
            pairs.append(("since", str(self.since)))
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
        changes.setdefault("unreadable", tuple(pair for pair in self.unreadable if pair[0] not in changes))
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def with_value(self, facet: str, value: str | int) -> SearchQuery:
        """Also this value; a child takes the place of its chosen parent, a parent that of its chosen children."""
        if facet == "published":
            return self.replace(published=published_value(str(value)))
        if facet in SINGLE:
            return self.replace(**{facet: str(value)})
        if facet == "near":
            km, _blank, near = str(value).partition(" ")
            return self.replace(near=near, km=int(km))
        chosen = getattr(self, facet)
        above = known.parent(facet, str(value))
        kept = tuple(v for v in chosen if v != above and known.parent(facet, v) != value)
        return self.replace(**{facet: (*kept, str(value))})

    def without(self, facet: str, value: str | int | None = None) -> SearchQuery:
        """Without this value, or without any of the facet (`q` included)."""
        if facet in SINGLE:
            return self.replace(**{facet: None})
        if facet == "q":
            return self.replace(q="")
        if facet == "near":
            return self.replace(near="", km=distance.DEFAULT_KM)
        kept = () if value is None else tuple(v for v in getattr(self, facet) if v != value)
        return self.replace(**{facet: kept})

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Every chosen facet value, as the chips show them: (facet, value)."""
        pairs = [(facet, value) for facet in FACETS for value in getattr(self, facet)]
        pairs += [(facet, str(getattr(self, facet))) for facet in SINGLE if getattr(self, facet)]
        pairs += self.unreadable
        return [*pairs, ("near", f"{self.km} {self.near}")] if self.near else pairs

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def deepest_page(self) -> int:
        """The last page that can be asked for, however many hits there are."""
        return DEEPEST_HIT // self.size


def read_addresses(texts: Sequence[str]) -> list[tuple[SearchQuery, list[Problem]]]:
    """`from_address` of each, with one query for the employers of all."""
    from jobsearch.search.facets.employers import preloaded

    names: set[str] = set()
    for text in texts:
        with contextlib.suppress(TooManyFieldsSent, ValueError):  # read as nothing below, and named there
            values = QueryDict(text[:LONGEST_QUERY_STRING]).getlist("employer")[:VALUES_READ]
            names |= {clean_parameter(value, VALUE_LENGTH) for value in values} - {""}
    with preloaded(names):
        return [SearchQuery.from_address(text) for text in texts]


def published_value(value: str) -> int | dt.date | None:
    """What `published` may hold, from its text; None for what it may not. The days are those of Oslo up to today."""
    if value in map(str, PUBLISHED):
        return int(value)
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return None
    ago = (timezone.now().astimezone(OSLO).date() - day).days
    return day if str(day) == value and 0 <= ago < PUBLISHED_DAYS else None


def _all(params: QueryDict | Mapping[str, str], name: str) -> list[str]:
    values = params.getlist(name) if isinstance(params, QueryDict) else params.get(name, [])
    return [str(value) for value in ([values] if isinstance(values, str) else values)]


def _last(params: QueryDict | Mapping[str, str], name: str) -> str:
    values = _all(params, name)
    return values[-1] if values else ""


def _read_q(value: str, problems: list[Problem]) -> str:
    value = normalise(value[: 16 * Q_LENGTH])
    text = clean_parameter(value, Q_LENGTH)
    if kind := find_private(clean_parameter(value, 4 * Q_LENGTH)):
        problems.append(Problem("q", "", kind, blocks=True))  # the value itself is kept nowhere
        return ""
    if len(clean_parameter(value, 4 * Q_LENGTH)) > Q_LENGTH:
        problems.append(Problem("q", text, "too_long"))
    return text


def _read_facet(facet: str, values: list[str], problems: list[Problem]) -> tuple[str, ...]:
    wanted = list(dict.fromkeys(filter(None, (clean_parameter(value, VALUE_LENGTH) for value in values[:VALUES_READ]))))
    # Any text may be a value, so it is looked at as one.
    if kind := next(filter(None, (find_private(value) for value in wanted)), None):
        problems.append(Problem(facet, "", kind, blocks=True))
        return ()
    if len(wanted) > VALUES_PER_FACET:
        problems.append(Problem(facet, "", "too_many"))
    spelled = known.spell(facet, wanted[:VALUES_PER_FACET])
    return _canonical(facet, (clean_parameter(value, VALUE_LENGTH) for value in spelled))


def _canonical(facet: str, values: Iterable[str]) -> tuple[str, ...]:
    chosen = set(values)
    parents = {known.parent(facet, value) for value in chosen}
    return tuple(sorted(chosen - parents))


def _read_choice(name: str, value: str, allowed: tuple[T, ...], default: T | None, problems: list[Problem]) -> T | None:
    value = clean_parameter(value, 20)
    if not value:
        return default
    for choice in allowed:
        if str(choice) == value:
            return choice
    problems.append(Problem(name, value, "unknown"))
    return default


def _read_published(value: str, problems: list[Problem]) -> int | dt.date | None:
    value = clean_parameter(value, 20)
    found = published_value(value)
    if value and found is None:
        problems.append(Problem("published", value, "unknown"))
    return found


def _read_unreadable(params: QueryDict | Mapping[str, str], problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    """The filters with one value that the problems so far are about, with what they hold."""
    named = {problem.field for problem in problems if problem.code in _UNREADABLE}
    pairs = [(name, clean_parameter(_last(params, name), VALUE_LENGTH)) for name in (*SINGLE, "near") if name in named]
    kept = []
    for name, text in pairs:
        if kind := find_private(text):
            problems[:] = [problem for problem in problems if problem.field != name]  # its sentence would repeat the value
            problems.append(Problem(name, "", kind, blocks=True))
        else:
            kept.append((name, text))
    return tuple(kept)


def _read_since(value: str, problems: list[Problem]) -> int:
    value = clean_parameter(value, 20)
    if not value:
        return 0
    now = int(timezone.now().timestamp())
    if value.isascii() and value.isdigit() and now - SINCE_DAYS * 86_400 <= int(value) <= now:
        return int(value)
    problems.append(Problem("since", value, "unknown"))
    return 0


def _read_page(value: str, last: int, problems: list[Problem]) -> int:
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
