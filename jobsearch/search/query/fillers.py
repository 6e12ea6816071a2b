"""Fillers of a query: words that say nothing about a position, such as "ledige stillinger i" and "jeg søker"."""

from __future__ import annotations

from collections.abc import Collection

from jobsearch.search.analysis.lexicon import FILLERS, FILLERS_BEFORE, STOP_WORDS

from . import numbers, sentences
from .parsed_query import QueryItem


def drop_fillers(items: list[QueryItem], *, may_drop_all: bool) -> tuple[list[QueryItem], list[str]]:
    """(items without fillers, texts of the dropped ones).

    As many kinds of fillers are dropped as leave an item, sentences first; all items only if `may_drop_all`. An item of a list
    joined by OR is kept.
    """
    introductions = numbers.find_introductions(items)
    in_list = {index for index, item in enumerate(items) if item.either}
    in_list |= {index - 1 for index in in_list}
    requests = {index for index in range(len(items)) if _is_filler(items, index, FILLERS, introductions)}
    stop_words = {index for index in range(len(items)) if _is_filler(items, index, STOP_WORDS, introductions)}
    for fillers in (*(found | requests for found in sentences.find_fillers(items)), requests, stop_words):
        kept = [item for index, item in enumerate(items) if index in in_list or index not in fillers]
        if kept or may_drop_all:
            return kept, [item.text for index, item in enumerate(items) if index in fillers - in_list]
    return items, []


def _is_filler(items: list[QueryItem], index: int, fillers: frozenset[str], introductions: Collection[int]) -> bool:
    item = items[index]
    if not item.plain or item.minus or item.entity:
        return False
    if index in introductions:
        return True
    if fillers is FILLERS and len(item.words) == 1 and index + 1 < len(items):
        after = items[index + 1].words[:1]
        if after and after[0].exact in FILLERS_BEFORE.get(item.words[0].exact, ()):
            return True
    return all(word.exact in fillers for word in item.words)
