"""Names of employers as facet values: one for each organisation number, however the ads spell it.

The index holds a key for each ad's employer: the organisation number, or the name where there is none. The value of the
facet, in an address and on the page, is the name that most active ads with that number have.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone

from jobsearch.core.compiled_select import CompiledSelect
from jobsearch.core.text_values import clean_parameter
from jobsearch.search.analysis.folding import build_comparison_key
from jobsearch.search.cache import StaleWhileRevalidateCache
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies.models import Vacancy, hidden_condition
from jobsearch.vacancies.organisation_numbers import parse_orgnr
from jobsearch.vacancies.visibility import active_condition

from .base import VALUE_LENGTH, prepare_typed

_MOST_IN = 500  # numbers or names in one SQL condition; above that, reading all active employers is cheaper
_MOST_READ = 20  # keys of a count whose names are read from the database; those of more are taken from the cache
_MOST_RECENT = 500  # ads stored since the names were cached; with more the cache says too little
_LONGEST_TRANSACTION = dt.timedelta(minutes=1)  # an ad's `changed` is the time before its transaction is committed
_MOST_FORMER = 200  # closed ads, the latest first, that are read for former names


def employer_value(name: str) -> str:
    """An employer's name as a value of its facet: on one line, in the form in which an address is read."""
    return clean_parameter(name, VALUE_LENGTH) or NOT_STATED


def employer_key(orgnr: str, name: str) -> str:
    """The key of an ad's employer in the index."""
    return parse_orgnr(orgnr) or employer_value(name)


def find_canonical(names: Collection[str]) -> dict[str, str]:
    """Name as typed -> the facet value that it belongs to. One or two queries, none without names.

    A name that only closed ads have belongs to the employer that had it, so that addresses with a former name stay valid: two
    more queries, only for names that no employer with a number has.
    """
    if not names:
        return {}
    held = _preloaded.get()
    known = held if held and held.names >= set(names) else _Names(names)
    return {name: known.former.get(name) or known.spellings.resolve(name) for name in names}


def find_keys(names: Collection[str]) -> tuple[str, ...]:
    """The keys of all ads that have these facet values. One or two queries, none without names."""
    spellings = _read_spellings(names)
    orgnrs = (orgnr for orgnr, name in spellings.canonical.items() if name in names)
    without_number = (name for name in spellings.numbers if spellings.resolve(name) in names)
    return tuple(sorted({*names, *orgnrs, *without_number}))


def merge_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Ads for each key -> ads for each facet value. A query or two for the numbers, and for the names, if there are any.

    For more than a few keys from the cache, and from the database only what that does not have: the employers whose ads were
    stored or changed in the last minutes.
    """
    orgnrs = [key for key in counts if len(key) == 9 and key.isdigit()]  # as `employer_key` makes them
    is_long = len(counts) > _MOST_READ
    canonical = _read_names(orgnrs, cached=is_long) if orgnrs else {}
    if is_long:
        spellings = cached_names().spellings
        # With the same names of numbers, so that the ads of an employer are not split between two names.
        spellings = spellings._replace(canonical={**spellings.canonical, **canonical})
    else:
        spellings = _read_spellings(counts.keys() - {*orgnrs})
    found: dict[str, int] = defaultdict(int)
    for key, ads in counts.items():
        found[canonical.get(key) or spellings.resolve(key)] += ads
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
    token = _preloaded.set(_Names(names))
    try:
        yield
    finally:
        _preloaded.reset(token)


class _Spellings(NamedTuple):
    """Names of employers with a number."""

    canonical: dict[str, str]
    """Number -> name to show."""

    numbers: Mapping[str, list[str]]
    """Name -> its numbers, the one with most ads first."""

    by_number: Mapping[str, set[str]]
    """Number -> all of its names."""

    def resolve(self, name: str) -> str:
        """The facet value of a name, also of an ad without a number: "HAVGLØTT KRO" is "Havgløtt Kro AS".

        A name that a number has as its canonical one stays, and so does "not stated".
        """
        chosen = [self.canonical[orgnr] for orgnr in self.numbers.get(name, ())]
        return name if name == NOT_STATED or not chosen or name in chosen else chosen[0]


class _Names:
    """Names as typed, with the spellings of their employers, and with the employers that had them before."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = frozenset(names)
        self.spellings = _read_spellings(names)

    @cached_property
    def former(self) -> dict[str, str]:
        """Former name -> canonical name. Two queries, only where a name is unknown."""
        unknown = self.names - self.spellings.numbers.keys() - {NOT_STATED}
        return _find_by_former_names(unknown) if unknown else {}


_preloaded: ContextVar[_Names | None] = ContextVar("preloaded", default=None)


