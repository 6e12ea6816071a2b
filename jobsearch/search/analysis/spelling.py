"""Spelling dictionary: finds the nearest word of the titles, occupations, employers and places of ads.

The words come from the database, not from an index, so that both engines correct alike. They are read when a search first
has few or no hits, and again when they are ten minutes old.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from django.db.models import Count
from rapidfuzz.distance import OSA

from jobsearch.search.cache import StaleWhileRevalidateCache
from jobsearch.vacancies.models import Category, Location, Occupation, Vacancy

from . import norwegian, synonyms
from .folding import fold
from .lexicon import PLACES

MAX_WORDS = 40_000  # some 8 MB
MIN_ADS_TO_TRUST = 3
"""Ads with a word in their titles, from which it is taken as correct and not as a misspelling in one of them."""

_MIN_LETTERS = 4
_MIN_LETTERS_PHONETIC = 5
_TWO_EDITS_FROM = 8  # letters
# Distance of a word that sounds the same and begins the same; what is added for a word that may itself be misspelled.
_PHONETIC_DISTANCE, _UNTRUSTED_PENALTY = 0.5, 0.75
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BETWEEN = ("", "i", "og", "pa")  # function words that may be typed, without spaces, between two words

# Rules of the phonetic key: sounds that are confused get the same letters. Later rules see the output of earlier ones.
_SOUNDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
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


class _KnownWord(NamedTuple):
    word: str
    ads: int


class _Forms(NamedTuple):
    folded: str
    stem: str
    sound: str


def _list_forms(word: str) -> tuple[str, str, str]:
    """The word as it is, folded, and its stem."""
    forms = _analyse_listed_words().get(word)
    return (word, forms.folded, forms.stem) if forms else (word, fold(word), norwegian.stem_word(word))


def _build_keys(word: str) -> tuple[str, str]:
    """The folded word and its phonetic key."""
    if forms := _analyse_listed_words().get(word):
        return forms.folded, forms.sound
    folded = fold(word)
    return folded, build_phonetic_key(folded)


class Speller:
    """Dictionary of known words, looked up by folded spelling, by first letter and length, and by phonetic key.

    `weights`: number of ads for each word. `trusted_words`: words that are correct however few ads have them.
    """

    def __init__(self, weights: Counter[str], trusted_words: Iterable[str] = ()) -> None:
        self._by_folded: dict[str, _KnownWord] = {}
        self._words = frozenset(word for word, _ in weights.most_common(MAX_WORDS))
        self._by_start_and_length: dict[tuple[str, int], list[str]] = {}
        self._by_sound: dict[str, str] = {}
        trusted = {*trusted_words, *(word for word, ads in weights.items() if ads >= MIN_ADS_TO_TRUST)}
        self._trusted = frozenset(form for word in trusted for form in _list_forms(word))
        for word in sorted(self._words, key=lambda word: (-weights[word], word)):
            folded, sound = _build_keys(word)
            if folded not in self._by_folded:
                self._by_folded[folded] = _KnownWord(word, weights[word])
                self._by_start_and_length.setdefault((folded[0], len(folded)), []).append(folded)
                self._by_sound.setdefault(sound, folded)

    def is_known(self, word: str) -> bool:
        return word in self._words or fold(word) in self._by_folded

    def is_trusted(self, word: str) -> bool:
        """Whether the word, another form of it or each part of the compound is surely spelled correctly."""
        stem = norwegian.stem_word(word)
        if not {word, fold(word), stem}.isdisjoint(self._trusted):
            return True
        head, *others = norwegian.split_compound(stem) or ("",)
        return head in self._trusted and any(other in self._trusted for other in others)

    def find_nearest(self, word: str, *, trusted_only: bool = False) -> str:
        """The known word with the smallest edit distance, the commonest of equally near ones; "" where none is near enough.

        Two words where a space was left out. `trusted_only`: only words that are surely spelled correctly.
        """
        if len(word) < _MIN_LETTERS or not word.isalpha():
            return ""
        folded = fold(word)
        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        sound = build_phonetic_key(folded) if len(folded) >= _MIN_LETTERS_PHONETIC else ""
        near_words: list[tuple[float, bool, int, str]] = []
        for candidate in {*self._find_candidates(folded, most), *filter(None, [self._by_sound.get(sound)])}:
            known = self._by_folded[candidate]
            if trusted_only and known.word not in self._trusted:
                continue
            edits = OSA.distance(folded, candidate, score_cutoff=most)  # most + 1 where it is more
            sounds_alike = bool(sound) and sound == build_phonetic_key(candidate)
            other_start = candidate[0] != folded[0]
            if edits <= most or sounds_alike:
                nearness = (min(edits, 1) if other_start else _PHONETIC_DISTANCE) if sounds_alike else edits
                nearness += 0 if known.word in self._trusted else _UNTRUSTED_PENALTY
                near_words.append((nearness, other_start, -known.ads, known.word))
        nearest = min(near_words, default=None)
        if nearest is None or nearest[0] > 1:
            return self._split_in_two(folded) or (nearest[-1] if nearest else "")
        return nearest[-1]

    def find_joined(self, parts: tuple[str, ...]) -> str:
        """The known word that the parts give when written together; "" where there is none."""
        known = self._by_folded.get(fold("".join(parts)))
        return known.word if known else ""

    def _split_in_two(self, folded: str) -> str:
        """The two known words that were typed without a space; of several pairs the one whose rarer word is the commonest."""
        most_ads, pair = 0, ""
        for end in range(_MIN_LETTERS, len(folded) - _MIN_LETTERS + 1):
            first = self._by_folded.get(folded[:end])
            if first is None or folded[:end] not in self._trusted:
                continue
            for between in _BETWEEN:
                rest = folded[end + len(between) :]
                if not folded.startswith(between, end) or len(rest) < _MIN_LETTERS or rest not in self._trusted:
                    continue
                second = self._by_folded.get(rest)
                if second and min(first.ads, second.ads) > most_ads:
                    most_ads = min(first.ads, second.ads)
                    pair = " ".join(filter(None, (first.word, between.replace("pa", "på"), second.word)))
        return pair

    def _find_candidates(self, folded: str, most: int) -> Iterator[str]:
        """Known words that may be within `most` edits: same first letter, or one edit at the beginning."""
        for letter in dict.fromkeys(folded[:2]):  # the first two letters may be swapped
            for length in range(len(folded) - most, len(folded) + most + 1):
                yield from self._by_start_and_length.get((letter, length), ())
        rest = folded[1:]
        for other in (rest, *(letter + tail for letter in _LETTERS for tail in (rest, folded))):
            if other in self._by_folded:
                yield other


def build_phonetic_key(folded: str) -> str:
    """Phonetic key of a folded word: equal for words that are confused by ear ("tj" and "kj", "t" and "d")."""
    for pattern, replacement in _SOUNDS:
        folded = pattern.sub(replacement, folded)
    return folded


def _list_words() -> tuple[str, ...]:
    """Words that each dictionary has, whatever the ads."""
    return (*synonyms.list_words(), *PLACES)


@cache
def _analyse_listed_words() -> dict[str, _Forms]:
    """Forms of the words that each dictionary has, computed once a process: these 8,600 words took 0.13 of 0.15 s."""
    return {
        word: _Forms(folded, norwegian.stem_word(word), build_phonetic_key(folded))
        for word in _list_words()
        for folded in (fold(word),)
    }


def _read_speller(now: dt.datetime | None) -> Speller:
    """Reads the words of active ads and the number of ads for each."""
    trusted: Counter[str] = Counter(dict.fromkeys(_list_words(), 1))
    titles: Counter[str] = Counter()
    active = Vacancy.objects.active(now).order_by()
    for field, weights in (("title", titles), ("employer_name", trusted), ("job_title", titles)):
        _add_words(weights, active.values_list(field).annotate(ads=Count("pk")).iterator())
    ids = active.values("pk")
    for rows in (
        Category.objects.filter(vacancy__in=ids).order_by().values_list("name"),
        Location.objects.filter(vacancy__in=ids).order_by().values_list("city"),
        Occupation.objects.filter(vacancy__in=ids).order_by().values_list("path"),
    ):
        _add_words(trusted, rows.annotate(ads=Count("pk")).iterator())
    long_words = {word: ads for word, ads in (titles + trusted).items() if len(word) >= _MIN_LETTERS and word.isalpha()}
    return Speller(Counter(long_words), trusted)


def _add_words(weights: Counter[str], rows: Iterable[tuple[str, int]]) -> None:
    for name, ads in rows:
        for word in {word.exact for word in norwegian.analyse_text(name)}:
            weights[word] += ads


speller: StaleWhileRevalidateCache[Speller] = StaleWhileRevalidateCache(_read_speller)
"""Returns the speller, at most ten minutes old."""
