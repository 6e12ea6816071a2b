"""Reference implementation of conditions: every engine has to find the same ads with the same scores.

`choose_each_kind` takes of many conditions one of each kind.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any

from jobsearch.search.conditions import TIE_BREAKER, All, Best, Constant, Everything, Node, Phrase, Prefix, Range, Term, Terms
from jobsearch.search.engines.opensearch.query_builder import build_query


def score(node: Node, doc: Mapping[str, Any]) -> float | None:
    """The score of a document, or None where it does not match."""
    match node:
        case Term(field, value, points):
            return float(points) if value in _values(doc, field) else None
        case Terms(field, values):
            return 0.0 if {*values} & {*_values(doc, field)} else None
        case Prefix(field, value, points):
            return float(points) if any(word.startswith(value) for word in _values(doc, field)) else None
        case Phrase(field, words, points):
            return float(points) if f" {' '.join(words)} " in f" {doc[field]} " else None
        case Range(field, least, below):
            number = doc[field]
            return 0.0 if (least is None or number >= least) and (below is None or number < below) else None
        case Best(nodes):
            scores = [points for child in nodes if (points := score(child, doc)) is not None]
            return max(scores) + TIE_BREAKER * (sum(scores) - max(scores)) if scores else None
        case All(must, never, bonus):
            required = [score(child, doc) for child in must]
            if None in required or any(score(child, doc) is not None for child in never):
                return None
            return sum(required) + sum(score(child, doc) or 0.0 for child in bonus)
        case Constant(inner, points):
            return float(points) if score(inner, doc) is not None else None
        case Everything():
            return 0.0


def _values(doc: Mapping[str, Any], field: str) -> list[str]:
    value = doc[field]
    return _split(value) if isinstance(value, str) else value


@lru_cache(maxsize=10_000)
def _split(text: str) -> list[str]:
    """The words of a text, which hundreds of conditions compare."""
    return text.split(" ")


def choose_each_kind(nodes: Mapping[str, Node]) -> list[str]:
    """The name of the first condition of each kind.

    Conditions of a kind are the same query for a server but for words, numbers and how often a part is repeated.
    """
    first: dict[Hashable, str] = {}
    for name, node in nodes.items():
        first.setdefault(_describe_query(build_query(node)), name)
    return [*first.values()]


def _describe_query(query: object) -> Hashable:
    """The names in a query, which are its clauses and fields, without the values."""
    if isinstance(query, dict):
        return frozenset((name, _describe_query(value)) for name, value in query.items())
    return frozenset(map(_describe_query, query)) if isinstance(query, list) else None
