"""Spans of a text (start, end): joining and removing."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; spans that overlap or touch become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def remove_spans(text: str, spans: list[Span], mark: str = " ") -> str:
    """The text with each span replaced by `mark`."""
    if not spans:
        return text
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], mark]
        position = end
    return "".join([*parts, text[position:]])
