"""Excluded facet values in the text of a query: "lærer ikke vikariat" is "lærer" without the engagement Vikariat.

They become a filter of the search, which the page shows as a chip and its address holds, whatever is typed next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from .entities import Entity, is_own_name
from .exclusion_words import FIRST_WORDS
from .exclusions import Negation, find_negations
from .items import split_items
from .normalisation import normalise_query
from .parsed_query import QueryItem
from .parser import expand_query, parse_query
from .recognition import recognise_items
from .wishes import take_wishes

_MARKS = " ,;:/&+|-"


class Split(NamedTuple):
    """A query's text without the values that it excludes, and those: facet -> values."""

    q: str
    excluded: Mapping[str, tuple[str, ...]]


def split_excluded_values(q: str) -> Split:
    """The facet values that the text excludes in words. A minus sign excludes words, and stays in the text."""
    if FIRST_WORDS.isdisjoint(normalise_query(q).lower().replace("(", " ").split()):
        return Split(q, {})
    text = expand_query(q)
    items = split_items(text)
    searched, _wishes = take_wishes(items)  # "uten erfaring eller deltid" is a wish
    wished = {item.start for item in items} - {item.start for item in searched}
    parts = find_negations(recognise_items(searched))
    excluded: dict[str, list[str]] = defaultdict(list)
    pieces: list[str] = []
    end = 0
    for part in parts:
        if not isinstance(part, Negation):
            continue
        kept = []
        for member in part.members:
            if entity := _get_excluded_entity(member):
                excluded[entity.facet] += entity.values
            else:
                kept.append(member.text)
        if len(kept) < len(part.members) or not part.members:
            pieces.append(text[end : part.start].rstrip(_MARKS))
            pieces.append(f"{part.trigger} {' eller '.join(kept)}" if kept else "")
            end = part.end
    if not excluded or any(part.start <= start < part.end for part in parts for start in wished):
        return Split(q, {})
    pieces.append(text[end:].lstrip(_MARKS.removesuffix("-")))
    rest = " ".join(" ".join(pieces).split())
    typed, left = parse_query(q), parse_query(rest)
    if not typed.must and not typed.wishes and not left.never:
        rest = ""  # of "stilling som ikke er vikariat" no word is left to search for
    elif left.must != typed.must:
        return Split(q, {})  # without the negation the other words are read in another way
    return Split(rest, {facet: tuple(dict.fromkeys(values)) for facet, values in excluded.items()})


def _get_excluded_entity(item: QueryItem) -> Entity | None:
    """The entity that an excluded item is, if its facet values say all that its words say.

    "transport" is less than the occupations "Transport og lager": these are excluded by their own name only.
    """
    if not item.entity or (item.entity.facet == "occupation" and not is_own_name(item.words, item.entity)):
        return None
    return item.entity
