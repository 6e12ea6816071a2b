"""Conditions and counts as values, independent of the engine. Each engine translates them into queries of its library.

Scores are constants of a field, added up. They are the same in every engine to the last bit: all are whole numbers and the
tie breaker is a quarter, so no sum is rounded, and equal matches really tie and are sorted by date.
"""

from __future__ import annotations

from dataclasses import dataclass

TIE_BREAKER = 0.25


@dataclass(frozen=True, slots=True)
class Term:
    """The field holds this word (or this keyword value)."""

    field: str
    value: str
    score: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """The field holds at least one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """The field holds a word that starts with this."""

    field: str
    value: str
    score: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """The field holds these words side by side, in this order."""

    field: str
    words: tuple[str, ...]
    score: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """The number field has a value with least <= value < below; None is open."""

    field: str
    least: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """Disjunction: at least one of these matches. The score is the best of theirs plus a quarter of each other's."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Conjunction: all of `must` and none of `never` match. `bonus` adds to the score and excludes nothing."""

    must: tuple[Node, ...] = ()
    never: tuple[Node, ...] = ()
    bonus: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """The node matches; the score is this one, whatever the node's own."""

    node: Node
    score: int


@dataclass(frozen=True, slots=True)
class Everything:
    """Every ad."""


@dataclass(frozen=True, slots=True)
class TermsCount:
    """Count of ads for each value of a keyword field, or for each of `only` that has any.

    `size` exceeds the number of values: which of several equally common values an engine would cut off is undefined.
    """

    field: str
    size: int
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RangesCount:
    """Count of ads between neighbouring edges of a number field, the last range open: keys are the lower edges as text."""

    field: str
    edges: tuple[int, ...]


Node = Term | Terms | Prefix | Phrase | Range | Best | All | Constant | Everything
EVERYTHING = Everything()
