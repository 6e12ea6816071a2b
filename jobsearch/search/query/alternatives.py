"""What else a search may mean that finds nothing as typed: a word mentioned in the text, or a spelling error put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .correction import correct_query, unknown_words
from .parsed_query import Parsed
from .parser import mentioned, parse

MOST_MENTIONS = 10
"""Ads whose text may name an occupation that no ad is of, to be shown for it."""
MOST_UNKNOWN = 8
"""Unknown words of one search that the engine is asked about. Who mistypes that many is not helped by a guess."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which what was typed may be meant; the fields are those of `Page`."""

    parsed: Parsed
    corrected: str = ""
    insisting: str = ""
    in_text: bool = False


def other_readings(
    unfound: Sequence[tuple[str, Parsed]], totals: Callable[[Sequence[Parsed]], list[int]], now: dt.datetime
) -> list[list[Reading]]:
    """For each (query text, its words) that finds nothing: the other readings, in the order in which to try them.

    `totals`: how many active ads each of some words finds without filters. It is asked once for all searches together, so that
    a page with many of them, or a search of many wrong words, costs one request to the engine.
    """
    questions: list[Parsed] = []
    plans: list[tuple[Parsed | None, list[str]]] = []
    for q, parsed in unfound:
        in_text = mentioned(parsed)
        unknown = unknown_words(q, now)[:MOST_UNKNOWN] if q else []
        plans.append((in_text, unknown))
        questions += [parsed, in_text] if in_text else []
        questions += map(parse, unknown)
    answers = iter(totals(questions) if questions else ())
    found = []
    for (q, _parsed), (in_text, unknown) in zip(unfound, plans, strict=True):
        readings = []
        # None where an ad is of the occupation, though other conditions leave it out, and where so many texts have the word
        # that it says nothing about the post.
        if in_text and (next(answers), next(answers)) in _FEW_MENTIONS:
            readings.append(Reading(in_text, in_text=True))
        found_alone = {word for word in unknown if next(answers) > 0}
        beyond = set(unknown_words(q, now)) - set(unknown)
        if q and (correction := correct_query(q, (found_alone | beyond).__contains__, now)):
            readings.append(Reading(parse(correction.q), correction.q, correction.insisting))
        found.append(readings)
    return found


_FEW_MENTIONS = {(0, mentions) for mentions in range(1, MOST_MENTIONS + 1)}
