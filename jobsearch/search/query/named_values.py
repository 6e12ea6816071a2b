"""Facet values that words of a query name: "sykepleier deltid bergen" is "sykepleier" with part-time and Bergen.

Here the words are only found, and removed from the text. `words_to_filters` decides which of them become filters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from .compiled_query import compile_query
from .normalisation import remove_words, strip_leading_fillers
from .parsed_query import Alternatives, Clause, ParsedQuery, WordClause

Groups = list[Alternatives]


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
    return _remove(q, [one.words for one in named], typed, len(named))


def remove_near_words(q: str, words: str) -> str | None:
    """The query without these words for a distance; None where the remaining words would then be searched for differently.

    Some of them are searched for in the typed query, and some are not: "rundt" and "nær". Some are a negation: "ikke langt fra".
    """
    typed, alone = compile_query(q).parsed, compile_query(words).parsed
    own = _ignore_neighbours(alone, ignore_place=True)
    number = sum(group in own for group in _ignore_neighbours(typed, ignore_place=True))
    never = tuple(excluded for excluded in typed.never if excluded not in alone.never)
    return _remove(q, [words], replace(typed, never=never), number, names_no_job=True)


def _remove(q: str, words: Sequence[str], typed: ParsedQuery, number: int, *, names_no_job: bool = False) -> str | None:
    """The query without these words, if it is parsed as `typed` is, without this number of its groups.

    `names_no_job`: whether the other words are a kind of job (`is_open`) does not depend on these.
    """
    if len(typed.must) == number and not typed.never and not typed.wishes:
        return ""  # only fillers are left: "ledige stillinger i Bergen"
    rest = q
    for one in words:
        rest = remove_words(rest, one)
    rest = strip_leading_fillers(rest)
    left = compile_query(rest).parsed
    if names_no_job:
        typed = replace(typed, is_open=left.is_open)
    # A sentence without its place is no sentence: of "who is hiring cooks in Bergen" the field keeps "cooks".
    shorter = left.understood if left.dropped and not left.choices else rest
    return next((text for text in (shorter, rest) if _finds_the_rest(text, typed, number)), None)


def _finds_the_rest(text: str, typed: ParsedQuery, number: int) -> bool:
    """Whether the text is parsed as the typed query is, without this number of its groups."""
    left = compile_query(text).parsed
    if (left.never, left.wishes, left.is_open, left.choices) != (typed.never, typed.wishes, typed.is_open, typed.choices):
        return False
    return _lacks_groups(_ignore_neighbours(typed), _ignore_neighbours(left), number)


def _lacks_groups(typed: Groups, kept: Groups, number: int) -> bool:
    """Whether `kept` is `typed` without this number of groups, in the same order."""
    remaining = iter(typed)
    return len(typed) - len(kept) == number and all(group in remaining for group in kept)


def _ignore_neighbours(parsed: ParsedQuery, *, ignore_place: bool = False) -> Groups:
    """The groups without what depends on neighbouring words. It only makes the typed query find more than the rest does.

    `ignore_place`: also without `is_place`, which depends on an occupation beside the word.
    """

    def strip(clause: Clause) -> Clause:
        if not isinstance(clause, WordClause):
            return clause
        return replace(clause, alone=False, joined_stems=(), is_place=clause.is_place and not ignore_place)

    return [tuple(tuple(map(strip, alternative)) for alternative in group) for group in parsed.must]
