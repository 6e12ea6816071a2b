"""Names of employers as facet values: one for each organisation number, however the ads spell it.

The index holds a key for each ad's employer: the organisation number, or the name where there is none. The value of the
facet, in an address and on the page, is the name that most active ads with that number have.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.db.models import Count

from jobsearch.core.text_values import clean_parameter
from jobsearch.search.analysis.folding import build_comparison_key
from jobsearch.search.cache import StaleWhileRevalidateCache
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.organisation_numbers import parse_orgnr

from .base import VALUE_LENGTH

_MOST_IN = 500  # numbers in one SQL condition; for more, the names of all active employers are cached


def employer_value(name: str) -> str:
    """An employer's name as a value of its facet: on one line, in the form in which an address is read."""
    return clean_parameter(name, VALUE_LENGTH) or NOT_STATED


def employer_key(orgnr: str, name: str) -> str:
    """The key of an ad's employer in the index."""
    return parse_orgnr(orgnr) or employer_value(name)


def find_canonical(names: Collection[str]) -> dict[str, str]:
    """Name as typed -> the facet value that it belongs to. One query, none without names."""
    found = {name: name for name in names}
    canonical, numbers = _read_spellings(names)
    for name, of_name in numbers.items():
        chosen = [canonical[orgnr] for orgnr in of_name]
        if name in found and name not in chosen:
            found[name] = chosen[0]
    return found


def find_keys(names: Collection[str]) -> tuple[str, ...]:
    """The keys of all ads that these facet values stand for. One query, none without names."""
    canonical, _numbers = _read_spellings(names)
    return tuple(sorted({*names, *(orgnr for orgnr, name in canonical.items() if name in names)}))


def merge_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Ads for each key -> ads for each facet value. One query, none without organisation numbers."""
    orgnrs = [key for key in counts if len(key) == 9 and key.isdigit()]  # as `employer_key` makes them
    names = _read_names(orgnrs) if orgnrs else {}
    found: dict[str, int] = defaultdict(int)
    for key, ads in counts.items():
        found[names.get(key, key)] += ads
    return dict(found)


def count_active(now: dt.datetime | None = None) -> dict[str, int]:
    """Active ads in the database for each facet value."""
    rows = Vacancy.objects.active(now).order_by().values_list("employer_orgnr", "employer_name").annotate(ads=Count("pk"))
    keys: dict[str, int] = defaultdict(int)
    for orgnr, name, ads in rows.iterator():
        keys[employer_key(orgnr, name)] += ads
    return merge_counts(keys)


@contextmanager
def preload_names(names: Collection[str]) -> Iterator[None]:
    """Reads the spellings of these names once for everything inside the block.

    A page of saved searches, or a search with its counts, costs one query instead of several for each.
    """
    held = _preloaded.get()
    if not names or (held and held.names >= set(names)):
        yield
        return
    token = _preloaded.set(_Preloaded(frozenset(names), _read_spellings(names)))
    try:
        yield
    finally:
        _preloaded.reset(token)


class _Preloaded(NamedTuple):
    names: frozenset[str]
    spellings: tuple[dict[str, str], dict[str, list[str]]]


_preloaded: ContextVar[_Preloaded | None] = ContextVar("preloaded", default=None)


def _read_spellings(names: Collection[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """(number -> canonical name, name -> its numbers, the one with most ads first) of all numbers with one of these names.

    Also of other names where more are preloaded.
    """
    if not names:
        return {}, {}
    held = _preloaded.get()
    if held and held.names >= set(names):
        return held.spellings
    asked = [*names, *([""] if NOT_STATED in names else [])]
    of_name = Vacancy.objects.active().filter(employer_name__in=asked).exclude(employer_orgnr="")
    numbers = of_name.order_by().values_list("employer_orgnr", flat=True)
    rows = _count_spellings(numbers)
    by_name: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for orgnr, name, ads in rows:
        by_name[name].append((-ads, orgnr))
    return _choose_canonical(rows), {name: [orgnr for _, orgnr in sorted(found)] for name, found in by_name.items()}


def _read_names(orgnrs: Collection[str]) -> Mapping[str, str]:
    """Number -> canonical name. For many numbers from the cache, which may not have the employers of the last minutes."""
    if len(orgnrs) <= _MOST_IN:
        return _choose_canonical(_count_spellings(orgnrs))
    known = cached_names().of_number
    new = {*orgnrs} - known.keys()
    return {**known, **_choose_canonical(_count_spellings(sorted(new)[:_MOST_IN]))} if new else known


class EmployerNames(NamedTuple):
    """The names of all employers with active ads."""

    of_number: Mapping[str, str]
    comparison_keys: Mapping[str, str]


def _read_all_names(now: dt.datetime | None) -> EmployerNames:
    names = _choose_canonical(_count_spellings(None))
    return EmployerNames(names, {name: build_comparison_key(name) for name in names.values()})


cached_names = StaleWhileRevalidateCache(_read_all_names)
"""Reading them for each list of employers took 20 ms for 10,000 ads."""


def get_comparison_key_finder() -> Callable[[str], str]:
    """`build_comparison_key` for employers' names, which looks in the cache first."""
    known = cached_names().comparison_keys
    return lambda name: known.get(name) or build_comparison_key(name)


def _count_spellings(orgnrs: Iterable[Any] | None) -> list[tuple[str, str, int]]:
    """(number, name, ads) of active ads. `orgnrs`: only these numbers, a list or a query."""
    rows = Vacancy.objects.active().exclude(employer_orgnr="").order_by()
    if orgnrs is not None:
        rows = rows.filter(employer_orgnr__in=orgnrs)
    return [
        (orgnr, employer_value(name), ads)
        for orgnr, name, ads in rows.values_list("employer_orgnr", "employer_name").annotate(ads=Count("pk"))
        if parse_orgnr(orgnr) == orgnr
    ]


def _choose_canonical(rows: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Number -> the name that most of its ads have; of equally common ones the first by alphabet, a stable choice."""
    best: dict[str, tuple[bool, int, str]] = {}
    for orgnr, name, ads in rows:
        rank = (name == NOT_STATED, -ads, name)
        if orgnr not in best or rank < best[orgnr]:
            best[orgnr] = rank
    return {orgnr: rank[-1] for orgnr, rank in best.items()}