def _read_spellings(names: Collection[str]) -> _Spellings:
    """All spellings of the numbers with one of these names, and all numbers with one of those spellings.

    The latter, in a second query, decide which number a spelling belongs to. More names and numbers where more are preloaded.
    """
    if not names:
        return _Spellings({}, {}, {})
    held = _preloaded.get()
    if held and held.names >= set(names):
        return held.spellings
    if cached := _select_unchanged(names):
        return cached
    rows = _count_spellings(_find_numbers(names))
    spelled = {name for _orgnr, name, _ads in rows} - {NOT_STATED}
    if spelled - set(names):
        rows = _count_spellings(_find_numbers({*names, *spelled}))
    return _group_spellings(rows)


def _select_unchanged(names: Collection[str]) -> _Spellings | None:
    """What `_read_spellings` would read, from the cache, with one query for what has changed since; None where any of it has."""
    known = cached_names.get_cached()
    if known is None:
        return None
    numbers, spelled = known.spellings.numbers, known.spellings.by_number
    if not all(name in numbers for name in names):
        return None
    own_numbers = {orgnr for name in names for orgnr in numbers[name]}
    own_names = {*names, *(name for orgnr in own_numbers for name in spelled[orgnr] if name != NOT_STATED)}
    all_numbers = {orgnr for name in own_names for orgnr in numbers[name]}
    all_names = {name for orgnr in all_numbers for name in spelled[orgnr]}
    recent = _read_recent(known.read_at)
    if recent is None or any(orgnr in all_numbers or employer_value(name) in all_names for orgnr, name in recent):
        return None
    return _Spellings(
        {orgnr: known.spellings.canonical[orgnr] for orgnr in all_numbers},
        # Only numbers of the line above: the last of the names may have others too.
        {name: [orgnr for orgnr in numbers[name] if orgnr in all_numbers] for name in all_names},
        {orgnr: spelled[orgnr] for orgnr in all_numbers},
    )


def _group_spellings(rows: Collection[tuple[str, str, int]]) -> _Spellings:
    by_name: dict[str, list[tuple[int, str]]] = defaultdict(list)
    by_number: dict[str, set[str]] = defaultdict(set)
    for orgnr, name, ads in rows:
        by_name[name].append((-ads, orgnr))
        by_number[orgnr].add(name)
    numbers = {name: [orgnr for _, orgnr in sorted(found)] for name, found in by_name.items()}
    return _Spellings(_choose_canonical(rows), numbers, dict(by_number))


def _find_numbers(names: Collection[str]) -> list[str] | None:
    """The numbers of active ads with one of these names; None, which means all, where there are many names.

    A query of its own: as a condition of the next one, PostgreSQL may read every active ad for it.
    """
    if len(names) > _MOST_IN:
        return None
    asked = [*names, *([""] if NOT_STATED in names else [])]
    rows = Vacancy.objects.active().filter(employer_name__in=asked).exclude(employer_orgnr="")
    return list(rows.order_by().values_list("employer_orgnr", flat=True).distinct())


def _find_by_former_names(names: Collection[str]) -> dict[str, str]:
    """Former name -> canonical name of the employer that had it and has active ads. Names that active ads have are left out."""
    named = Vacancy.objects.filter(employer_name__in=names)
    in_use = {*named.filter(active_condition()).values_list("employer_name", flat=True)}
    former = named.filter(status=Vacancy.Status.INACTIVE).exclude(employer_orgnr="").filter(~hidden_condition())
    rows = former.order_by("-changed", "uuid").values_list("employer_name", "employer_orgnr")
    latest = {name: orgnr for name, orgnr in reversed(rows[:_MOST_FORMER]) if name not in in_use}
    canonical = _read_names(latest.values()) if latest else {}
    return {name: canonical[orgnr] for name, orgnr in latest.items() if orgnr in canonical}


def _read_names(orgnrs: Collection[str], *, cached: bool = False) -> Mapping[str, str]:
    """Number -> canonical name. `cached`, and for many numbers: from the cache, with the new and changed ones from the database.

    The name of a person who was erased is in the cache for some minutes, and must not be shown.
    """
    if len(orgnrs) <= _MOST_IN and not cached:
        return _choose_canonical(_count_spellings(orgnrs))
    known = cached_names()
    changed = {orgnr for orgnr, _name in _read_recent(known.read_at) or ()}
    canonical = known.spellings.canonical
    new = {orgnr for orgnr in orgnrs if orgnr in changed or orgnr not in canonical}
    return {**canonical, **_choose_canonical(_count_spellings(sorted(new)[:_MOST_IN]))} if new else canonical


class EmployerNames(NamedTuple):
    """The names of all employers with active ads, at the moment `read_at`."""

    spellings: _Spellings
    labels: Sequence[tuple[str, str, str]]
    """(key, label in lower case, its comparison key) of each employer, for what is typed to find one."""

    comparison_keys: Mapping[str, str]
    read_at: dt.datetime


