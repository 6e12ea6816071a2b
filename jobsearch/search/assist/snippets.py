"""Snippets: texts split into matched and other segments, and the part of a text that best shows the matches.

Plain text in, plain text out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from jobsearch.search.analysis.folding import compose, normalise

SNIPPET_LENGTH = 160  # characters
_MAX_LEAD = 50  # characters before the match, so that it is within what a phone shows of two lines
_MIN_LENGTH = 40  # characters; a heading of one word says less than a sentence
_MAX_STARTS = 60  # matches from which a snippet may start; each is compared with all others
_SENTENCE_END = re.compile(r"[.!?]\s+(?=\S)")
_BULLET = re.compile(r"[-–•*·]+ +")


class Segment(NamedTuple):
    """A part of a text; `matched` parts are shown as highlighted."""

    text: str
    matched: bool


Segments = tuple[Segment, ...]


class MatchSpan(NamedTuple):
    """A matched word by its position in a composed text. `groups`: bit mask of the groups of the query that it matches."""

    start: int
    end: int
    groups: int


def combine_groups(spans: Iterable[MatchSpan]) -> int:
    """Bit mask of all groups that the spans match."""
    groups = 0
    for span in spans:
        groups |= span.groups
    return groups


def split_text(text: str, spans: Sequence[MatchSpan]) -> Segments:
    """The text as segments; matched words side by side are one segment."""
    text = compose(text)
    segments: list[Segment] = []
    position = 0
    for number, span in enumerate(spans):
        end = span.end
        if number + 1 < len(spans) and normalise(text[end : spans[number + 1].start]) in {" ", "-", ""}:
            end = spans[number + 1].start
        if segments and segments[-1].matched and position == span.start:
            segments[-1] = Segment(segments[-1].text + text[position:end], True)
        else:
            if position < span.start:
                segments.append(Segment(text[position : span.start], False))
            segments.append(Segment(text[span.start : end], True))
        position = end
    if position < len(text):
        segments.append(Segment(text[position:], False))
    return tuple(segments)


class SnippetChoice(NamedTuple):
    """A part of a text. `score`: number of wanted groups, of all groups, and whether it is long enough to say something."""

    score: tuple[int, int, bool]
    start: int
    end: int


def build_snippet(text: str, spans: list[MatchSpan], wanted_groups: int) -> Segments:
    """The part of a paragraph that matches most of the wanted groups, the first of equally good ones; () where none does."""
    choice = choose_snippet(text, spans, wanted_groups)
    return cut_snippet(text, spans, choice) if choice else ()


def choose_snippet(text: str, spans: list[MatchSpan], wanted_groups: int) -> SnippetChoice | None:
    """The best part of the text, None where it has no wanted group."""
    best: SnippetChoice | None = None
    for span in [span for span in spans if span.groups & wanted_groups][:_MAX_STARTS]:
        start, end = _find_bounds(text, span)
        groups = combine_groups(other for other in spans if start <= other.start and other.end <= end)
        score = ((groups & wanted_groups).bit_count(), groups.bit_count(), end - start >= _MIN_LENGTH)
        if best is None or score > best.score:
            best = SnippetChoice(score, start, end)
    return best


def cut_snippet(text: str, spans: list[MatchSpan], choice: SnippetChoice) -> Segments:
    """The chosen part of the text as segments, with an ellipsis where it begins or ends within a sentence."""
    _score, start, end = choice
    inside = [span for span in spans if start <= span.start and span.end <= end]
    segments = list(split_text(text[start:end], [MatchSpan(s.start - start, s.end - start, s.groups) for s in inside]))
    if not _begins_sentence(text, start):
        segments.insert(0, Segment("… ", False))
    if end < len(text) and text[end] != "\n" and text[end - 1] not in ".!?":
        segments.append(Segment(" …", False))
    return tuple(segments)


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" -–•*·")
    return not before or before[-1] in "\n.!?"


def _find_bounds(text: str, span: MatchSpan) -> tuple[int, int]:
    """Start and end of the snippet around a match: from the start of its sentence where that is near."""
    paragraph_start = text.rfind("\n", 0, span.start) + 1
    paragraph_end = text.find("\n", span.end)
    paragraph_end = len(text) if paragraph_end < 0 else paragraph_end
    bullet = _BULLET.match(text, paragraph_start, span.start)
    start = bullet.end() if bullet else paragraph_start
    for sentence_end in _SENTENCE_END.finditer(text, max(paragraph_start, span.start - SNIPPET_LENGTH), span.start + 1):
        if sentence_end.end() <= span.start:
            start = sentence_end.end()
    if span.start - start > _MAX_LEAD:
        start = text.find(" ", span.start - _MAX_LEAD, span.start) + 1 or span.start
    end = paragraph_end
    if end - start > SNIPPET_LENGTH:
        space = text.rfind(" ", span.end, start + SNIPPET_LENGTH)
        end = space if space > 0 else max(span.end, start + SNIPPET_LENGTH)
        sentence_ends = [match.start() + 1 for match in _SENTENCE_END.finditer(text, span.end, end)]
        if sentence_ends and sentence_ends[-1] - start > SNIPPET_LENGTH // 2:
            end = sentence_ends[-1]
    return start, end
