"""Spelling correction of a query: replaces words that no ad has by the nearest known words.

Phrases, prefixes and words after a minus are unchanged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import NamedTuple

from jobsearch.search.analysis import norwegian, spelling, synonyms
from jobsearch.search.analysis.lexicon import FILLERS, PLACES

from . import exclusion_words
from .normalisation import normalise_query
from .parser import find_plain_words
from .sentence_lists import rank_common_word
from .wishes import find_wish_words


class Correction(NamedTuple):
    """`q`: the query with corrected words. `insisting`: the query as typed, with those words in quotation marks."""

    q: str
    insisting: str


def find_unknown_words(q: str, now: dt.datetime | None = None) -> list[str]:
    """The words that `correct_query` may replace: plain ones that no title, occupation, employer or place has."""
    words = _find_checked_words(normalise_query(q))
    return [word for _start, word in words if not spelling.speller(now).is_known(norwegian.analyse_word(word).exact)]


def correct_query(q: str, has_hits: Callable[[str], bool], now: dt.datetime | None = None) -> Correction | None:
    """Corrects the unknown words of a query without hits. None where no word is unknown or one has no near word.

    A word that has hits by itself, by `has_hits`, is not corrected. Phrases, prefixes and words after a minus are unchanged.
    """
    q = normalise_query(q)
    replacements: list[tuple[int, str, str]] = []
    for start, word in _find_checked_words(q):
        exact = norwegian.analyse_word(word).exact
        if spelling.speller(now).is_known(exact) or has_hits(word):
            continue
        nearest = spelling.speller(now).find_nearest(exact)
        if not nearest:
            replacements = []
            break
        replacements.append((start, word, nearest))
    return _replace_words(q, replacements or _join_three_words(q, now))


def suggest_query(q: str, few: bool, now: dt.datetime | None = None) -> str:
    """The query as it may have been meant, for a query with hits; "" where no word is doubtful or has a near word.

    Replaces words that no title, occupation, employer or place has; with `few` (hits) also those of one or two titles.
    """
    q = normalise_query(q)
    replacements = []
    for start, word in _find_checked_words(q):
        exact = norwegian.analyse_word(word).exact
        known_words = spelling.speller(now)
        if known_words.is_trusted(exact) or (known_words.is_known(exact) and not few):
            continue
        nearest = known_words.find_nearest(exact, trusted_only=True)
        if nearest and norwegian.stem_word(nearest) != norwegian.stem_word(exact):
            replacements.append((start, word, nearest))
    correction = _replace_words(q, replacements)
    return correction.q if correction else ""


def _find_checked_words(q: str) -> Iterator[tuple[int, str]]:
    """(position, word) of the plain words of a normalised query that are not in the lexicon, the synonym lists or a wish."""
    in_wishes = find_wish_words(q)
    for start, word in find_plain_words(q):
        exact = norwegian.analyse_word(word).exact
        if exact in in_wishes:
            continue
        is_listed = exact in FILLERS or exact in PLACES or exact in exclusion_words.WORDS or exact in synonyms.list_words()
        is_listed = is_listed or rank_common_word(exact) is not None
        if exact.isalpha() and not is_listed:
            yield start, word


def _join_three_words(q: str, now: dt.datetime | None) -> list[tuple[int, str, str]]:
    """The replacement for a compound typed as three words ("barne hage lærer"). The parser joins two words by itself."""
    tokens = list(find_plain_words(q))
    for three in zip(tokens, tokens[1:], tokens[2:], strict=False):
        (start, _), (_, _), (last_start, last) = three
        typed = q[start : last_start + len(last)]
        if typed.split() == [token for _, token in three]:
            compound = spelling.speller(now).find_joined(tuple(norwegian.analyse_word(token).exact for _, token in three))
            if compound:
                return [(start, typed, compound)]
    return []


def _replace_words(q: str, replacements: list[tuple[int, str, str]]) -> Correction | None:
    """The correction made by (position, word, replacement); None without replacements."""
    if not replacements:
        return None
    corrected, insisting, end = [], [], 0
    for start, word, replacement in replacements:
        corrected += [q[end:start], replacement]
        insisting += [q[end:start], f'"{word}"']
        end = start + len(word)
    return Correction("".join([*corrected, q[end:]]), "".join([*insisting, q[end:]]))
