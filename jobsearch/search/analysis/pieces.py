"""Caches of what is found in the whitespace-separated pieces of a text, because most pieces are common words.

To an expression that matches no whitespace, and to its look-around, whitespace beside a word is like the end of the text. So it
finds in the different pieces what it would find in the text, and few of them are new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

Found = TypeVar("Found")

SIZE = 20_000  # pieces of a cache, some 3 MB. A month of ads has more, most of them once
LONGEST = 40  # characters of a piece that is kept: longer ones are addresses or garbage, and do not recur
MANY = 40  # different pieces that are not looked for one by one, which would take quadratic time in a text made for it


_caches: list[dict[str, Any]] = []


def share(cache: dict[str, Found]) -> dict[str, Found]:
    """Makes `list_new` and `adopt` include a cache of the analysis."""
    _caches.append(cache)
    return cache


def count_known() -> list[int]:
    """The size of each cache, for `list_new`."""
    return [len(cache) for cache in _caches]


def list_new(known: list[int]) -> list[dict[str, Any]]:
    """What was added to each cache since `known`, for the process that this one was forked from."""
    return [dict(islice(cache.items(), size, size + SIZE // 2)) for cache, size in zip(_caches, known, strict=True)]


def adopt(new: list[dict[str, Any]]) -> None:
    """Adds what a forked process has found. Half of a cache stays free for what the next ones find."""
    for cache, found in zip(_caches, new, strict=True):
        if len(cache) + len(found) > SIZE // 2:
            cache.clear()
        cache.update(found)


class PieceCache(dict[str, Found]):
    """A piece -> what is found in it. `cache[piece]` looks for it where that is not known."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        super().__init__()
        self._find = find
        share(self)

    def __missing__(self, piece: str) -> Found:
        found = self._find(piece)
        if len(piece) <= LONGEST:
            if len(self) >= SIZE:
                self.clear()  # cheaper than tracking use; common pieces are kept again within a few ads
            self[piece] = found
        return found


class WordExpression:
    """An expression of whole words without whitespace ("ikke", "ingen"), searched for by pieces."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._expression = re.compile(pattern, flags)
        self._places: PieceCache[tuple[int, ...]] = PieceCache(self._find_in_piece)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches, in order."""
        pieces = {piece: places for piece in {*text.split()} if (places := self._places[piece])}
        if len(pieces) > MANY:
            return self._expression.finditer(text)
        starts = {start + place for piece, places in pieces.items() for start in find_starts(text, piece) for place in places}
        return filter(None, (self._expression.match(text, start) for start in sorted(starts)))

    def _find_in_piece(self, piece: str) -> tuple[int, ...]:
        return tuple(match.start() for match in self._expression.finditer(piece))


class TwoPartExpression:
    """An expression that is searched for only in a text in which its second part, which is faster, matches."""

    def __init__(self, first: str, second: str, flags: int = 0) -> None:
        self._whole, self._second = re.compile(first + second, flags), re.compile(second, flags)

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """The matches, in order."""
        return self._whole.finditer(text) if self._second.search(text) else ()


def find_starts(text: str, part: str) -> Iterator[int]:
    """Where a part of a text stands in it, side by side, inside words too."""
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + len(part))
