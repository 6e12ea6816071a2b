"""Alternative interpretations of a query without hits: words of the running text, fewer words, or a corrected spelling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from jobsearch.search.analysis import spelling, synonyms

from .correction import correct_query, find_unknown_words
from .parsed_query import Alternatives, ParsedQuery, WordClause
from .parser import parse_query
from .sentence_lists import rank_common_word

MAX_MENTIONS = 10
"""Ads that may mention an occupation in their text and still be shown for it, where no ad is of that occupation."""
MAX_UNKNOWN_WORDS = 8
"""Unknown words of one query that the engine counts hits for. A query with more misspelled words is not corrected well."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One way to read the typed query. The fields are those of `Page`."""

    parsed: ParsedQuery
    corrected: str = ""
    insisting: str = ""
    in_text: bool = False
    left_out: tuple[str, ...] = ()
    is_silent: bool = False


def find_interpretations(
    queries: Sequence[tuple[str, ParsedQuery]], count_hits: Callable[[Sequence[ParsedQuery]], list[int]], now: dt.datetime
) -> list[list[Interpretation]]:
    """For each (query text, parsed query) without hits: its other interpretations, in the order in which to try them.

    `count_hits` returns the number of active ads that each parsed query matches without filters. It is called once for all
    queries, so that a page with many of them, or a query of many misspelled words, costs one request to the engine.
    """
    to_count: list[ParsedQuery] = []
    plans: list[tuple[ParsedQuery | None, list[Interpretation], list[str]]] = []
    for q, parsed in queries:
        in_body = allow_body_match(parsed)
        unknown_words = find_unknown_words(q, now) if q else []
        shorter = _leave_out_words(q, parsed, now) if q else []
        plans.append((in_body, shorter, unknown_words))
        to_count += [parsed, in_body] if in_body else []
        to_count += [interpretation.parsed for interpretation in shorter]
        to_count += map(parse_query, unknown_words[:MAX_UNKNOWN_WORDS])
    counts = iter(count_hits(to_count) if to_count else ())
    interpretations_by_query = []
    for (q, parsed), (in_body, shorter, unknown_words) in zip(queries, plans, strict=True):
        interpretations = []
        # Not offered where an ad is of the occupation and only the filters exclude it, nor where so many texts have the word
        # that it says nothing about the position.
        if in_body and (next(counts), next(counts)) in _FEW_MENTIONS:
            interpretations.append(Interpretation(in_body, in_text=True))
        found_shorter = [interpretation for interpretation in shorter if next(counts) > 0]
        interpretations += found_shorter[:1]
        if parsed.is_open and any(not wish.is_condition for wish in parsed.wishes):
            # No ad says that it is not needed: those that do not demand it.
            interpretations.append(Interpretation(replace(parsed, is_open=False), is_silent=True))
        words_with_hits = {word for word in unknown_words[:MAX_UNKNOWN_WORDS] if next(counts) > 0}
        uncounted = set(unknown_words[MAX_UNKNOWN_WORDS:])
        if q and (correction := correct_query(q, (words_with_hits | uncounted).__contains__, now)):
            corrected = Interpretation(parse_query(correction.q), correction.q, correction.insisting)
            interpretations.append(corrected)
            if shorter:  # all of the words at once: nothing more is counted
                left_out = shorter[-1].left_out
                interpretations.append(replace(corrected, parsed=parse_query(correction.q, left_out), left_out=left_out))
        interpretations_by_query.append(interpretations)
    return interpretations_by_query


def allow_body_match(parsed: ParsedQuery) -> ParsedQuery | None:
    """The query with a name of an occupation matched in the running text too; None where there is none to match so.

    Only if it is the whole query, or beside other words if it may well be no occupation there: "C assembler". "Tannlege Voss"
    does not find the texts of Voss that mention a dentist. Other words match in the running text anyway.
    """
    if parsed.never or not parsed.plain_words:
        return None
    must = tuple(_allow_in_body(group, len(parsed.must) == 1) for group in parsed.must)
    return replace(parsed, must=must) if must != parsed.must else None


def _allow_in_body(group: Alternatives, is_only_group: bool) -> Alternatives:
    first = group[0][0] if group and len(group[0]) == 1 else None
    if not isinstance(first, WordClause) or not first.headline_only:
        return group
    if is_only_group:
        return ((replace(first, headline_only=False, synonyms=()),),)
    return ((replace(first, headline_only=False),), *group[1:]) if synonyms.is_foreign_or_short(first.word) else group


def _leave_out_words(q: str, parsed: ParsedQuery, now: dt.datetime) -> list[Interpretation]:
    """The query without one of its common words, then without several, the words that say least first.

    A word that may have a meaning is left out only if no title, occupation, employer or place has it.
    """
    known = spelling.speller(now).is_known if parsed.common_words else None
    words = [word for word in parsed.common_words if not rank_common_word(word) or not (known and known(word))]
    choices = [*((word,) for word in words), *(tuple(words[:end]) for end in range(2, len(words) + 1))]
    return [Interpretation(parse_query(q, choice), left_out=choice) for choice in choices]


# (hits of the query as typed, hits in the running text)
_FEW_MENTIONS = {(0, mentions) for mentions in range(1, MAX_MENTIONS + 1)}
