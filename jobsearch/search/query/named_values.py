"""Facet values that words of a query name: "sykepleier deltid bergen" is "sykepleier" with part-time and Bergen.

Here the words are only found. `words_to_filters` decides with the engine which of them become filters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from .compiled_query import compile_query
from .normalisation import remove_words, strip_leading_fillers
from .parsed_query import Alternative, Clause, ParsedQuery, WordClause

Groups = list[tuple[Alternative, ...]]


class NamedValues(NamedTuple):
    """The `values` of a `facet` that the `words` of a query name, as they were typed."""

    words: str
    facet: str
    values: tuple[str, ...]


def list_named_values(parsed: ParsedQuery) -> list[NamedValues]:
    """The values named by words that a filter can replace, at most one of each facet.

    Two places in one query are not two filters: the filters of a facet are alternatives, words are not. Words for an
    occupation stay: they find more than the ads that are classified so.
    """
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in parsed.recognised:
        values[one.facet, one.words].append(one.value)
    facets = [facet for facet, _words in values]
    return [
        NamedValues(words, facet, tuple(named))
        for (facet, words), named in values.items()
        if facet != "occupation" and facets.count(facet) == 1
    ]


def remove_named_words(q: str, named: Collection[NamedValues]) -> str | None:
    """The query without the words of these values; None where the remaining words would then be searched for differently."""
    typed = compile_query(q).parsed
    if len(typed.must) == len(named) and not typed.never and not typed.wishes:
        return ""  # only fillers are left: "ledige stillinger i Bergen"
    rest = q
    for one in named:
        rest = remove_words(rest, one.words)
    rest = strip_leading_fillers(rest)
    left = compile_query(rest).parsed
    # A sentence without its place is no sentence: of "who is hiring cooks in Bergen" the field keeps "cooks".
    shorter = left.understood if left.dropped and not left.choices else rest
    return next((text for text in (shorter, rest) if _finds_the_rest(text, typed, len(named))), None)


def _finds_the_rest(text: str, typed: ParsedQuery, number: int) -> bool:
    """Whether the text is parsed as the typed query is, without this number of groups."""
    left = compile_query(text).parsed
    if (left.never, left.wishes, left.is_open, left.choices) != (typed.never, typed.wishes, typed.is_open, typed.choices):
        return False
    return _lacks_groups(_ignore_neighbours(typed), _ignore_neighbours(left), number)


def _lacks_groups(typed: Groups, kept: Groups, number: int) -> bool:
    """Whether `kept` is `typed` without this number of groups, in the same order."""
    remaining = iter(typed)
    return len(typed) - len(kept) == number and all(group in remaining for group in kept)


def _ignore_neighbours(parsed: ParsedQuery) -> Groups:
    """The groups without what depends on neighbouring words. It only makes the typed query find more than the rest does."""

    def strip(clause: Clause) -> Clause:
        return replace(clause, alone=False, joined_stems=()) if isinstance(clause, WordClause) else clause

    return [tuple(tuple(map(strip, alternative)) for alternative in group) for group in parsed.must]
