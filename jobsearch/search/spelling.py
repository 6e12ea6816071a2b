"""Words typed wrong: the nearest word of titles, occupations, employers and places of the ads that are shown.

The words come from the record, not from an index, so every engine corrects alike. They are read when a search first finds
nothing, and again when they are ten minutes old.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count

from jobsearch.vacancies.models import Category, Location, Occupation, Vacancy

from . import names, text, words
from .vocabulary import FILLERS, PLACES

KEEP_SECONDS = 600
MOST_WORDS = 40_000  # some 8 MB
_LEAST_LETTERS = 4
_TWO_EDITS_FROM = 8
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class _Known(NamedTuple):
    word: str
    weight: int


class Speller:
    """Known words by how they look without æ, ø and å, and by their first letter and length."""

    def __init__(self, weights: Counter[str]) -> None:
        self._known: dict[str, _Known] = {}
        self._words = frozenset(word for word, _ in weights.most_common(MOST_WORDS))
        self._alike: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self._words, key=lambda word: (-weights[word], word)):
            folded = text.fold(word)
            if folded not in self._known:
                self._known[folded] = _Known(word, weights[word])
                self._alike.setdefault((folded[0], len(folded)), []).append(folded)

    def knows(self, word: str) -> bool:
        return word in self._words or text.fold(word) in self._known

    def nearest(self, word: str) -> str:
        """The nearest known word, the commonest of equally near ones; "" where none is near enough."""
        if len(word) < _LEAST_LETTERS or not word.isalpha():
            return ""
        folded = text.fold(word)
        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        found: list[tuple[int, bool, int, str]] = []
        for candidate in self._candidates(folded, most):
            if (edits := distance(folded, candidate, most)) <= most:
                known = self._known[candidate]
                found.append((edits, candidate[0] != folded[0], -known.weight, known.word))
        return min(found)[-1] if found else ""

    def _candidates(self, folded: str, most: int) -> Iterator[str]:
        for letter in dict.fromkeys(folded[:2]):  # the first two may have changed places
            for length in range(len(folded) - most, len(folded) + most + 1):
                yield from self._alike.get((letter, length), ())
        rest = folded[1:]
        for other in (rest, *(letter + tail for letter in _LETTERS for tail in (rest, folded))):
            if other in self._known:
                yield other


def distance(a: str, b: str, most: int) -> int:
    """Letters put in, left out, changed, or swapped with a neighbour; `most` + 1 where it is more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, last = row, before
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def corrected(q: str, is_found: Callable[[str], bool], now: dt.datetime | None = None) -> str:
    """The query with its unknown words put right, "" where there is nothing to put right or a word is like no other.

    A word that `is_found` by itself is not wrong. What stands in quotes, after a minus or before a star is left as it is.
    """
    q = words.tidy(q)
    out: list[str] = []
    changed = False
    end = 0
    for start, word in words.plain_tokens(q):
        exact = text.word(word).exact
        if not exact.isalpha() or exact in FILLERS or exact in PLACES or exact in names.spellings():
            continue
        known = speller(now)
        if known.knows(exact) or is_found(word):
            continue
        better = known.nearest(exact)
        if not better:
            return ""
        out += [q[end:start], better]
        end = start + len(word)
        changed = True
    return "".join([*out, q[end:]]) if changed else ""


_lock = threading.Lock()
_spellers: dict[tuple[str, str], tuple[float, Speller]] = {}


def speller(now: dt.datetime | None = None) -> Speller:
    """That of the record as it was at most ten minutes ago."""
    key = (settings.SEARCH_URL, getattr(settings, "SEARCH_INDEX", ""))
    found = _spellers.get(key)
    if found is None or time.monotonic() - found[0] > KEEP_SECONDS:
        with _lock:
            found = _spellers.get(key)
            if found is None or time.monotonic() - found[0] > KEEP_SECONDS:
                _spellers.clear()
                found = _spellers[key] = (time.monotonic(), Speller(_weights(now)))
    return found[1]


def _weights(now: dt.datetime | None) -> Counter[str]:
    """Words of the ads that may be shown, by the number of ads."""
    weights: Counter[str] = Counter(dict.fromkeys((*names.spellings(), *PLACES), 1))
    active = Vacancy.objects.active(now).order_by()
    for field in ("title", "employer_name", "job_title"):
        _add(weights, active.values_list(field).annotate(ads=Count("pk")).iterator())
    ids = active.values("pk")
    _add(weights, Category.objects.filter(vacancy__in=ids).order_by().values_list("name").annotate(ads=Count("pk")).iterator())
    _add(weights, Location.objects.filter(vacancy__in=ids).order_by().values_list("city").annotate(ads=Count("pk")).iterator())
    _add(weights, Occupation.objects.filter(vacancy__in=ids).order_by().values_list("path").annotate(ads=Count("pk")).iterator())
    return Counter({word: ads for word, ads in weights.items() if len(word) >= _LEAST_LETTERS and word.isalpha()})


def _add(weights: Counter[str], rows: Iterable[tuple[str, int]]) -> None:
    for name, ads in rows:
        for word in {word.exact for word in text.words(name)}:
            weights[word] += ads
