"""Spelling correction of a query: words that no ad has are replaced by the nearest known words.

Words in quotation marks, after a minus or before a star are left as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import NamedTuple

from jobsearch.search.analysis import norwegian, spelling, synonyms
from jobsearch.search.analysis.lexicon import FILLERS, PLACES

from .normalisation import tidy
from .parser import plain_tokens


class Correction(NamedTuple):
    """`q` with its wrong words put right, and `insisting`: the query as typed, those words in quotes."""

    q: str
    insisting: str


def unknown_words(q: str, now: dt.datetime | None = None) -> list[str]:
    """The words that `correct_query` asks about: plain ones that no title, occupation, employer or place has."""
    return [word for _start, word in _in_question(tidy(q)) if not spelling.speller(now).knows(norwegian.word(word).exact)]


def correct_query(q: str, is_found: Callable[[str], bool], now: dt.datetime | None = None) -> Correction | None:
    """A query that finds nothing with its unknown words put right; None where there is nothing to put right or a word is
    like no other.

    A word that `is_found` by itself is not wrong. What stands in quotes, after a minus or before a star is left as it is.
    """
    q = tidy(q)
    found: list[tuple[int, str, str]] = []
    for start, word in _in_question(q):
        exact = norwegian.word(word).exact
        if spelling.speller(now).knows(exact) or is_found(word):
            continue
        better = spelling.speller(now).nearest(exact)
        if not better:
            found = []
            break
        found.append((start, word, better))
    return _with(q, found or _written_apart(q, now))


def suggest_query(q: str, few: bool, now: dt.datetime | None = None) -> str:
    """The query as it may have been meant: words that no title, occupation, employer or place has, replaced by their
    neighbours; with `few` also those of one or two titles. "" where all words are right, or like no other."""
    q = tidy(q)
    found = []
    for start, word in _in_question(q):
        exact = norwegian.word(word).exact
        known = spelling.speller(now)
        if known.is_right(exact) or (known.knows(exact) and not few):
            continue
        better = known.nearest(exact, right=True)
        if better and norwegian.stem_of(better) != norwegian.stem_of(exact):
            found.append((start, word, better))
    correction = _with(q, found)
    return correction.q if correction else ""


def _in_question(q: str) -> Iterator[tuple[int, str]]:
    """(place, word) of the plain words that are neither small words nor of the lists."""
    for start, word in plain_tokens(q):
        exact = norwegian.word(word).exact
        if exact.isalpha() and exact not in FILLERS and exact not in PLACES and exact not in synonyms.spellings():
            yield start, word


def _written_apart(q: str, now: dt.datetime | None) -> list[tuple[int, str, str]]:
    """Three words that are one ("barne hage lærer"). Two of them are met by a search without being told."""
    tokens = list(plain_tokens(q))
    for three in zip(tokens, tokens[1:], tokens[2:], strict=False):
        (start, _), (_, _), (last, end) = three
        typed = q[start : last + len(end)]
        if typed.split() == [raw for _, raw in three]:
            whole = spelling.speller(now).together(tuple(norwegian.word(raw).exact for _, raw in three))
            if whole:
                return [(start, typed, whole)]
    return []


def _with(q: str, replaced: list[tuple[int, str, str]]) -> Correction | None:
    """The query with (place, word, better word) put in, and with the words in quotes."""
    if not replaced:
        return None
    better, insisting, end = [], [], 0
    for start, word, other in replaced:
        better += [q[end:start], other]
        insisting += [q[end:start], f'"{word}"']
        end = start + len(word)
    return Correction("".join([*better, q[end:]]), "".join([*insisting, q[end:]]))
