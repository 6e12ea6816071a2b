"""Combination of query items: lists of alternatives ("oslo og bergen", "elektriker Bergen Stavanger").

Runs after entity recognition, so that "Møre og Romsdal" is one place and its "og" makes no list.
"""

from __future__ import annotations

from jobsearch.search.analysis import synonyms
from jobsearch.search.analysis.lexicon import PLACES, STOP_WORDS

from . import entities, lists
from .parsed_query import QueryItem
from .sentence_lists import rank_common_word

_AND = frozenset({"og", "òg", "and", "samt"})
_PREPOSITIONS = frozenset({"i", "på", "in"})


def combine_items(items: list[QueryItem]) -> list[QueryItem]:
    """The items with lists of occupations or places joined into alternatives."""
    return lists.join_neighbours(_join_lists(items))


def classify_item(item: QueryItem) -> str:
    """Kind of the name that the item is: "occupation", "place", or "" for neither."""
    if not item.plain or item.minus or item.in_phrase or not item.words:
        return ""
    length, entity = (len(item.words), item.entity) if item.entity else entities.find_entity(item.words, 0, True)
    if entity and length == len(item.words):
        return "place" if entity.facet == "place" else ""
    last = item.words[-1]
    if len(item.words) == 1 and (last.exact in STOP_WORDS or rank_common_word(last.exact) == 0):
        return ""  # "lærar og leitar etter jobb": no two occupations
    if synonyms.is_occupation(last):
        return "occupation"
    return "place" if last.exact in PLACES else ""


def _join_lists(items: list[QueryItem]) -> list[QueryItem]:
    joined: list[QueryItem] = []
    for index, item in enumerate(items):
        following = items[index + 1] if index + 1 < len(items) else None
        if joined and following and item.single_word in _AND:
            after_preposition = index + 2 < len(items) and following.single_word in _PREPOSITIONS
            named = items[index + 2] if after_preposition else following
            if not following.is_separated and _are_same_kind(joined[-1], named):
                following.listed = True
                continue
        if joined and following and item.listed and item.single_word in _PREPOSITIONS and _are_same_kind(joined[-1], following):
            following.listed = True  # "i Oslo og i Bergen"
            continue
        if item.listed and joined and _are_same_kind(joined[-1], item):
            # "Grünerløkka, Oslo" is an address, "Grünerløkka eller Oslo" is not.
            is_address = not (item.after_or or items[index - 1].single_word in _AND) and lists.contains_place(item, joined[-1])
            item.either = not is_address
        joined.append(item)
    return joined


def _are_same_kind(first: QueryItem, second: QueryItem) -> bool:
    """Whether both are occupations or both are places."""
    return classify_item(first) == classify_item(second) != ""