def _read_all_names(now: dt.datetime | None) -> EmployerNames:
    read_at = timezone.now()
    counted = Vacancy.objects.active().order_by().values_list("employer_orgnr", "employer_name").annotate(ads=Count("pk"))
    rows = [(orgnr, employer_value(name), ads) for orgnr, name, ads in counted.iterator()]
    spellings = _group_spellings([row for row in rows if _is_number(row[0])])
    without_number = {employer_key(orgnr, name) for orgnr, name, _ads in rows if not _is_number(orgnr)}
    labels = spellings.canonical | {key: spellings.resolve(key) for key in without_number - spellings.canonical.keys()}
    comparison_keys = {label: build_comparison_key(label) for label in labels.values()}
    found = [(key, label.casefold(), comparison_keys[label]) for key, label in labels.items()]
    return EmployerNames(spellings, found, comparison_keys, read_at)


cached_names = StaleWhileRevalidateCache(_read_all_names)
"""Reading them for each list of employers took 20 ms for 10,000 ads."""


def find_matching_keys(typed: str) -> set[str] | None:
    """The keys of employers with these letters in their name, and of all ads stored since the names were cached: one query.

    To count only these takes a fifth of the time of all employers. None where so many ads are new that all must be counted.
    """
    known = cached_names()
    recent = _read_recent(known.read_at)
    if recent is None:
        return None
    text, comparison_key = prepare_typed(typed)
    if comparison_key:
        found = {key for key, label, compared in known.labels if comparison_key in compared or text in label}
    else:
        found = {key for key, label, _compared in known.labels if text in label}
    return found | {employer_key(orgnr, name) for orgnr, name in recent}


def _read_recent(since: dt.datetime) -> set[tuple[str, str]] | None:
    """(number, name) of the ads that have been stored or closed since this moment; None where there are many."""
    found = _recent.fetch_rows(connection.ops.adapt_datetimefield_value(since - _LONGEST_TRANSACTION))
    return {(orgnr, name) for orgnr, name in found} if len(found) <= _MOST_RECENT else None


def _build_recent() -> QuerySet[Any, Any]:
    changed = Vacancy.objects.filter(changed__gt=timezone.now()).order_by()
    return changed.values_list("employer_orgnr", "employer_name")[: _MOST_RECENT + 1]


_recent = CompiledSelect(_build_recent)


def get_employer_name(orgnr: str, name: str) -> str:
    """The name to show of an ad's employer: its facet value. From the cache, so that the rows of a list cost no query.

    An ad whose name the cache does not have was changed since: it shows its own. The cached name may be of an erased person.
    """
    spellings = cached_names().spellings
    if employer_value(name) not in spellings.by_number.get(parse_orgnr(orgnr), {employer_value(name)}):
        return name
    chosen = spellings.canonical.get(parse_orgnr(orgnr)) or spellings.resolve(employer_value(name))
    return name if chosen == NOT_STATED else chosen


def find_employer_names(keys: Collection[str]) -> dict[str, str]:
    """Key -> the name to show, for the numbers of employers with active ads. One query, none without numbers."""
    orgnrs = [key for key in keys if _is_number(key)]
    names = _read_names(orgnrs) if orgnrs else {}
    return {orgnr: names[orgnr] for orgnr in orgnrs if names.get(orgnr, NOT_STATED) != NOT_STATED}


def get_comparison_key_finder() -> Callable[[str], str]:
    """`build_comparison_key` for employers' names, which looks in the cache first."""
    known = cached_names().comparison_keys
    return lambda name: known.get(name) or build_comparison_key(name)


def _count_spellings(orgnrs: Collection[str] | None) -> list[tuple[str, str, int]]:
    """(number, name, ads) of active ads. `orgnrs`: only these numbers."""
    rows = Vacancy.objects.active().exclude(employer_orgnr="").order_by()
    if orgnrs is not None:
        rows = rows.filter(employer_orgnr__in=orgnrs)
    return [
        (orgnr, employer_value(name), ads)
        for orgnr, name, ads in rows.values_list("employer_orgnr", "employer_name").annotate(ads=Count("pk"))
        if _is_number(orgnr)
    ]


def _is_number(orgnr: str) -> bool:
    """Whether this is an organisation number, spelled as `parse_orgnr` spells it."""
    return bool(orgnr) and parse_orgnr(orgnr) == orgnr


def _choose_canonical(rows: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Number -> the name to show."""
    ads_by_name: dict[str, dict[str, int]] = defaultdict(dict)
    for orgnr, name, ads in rows:
        ads_by_name[orgnr][name] = ads_by_name[orgnr].get(name, 0) + ads
    return {orgnr: choose_name(of_number) for orgnr, of_number in ads_by_name.items()}


def choose_employer_name(names: Iterable[str]) -> str:
    """The name to show of one employer, from the names in its ads; "" where none states one."""
    name = choose_name(Counter(map(employer_value, names)))
    return "" if name == NOT_STATED else name


def choose_name(ads_by_name: Mapping[str, int]) -> str:
    """The name that most ads have; of equally common ones the first by alphabet, a stable choice."""
    return min(ads_by_name, key=lambda name: (name == NOT_STATED, -ads_by_name[name], name))
