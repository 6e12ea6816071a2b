"""Words typed wrong: the nearest word of titles, occupations, employers and places of the ads that are shown.

The words come from the record, not from an index, so every engine corrects alike. They are read when a search first finds
little or nothing, and again when they are ten minutes old.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Count
from rapidfuzz.distance import OSA

from jobsearch.search.cache import Recent
from jobsearch.vacancies.models import Category, Location, Occupation, Vacancy

from . import norwegian, synonyms
from .lexicon import PLACES

MOST_WORDS = 40_000  # some 8 MB
SURE = 3
"""Ads in whose titles a word stands, from where on it is no slip of one of them."""

_LEAST_LETTERS = 4
_LEAST_LETTERS_HEARD = 5
_TWO_EDITS_FROM = 8
# Edits that a word counts which sounds the same and begins the same, and that one counts more which may be a slip.
_HEARD, _UNSURE = 0.5, 0.75
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BETWEEN = ("", "i", "og", "pa")  # small words that a blank was left out around, too

# What sounds alike is written alike here: the later rules see what the earlier ones wrote. No word is ever shown so.
_SOUNDS = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"(.)\1+", r"\1"),
        (r"skj|sch|sj|kj|tj|sh|sk(?=[iy])|k(?=[iy])", "S"),
        (r"hv|w", "v"),
        (r"[hlg]j", "j"),
        (r"ck|ch|c|q", "k"),
        (r"ph", "f"),
        (r"[dt]+h?", "t"),
        (r"x", "ks"),
        (r"z", "s"),
    )
)


class _Known(NamedTuple):
    word: str
    weight: int


class Speller:
    """Known words by how they look without æ, ø and å, by their first letter and length, and by how they sound.

    `sure`: words that are right however few ads have them.
    """

    def __init__(self, weights: Counter[str], sure: Iterable[str] = ()) -> None:
        self._known: dict[str, _Known] = {}
        self._words = frozenset(word for word, _ in weights.most_common(MOST_WORDS))
        self._alike: dict[tuple[str, int], list[str]] = {}
        self._heard: dict[str, str] = {}
        right = {*sure, *(word for word, ads in weights.items() if ads >= SURE)}
        self._right = frozenset(form for word in right for form in (word, norwegian.fold(word), norwegian.stem_of(word)))
        for word in sorted(self._words, key=lambda word: (-weights[word], word)):
            folded = norwegian.fold(word)
            if folded not in self._known:
                self._known[folded] = _Known(word, weights[word])
                self._alike.setdefault((folded[0], len(folded)), []).append(folded)
                self._heard.setdefault(sound(folded), folded)

    def knows(self, word: str) -> bool:
        return word in self._words or norwegian.fold(word) in self._known

    def is_right(self, word: str) -> bool:
        """Whether the word, another form of it or each part of it is one that nobody has to be asked about."""
        stem = norwegian.stem_of(word)
        if not {word, norwegian.fold(word), stem}.isdisjoint(self._right):
            return True
        head, *others = norwegian.parts(stem) or ("",)
        return head in self._right and any(other in self._right for other in others)

    def nearest(self, word: str, *, right: bool = False) -> str:
        """The nearest known word, the commonest of equally near ones; or two of them, where a blank was left out; "" where
        none is near enough. `right`: only words that nobody has to be asked about."""
        if len(word) < _LEAST_LETTERS or not word.isalpha():
            return ""
        folded = norwegian.fold(word)
        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        heard = sound(folded) if len(folded) >= _LEAST_LETTERS_HEARD else ""
        found: list[tuple[float, bool, int, str]] = []
        for candidate in {*self._candidates(folded, most), *filter(None, [self._heard.get(heard)])}:
            known = self._known[candidate]
            if right and known.word not in self._right:
                continue
            edits = OSA.distance(folded, candidate, score_cutoff=most)  # most + 1 where it is more
            alike = bool(heard) and heard == sound(candidate)
            other_start = candidate[0] != folded[0]
            if edits <= most or alike:
                nearness = (min(edits, 1) if other_start else _HEARD) if alike else edits
                nearness += 0 if known.word in self._right else _UNSURE
                found.append((nearness, other_start, -known.weight, known.word))
        nearest = min(found, default=None)
        if nearest is None or nearest[0] > 1:
            return self._apart(folded) or (nearest[-1] if nearest else "")
        return nearest[-1]

    def together(self, parts: tuple[str, ...]) -> str:
        """The known word that these are when they are written together, "" where there is none."""
        known = self._known.get(norwegian.fold("".join(parts)))
        return known.word if known else ""

    def _apart(self, folded: str) -> str:
        """The known words of which it consists, the ones whose rarer half is the commonest."""
        best, found = 0, ""
        for end in range(_LEAST_LETTERS, len(folded) - _LEAST_LETTERS + 1):
            first = self._known.get(folded[:end])
            if first is None or folded[:end] not in self._right:
                continue
            for between in _BETWEEN:
                rest = folded[end + len(between) :]
                if not folded.startswith(between, end) or len(rest) < _LEAST_LETTERS or rest not in self._right:
                    continue
                second = self._known.get(rest)
                if second and min(first.weight, second.weight) > best:
                    best = min(first.weight, second.weight)
                    found = " ".join(filter(None, (first.word, between.replace("pa", "på"), second.word)))
        return found

    def _candidates(self, folded: str, most: int) -> Iterator[str]:
        for letter in dict.fromkeys(folded[:2]):  # the first two may have changed places
            for length in range(len(folded) - most, len(folded) + most + 1):
                yield from self._alike.get((letter, length), ())
        rest = folded[1:]
        for other in (rest, *(letter + tail for letter in _LETTERS for tail in (rest, folded))):
            if other in self._known:
                yield other


def sound(folded: str) -> str:
    """How a word sounds, roughly: the same for words that are taken for each other by ear ("tj" and "kj", "t" and "d")."""
    for pattern, heard in _SOUNDS:
        folded = pattern.sub(heard, folded)
    return folded


def _read(now: dt.datetime | None) -> Speller:
    """Words of the ads that may be shown, by the number of ads."""
    sure: Counter[str] = Counter(dict.fromkeys((*synonyms.spellings(), *PLACES), 1))
    titles: Counter[str] = Counter()
    active = Vacancy.objects.active(now).order_by()
    for field, weights in (("title", titles), ("employer_name", sure), ("job_title", titles)):
        _add(weights, active.values_list(field).annotate(ads=Count("pk")).iterator())
    ids = active.values("pk")
    _add(sure, Category.objects.filter(vacancy__in=ids).order_by().values_list("name").annotate(ads=Count("pk")).iterator())
    _add(sure, Location.objects.filter(vacancy__in=ids).order_by().values_list("city").annotate(ads=Count("pk")).iterator())
    _add(sure, Occupation.objects.filter(vacancy__in=ids).order_by().values_list("path").annotate(ads=Count("pk")).iterator())
    long = {word: ads for word, ads in (titles + sure).items() if len(word) >= _LEAST_LETTERS and word.isalpha()}
    return Speller(Counter(long), sure)


def _add(weights: Counter[str], rows: Iterable[tuple[str, int]]) -> None:
    for name, ads in rows:
        for word in {word.exact for word in norwegian.words(name)}:
            weights[word] += ads


speller: Recent[Speller] = Recent(_read)
"""That of the record as it was at most ten minutes ago."""
