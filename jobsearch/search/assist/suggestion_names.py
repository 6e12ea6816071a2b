"""Names that can be suggested while typing, from the database and the lists of occupations, found by beginnings of their words.

Occupations, employers and places are those of active ads; filters are the values that facets always list. Other names of
occupations, of the classifications in ads and of the lists, are words to search for. No titles of ads are among them. A process
caches them for ten minutes.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal, NamedTuple

from django.conf import settings
from django.db.models import Count
from django.utils.translation import override

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.folding import fold
from jobsearch.search.analysis.lexicon import FILLERS
from jobsearch.search.cache import StaleWhileRevalidateCache
from jobsearch.search.facets import FACETS
from jobsearch.search.facets.employer_names import count_active
from jobsearch.taxonomy import labels, occupations, places
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies.models import Category, Location, Occupation, Vacancy

Kind = Literal["occupation", "words", "employer", "place", "filter"]
KINDS: tuple[Kind, ...] = ("occupation", "words", "employer", "place", "filter")
"""In the order in which they are shown. Those of one kind have the same effect: "words" searches for words, each other kind
sets a filter."""

MAX_NAMES = 10_000  # of each kind
MAX_FOUND = 14  # names of one kind that a search for names returns
_MAX_NAME_LENGTH = 60  # characters; a longer name does not fit on a phone
_MIN_LETTERS_CORRECTED, _MAX_LETTERS_CORRECTED = 4, 24  # each letter more costs 54 lookups
_FOLDED_FILLERS = frozenset(map(fold, FILLERS))
_NOT_IN_OCCUPATION = {"fast", "vikar", "vikariat", "heltid", "deltid"}  # conditions of employment, not part of the name
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LAST_CHARACTER = "\U0010ffff"
_PERSONAL = re.compile(r"@|://|\d[\d ]{4,}")


class SuggestedName(NamedTuple):
    """A name that can be suggested. `value`: of the facet, "" where choosing it adds words to the query.

    `weight`: the approximate number of ads. `words`: folded. `translated_words`: those of its labels in the site's other
    languages. `filter`: the facet of a name of the kind "filter".
    """

    kind: Kind
    label: str
    value: str
    weight: int
    words: tuple[str, ...]
    translated_words: tuple[str, ...] = ()
    filter: str = ""

    @property
    def facet(self) -> str:
        return self.filter or self.kind


class NameIndex:
    """Names that can be suggested, found by the folded beginnings of their words."""

    def __init__(self, names: Iterable[SuggestedName]) -> None:
        self._names = sorted(names, key=lambda name: (-name.weight, name.label))
        self._words = _PrefixIndex((word, number) for number, name in enumerate(self._names) for word in name.words)
        self._translated_words = _PrefixIndex(
            (word, number) for number, name in enumerate(self._names) for word in name.translated_words
        )

    def find(self, typed: Sequence[str], correct: bool = False) -> dict[Kind, list[SuggestedName]]:
        """Names of which each typed word begins a word, the best first. `correct`: allows one error in an unknown beginning."""
        numbers: set[int] | None = None
        for word in sorted(typed, key=len, reverse=True):
            matching = self._find_by_prefix(word) or (self._find_by_similar_prefix(word) if correct else set())
            numbers = matching if numbers is None else numbers & matching
            if not numbers:
                return {}
        first_spellings = list_spellings(typed[0])
        ranked: dict[Kind, tuple[list[SuggestedName], ...]] = {kind: ([], [], [], []) for kind in KINDS}
        for number in sorted(numbers or ()):
            name = self._names[number]
            ranked[name.kind][_rank_name(name, tuple(typed), first_spellings)].append(name)
        return {kind: list(chain(*ranks))[:MAX_FOUND] for kind, ranks in ranked.items() if any(ranks)}

    def _find_by_prefix(self, word: str) -> set[int]:
        """Numbers of the names with a word that begins so.

        A whole word of another language is not completed: "lege" begins "legesekretær", but "nurse" is not meant as the
        beginning of "nursery".
        """
        numbers: set[int] = set()
        for spelling in list_spellings(word):
            whole_word = self._words.find_word(spelling) | self._translated_words.find_word(spelling)
            numbers |= self._words.find_prefix(spelling) | (whole_word or self._translated_words.find_prefix(spelling))
        return numbers

    def _find_by_similar_prefix(self, word: str) -> set[int]:
        if not _MIN_LETTERS_CORRECTED <= len(word) <= _MAX_LETTERS_CORRECTED or not word.isalpha():
            return set()
        return set().union(*(self._find_by_prefix(edited) for edited in _list_single_edits(word)))


class _PrefixIndex:
    """Sorted words with the numbers of their names, for binary search by prefix."""

    def __init__(self, entries: Iterable[tuple[str, int]]) -> None:
        ordered = sorted({entry for entry in entries if entry[0] not in _FOLDED_FILLERS})
        self._words = [word for word, _ in ordered]
        self._numbers = [number for _, number in ordered]

    def find_prefix(self, prefix: str) -> set[int]:
        start, end = bisect_left(self._words, prefix), bisect_left(self._words, prefix + _LAST_CHARACTER)
        return {*self._numbers[start:end]}

    def find_word(self, word: str) -> set[int]:
        return {*self._numbers[bisect_left(self._words, word) : bisect_right(self._words, word)]}


def _rank_name(name: SuggestedName, typed: tuple[str, ...], first_spellings: tuple[str, ...]) -> int:
    """Rank of a completion. 0: typed in full; 1: its first word begins so; 2: a later word does; 3: it may have no ads."""
    if name.words == typed:
        return 0
    return 3 if not name.weight else 1 if name.words[0].startswith(first_spellings) else 2


def list_spellings(word: str) -> tuple[str, ...]:
    """The folded word as typed, and with "ae" and "oe" read as æ and ø."""
    return tuple(dict.fromkeys((word, word.replace("ae", "a").replace("oe", "o"))))


def _list_single_edits(word: str) -> Iterator[str]:
    """The word with one letter deleted, swapped with the next, replaced, or inserted."""
    for index in range(len(word)):
        before, after = word[:index], word[index + 1 :]
        yield before + after
        if after:
            yield before + after[0] + word[index] + after[1:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + word[index:]


def _read_names(now: dt.datetime | None) -> NameIndex:
    active = Vacancy.objects.active(now).order_by()
    ids = active.values("pk")

    def select(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        return ((name, ads) for name, ads in rows if 1 < len(name) <= _MAX_NAME_LENGTH and not _PERSONAL.search(name))

    def count_ads(model: type[Category] | type[Occupation] | type[Location], field: str) -> Iterator[tuple[str, int]]:
        rows = model.objects.filter(vacancy__in=ids).order_by()
        return select(rows.values_list(field).annotate(ads=Count("vacancy", distinct=True)).iterator())

    jobs: list[SuggestedName] = []
    for path, ads in _add_parents("occupation", count_ads(Occupation, "path")).items():
        if occupations.is_known(path) and not path.startswith("Uoppgitt"):
            jobs.append(_make_name("occupation", occupations.get_label(path), ads, path))
    jobs += [_make_name("words", name, ads) for name, ads in count_ads(Category, "name")]
    jobs += [_make_name("words", name, 0) for name in synonyms.list_occupations()]
    hiring = [_make_name("employer", name, ads, name) for name, ads in select(count_active(now).items())]
    towns = [
        _make_name("place", places.get_label(path), ads, path)
        for path, ads in _add_parents("place", count_ads(Location, "path")).items()
    ]
    unique = (name for names in (jobs, hiring, towns) for name in _remove_duplicates(names))
    return NameIndex([*unique, *_list_filter_names()])


def _add_parents(facet: str, rows: Iterable[tuple[str, int]]) -> Counter[str]:
    """Ads for each path and for the path above it."""
    ads_by_path: Counter[str] = Counter()
    for path, ads in rows:
        ads_by_path[path] += ads
        if parent := FACETS[facet].get_parent(path):
            ads_by_path[parent] += ads
    return ads_by_path


def _make_name(kind: Kind, label: str, ads: int, value: str = "") -> SuggestedName:
    label = " ".join(label.split())
    if kind in {"occupation", "words"}:
        label = label[:1].upper() + label[1:]
    translated_words = _fold_words(" ".join(labels.list_translations(label))) if value and kind != "employer" else ()
    return SuggestedName(kind, label, value, ads, _fold_words(label), translated_words)


def _list_filter_names() -> Iterator[SuggestedName]:
    """The listed values of the facets that are no kind of their own, such as part-time; those listed first weigh more."""
    for facet in FACETS.values():
        if facet.name in KINDS:
            continue
        values = [value for value in facet.listed if value != NOT_STATED]
        for place, value in enumerate(values):
            names = []
            for language, _ in settings.LANGUAGES:
                with override(language):
                    names.append(facet.label_chip(value))
            translated = _fold_words(" ".join(names[1:]))
            yield SuggestedName("filter", names[0], value, len(values) - place, _fold_words(names[0]), translated, facet.name)


def _fold_words(label: str) -> tuple[str, ...]:
    return tuple(fold(word.exact) for word in norwegian.analyse_text(label) if word.exact != norwegian.BREAK)


def _remove_duplicates(names: list[SuggestedName]) -> list[SuggestedName]:
    """One of the names that differ only in inflection, "søkes" or company form.

    A value of the classification is preferred to words, then the shortest name, then the one with the most ads; of a county
    and its municipality of the same name the county.
    """
    best: dict[tuple[str, ...], SuggestedName] = {}
    for name in sorted(names, key=_preference):
        if name.words:
            key = _duplicate_key(name)
            kept = best.setdefault(key, name)
            if kept.weight < name.weight:
                best[key] = kept._replace(weight=name.weight)
    return sorted(best.values(), key=lambda name: -name.weight)[:MAX_NAMES]


def _preference(name: SuggestedName) -> tuple[bool, int, int, int]:
    if name.kind in {"occupation", "words"}:
        return not name.value, len(name.words), -name.weight, 0
    return False, 0, -name.weight, len(name.value)


def _duplicate_key(name: SuggestedName) -> tuple[str, ...]:
    if name.kind == "employer":
        return (norwegian.strip_company_form(name.words),)
    if name.kind == "place":
        return name.words
    ignored = FILLERS | _NOT_IN_OCCUPATION
    stems = (word.stem for word in norwegian.analyse_text(name.label) if word.exact not in ignored)
    return tuple(stems) or name.words


name_index: StaleWhileRevalidateCache[NameIndex] = StaleWhileRevalidateCache(_read_names)
"""Returns the index of names, at most ten minutes old."""
