"""Marked texts in pieces, and the passage of a text that shows best what was met in it. Plain text in, plain text out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from jobsearch.search.analysis.folding import compose, normalise

PASSAGE = 160  # characters
_LEAD = 50  # characters before the word, at most, so that it stands in what a phone shows of two lines
_THIN = 40  # characters; a heading of one word says less than a sentence
_MOST_PLACES = 60  # words from which a passage may start; each is compared with the others
_SENTENCE = re.compile(r"[.!?]\s+(?=\S)")
_BULLET = re.compile(r"[-–•*·]+ +")


class Piece(NamedTuple):
    """A part of a text. `met`: the search has met it."""

    text: str
    met: bool


Pieces = tuple[Piece, ...]


class Mark(NamedTuple):
    """A word that was met, by its place in a composed text; `groups`: what of the query it meets, a bit for each part of it."""

    start: int
    end: int
    groups: int


def groups_of(marks: Iterable[Mark]) -> int:
    """Everything that these words meet between them."""
    groups = 0
    for mark in marks:
        groups |= mark.groups
    return groups


def cut(value: str, marks: Sequence[Mark]) -> Pieces:
    """The text in pieces; words met side by side are one piece."""
    value = compose(value)
    pieces: list[Piece] = []
    at = 0
    for number, mark in enumerate(marks):
        end = mark.end
        if number + 1 < len(marks) and normalise(value[end : marks[number + 1].start]) in {" ", "-", ""}:
            end = marks[number + 1].start
        if pieces and pieces[-1].met and at == mark.start:
            pieces[-1] = Piece(pieces[-1].text + value[at:end], True)
        else:
            if at < mark.start:
                pieces.append(Piece(value[at : mark.start], False))
            pieces.append(Piece(value[mark.start : end], True))
        at = end
    if at < len(value):
        pieces.append(Piece(value[at:], False))
    return tuple(pieces)


def passage(value: str, marks: list[Mark], wanted: int) -> Pieces:
    """The stretch of the text, within a paragraph, that shows most of the wanted groups; the first of equally good ones."""
    best: tuple[tuple[int, int, bool], int, int] | None = None
    for mark in [mark for mark in marks if mark.groups & wanted][:_MOST_PLACES]:
        start, end = _stretch(value, mark)
        inside = groups_of(one for one in marks if start <= one.start and one.end <= end)
        worth = ((inside & wanted).bit_count(), inside.bit_count(), end - start >= _THIN)
        if best is None or worth > best[0]:
            best = (worth, start, end)
    if best is None:
        return ()
    _, start, end = best
    shift = [Mark(one.start - start, one.end - start, one.groups) for one in marks if start <= one.start and one.end <= end]
    pieces = list(cut(value[start:end], shift))
    if not _begins_sentence(value, start):
        pieces.insert(0, Piece("… ", False))
    if end < len(value) and value[end] != "\n" and value[end - 1] not in ".!?":
        pieces.append(Piece(" …", False))
    return tuple(pieces)


def _begins_sentence(value: str, start: int) -> bool:
    before = value[:start].rstrip(" -–•*·")
    return not before or before[-1] in "\n.!?"


def _stretch(value: str, mark: Mark) -> tuple[int, int]:
    """Start and end of the passage around a word: from the start of its sentence where that is near."""
    above = value.rfind("\n", 0, mark.start) + 1
    below = value.find("\n", mark.end)
    below = len(value) if below < 0 else below
    bullet = _BULLET.match(value, above, mark.start)
    start = bullet.end() if bullet else above
    for stop in _SENTENCE.finditer(value, max(above, mark.start - PASSAGE), mark.start + 1):
        if stop.end() <= mark.start:
            start = stop.end()
    if mark.start - start > _LEAD:
        start = value.find(" ", mark.start - _LEAD, mark.start) + 1 or mark.start
    end = below
    if end - start > PASSAGE:
        blank = value.rfind(" ", mark.end, start + PASSAGE)
        end = blank if blank > 0 else max(mark.end, start + PASSAGE)
        stops = [stop.start() + 1 for stop in _SENTENCE.finditer(value, mark.end, end)]
        if stops and stops[-1] - start > PASSAGE // 2:
            end = stops[-1]
    return start, end
