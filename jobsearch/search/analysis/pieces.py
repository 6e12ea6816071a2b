"""Caches of the analysis of whitespace-separated pieces of a text: most pieces are common words, so few must be analysed.

An expression that matches no whitespace, also by its look-around, treats whitespace like the end of the text. So it finds the
same in the separate pieces as in the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

Found = TypeVar("Found")

MAX_ENTRIES = 20_000  # of a cache, about 3 MB. A month of ads has more pieces, most of which occur once
MAX_LENGTH = 40  # characters of a piece that is cached: longer ones are addresses or garbage, and do not recur
MAX_PIECES = 40  # different pieces that are searched for one by one: more would take quadratic time in a hostile text

_caches: list[dict[str, Any]] = []


def register_cache(cache: dict[str, Found]) -> dict[str, Found]:
    """Registers a cache for `list_new_entries` and `add_entries`."""
    _caches.append(cache)
    return cache


def count_entries() -> list[int]:
    """The size of each cache, for `list_new_entries`."""
    return [len(cache) for cache in _caches]


def list_new_entries(sizes: list[int]) -> list[dict[str, Any]]:
    """The entries that each cache got since it had these sizes, for the process that this one was forked from."""
    return [dict(islice(cache.items(), size, size + MAX_ENTRIES // 2)) for cache, size in zip(_caches, sizes, strict=True)]


def add_entries(new: list[dict[str, Any]]) -> None:
    """Adds the entries of a forked process. Half of a cache stays free for those of later ones."""
    for cache, found in zip(_caches, new, strict=True):
        if len(cache) + len(found) > MAX_ENTRIES // 2:
            cache.clear()
        cache.update(found)


class PieceCache(dict[str, Found]):
    """Cache of a function of a piece; `cache[piece]` calls it where there is no entry."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        super().__init__()
        self._find = find
        register_cache(self)

    def __missing__(self, piece: str) -> Found:
        found = self._find(piece)
        if len(piece) <= MAX_LENGTH:
            if len(self) >= MAX_ENTRIES:
                self.clear()  # cheaper than tracking use; common pieces are cached again within a few ads
            self[piece] = found
        return found


class WordExpression:
    """Expression of whole words without whitespace ("ikke", "ingen"), which is searched for in each piece."""

    def __init__(self, expression: re.Pattern[str]) -> None:
        self._expression = expression
        self._places: PieceCache[tuple[int, ...]] = PieceCache(self._find_in_piece)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches, in order."""
        pieces = {piece: places for piece in {*text.split()} if (places := self._places[piece])}
        if len(pieces) > MAX_PIECES:
            return self._expression.finditer(text)
        starts = {start + place for piece, places in pieces.items() for start in find_starts(text, piece) for place in places}
        return filter(None, (self._expression.match(text, start) for start in sorted(starts)))

    def _find_in_piece(self, piece: str) -> tuple[int, ...]:
        return tuple(match.start() for match in self._expression.finditer(piece))


class TwoPartExpression:
    """Expression that is searched for only in a text that matches its second part, which is faster."""

    def __init__(self, whole: re.Pattern[str], second: re.Pattern[str]) -> None:
        self._whole, self._second = whole, second

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """The matches, in order."""
        return self._whole.finditer(text) if self._second.search(text) else ()


def find_starts(text: str, part: str) -> Iterator[int]:
    """The positions of a part in a text, inside words too, without overlaps."""
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + len(part))
