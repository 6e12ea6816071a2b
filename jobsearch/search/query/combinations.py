"""Combination of query items: lists of alternatives ("oslo og bergen") and "uten" (without) before a word.

Runs after entity recognition, so that "Møre og Romsdal" is one place and its "og" makes no list.
"""

from __future__ import annotations

from jobsearch.search.analysis import synonyms
from jobsearch.search.analysis.lexicon import PLACES

from . import entities, lists
from .parsed_query import Alternative, PhraseClause, QueryItem
from .sentence_lists import rank_common_word

_AND = frozenset({"og", "òg", "and", "samt"})
_PREPOSITIONS = frozenset({"i", "på", "in"})
_WITHOUT = frozenset({"uten", "utan", "without"})
# "uten krav til erfaring", "uten formell utdanning": the word that is not required comes after these.
_REQUIREMENT = frozenset({"krav", "krevd"})
_REQUIREMENT_PREPOSITIONS = frozenset({"til", "om", "på"})
_ADJECTIVES = frozenset(
    """
    formell formelle relevant relevante tidligere tidlegare høyere høgare spesiell spesielle fullført any formal previous prior
    """.split()
)
# Phrases by which an ad states that something is not required; {} is the word after "uten". Matched as exact words.
_NOT_REQUIRED = (
    "uten {}",
    "uten krav til {}",
    "ingen {}",
    "inga {}",
    "ingen krav til {}",
    "ingen krav om {}",
    "ikke krav til {}",
    "ikke krav om {}",
    "ikke noe krav til {}",
    "ikke noe krav om {}",
    "krever ikke {}",
    "krever ingen {}",
    "kreves ikke {}",
    "kreves ingen {}",
    "trenger ikke {}",
    "trenger ingen {}",
    "{} er ikke nødvendig",
    "{} er ikke et krav",
    "{} er ikke påkrevd",
    "{} er ingen krav",
    "{} er ikke noe krav",
    "{} ikke nødvendig",
    "{} kreves ikke",
    "utan {}",
    "utan krav til {}",
    "utan krav om {}",
    "ikkje krav til {}",
    "ikkje krav om {}",
    "krev ikkje {}",
    "krev ingen {}",
    "{} er ikkje nødvendig",
    "{} er ikkje eit krav",
    "{} er ikkje naudsynt",
    "without {}",
    "no {} required",
    "no {} needed",
    "no {} necessary",
    "{} is not required",
    "{} not required",
    "{} is not necessary",
    "no prior {}",
    "no previous {}",
    "uten krav om {}",
)


def combine_items(items: list[QueryItem]) -> list[QueryItem]:
    """The items with lists of occupations or places joined into alternatives, and "uten X" joined into one item."""
    return lists.join_neighbours(_combine_without(_join_lists(items)))


def classify_item(item: QueryItem) -> str:
    """Kind of the name that the item is: "occupation", "place", or "" for neither."""
    if not item.plain or item.minus or not item.words:
        return ""
    length, entity = (len(item.words), item.entity) if item.entity else entities.find_entity(item.words, 0, True)
    if entity and length == len(item.words):
        return "place" if entity.facet == "place" else ""
    last = item.words[-1]
    if len(item.words) == 1 and rank_common_word(last.exact) == 0:
        return ""  # "lærar og leitar etter jobb": no two occupations
    if synonyms.is_occupation(last):
        return "occupation"
    return "place" if last.exact in PLACES else ""


def _join_lists(items: list[QueryItem]) -> list[QueryItem]:
    joined: list[QueryItem] = []
    for index, item in enumerate(items):
        following = items[index + 1] if index + 1 < len(items) else None
        if joined and following and _is_word_in(item, _AND):
            after_preposition = index + 2 < len(items) and _is_word_in(following, _PREPOSITIONS)
            named = items[index + 2] if after_preposition else following
            if not following.is_separated and _are_same_kind(joined[-1], named):
                following.listed = True
                continue
        if joined and following and item.listed and _is_word_in(item, _PREPOSITIONS) and _are_same_kind(joined[-1], following):
            following.listed = True  # "i Oslo og i Bergen"
            continue
        if item.listed and joined and _are_same_kind(joined[-1], item):
            # "Grünerløkka, Oslo" is an address, "Grünerløkka eller Oslo" is not.
            is_address = not (item.after_or or _is_word_in(items[index - 1], _AND)) and lists.contains_place(item, joined[-1])
            item.either = not is_address
        joined.append(item)
    return joined


def _are_same_kind(first: QueryItem, second: QueryItem) -> bool:
    """Whether both are occupations or both are places."""
    return classify_item(first) == classify_item(second) != ""


def _combine_without(items: list[QueryItem]) -> list[QueryItem]:
    """Joins "uten" with the item after it.

    "uten deltid" excludes the facet value; "uten utdanning" matches ads that state so, never ads of the occupation.
    """
    combined: list[QueryItem] = []
    without: QueryItem | None = None  # the "uten" that a list of words belongs to
    for index, item in enumerate(items):
        previous = combined[-1] if combined else None
        if previous and _is_word_in(previous, _WITHOUT) and _introduces_requirement(items, index):
            continue
        if (
            previous
            and _is_word_in(previous, _WITHOUT)
            and item.plain
            and not item.minus
            and item.words
            and not item.is_separated
        ):
            without = combined.pop()
            combined.append(_make_without_item(without, item))
        elif without and index + 1 < len(items) and _is_word_in(item, _AND) and _continues_without(items[index + 1]):
            continue
        elif without and (item.after_or or _is_word_in(items[index - 1], _AND)) and _continues_without(item):
            combined.append(_make_without_item(without, item))
        else:
            without = None
            combined.append(item)
    return combined


def _continues_without(item: QueryItem) -> bool:
    """Whether an item after "uten erfaring og" is one more thing not required: no place and no occupation."""
    return item.plain and not item.minus and bool(item.words) and not classify_item(item)


def _introduces_requirement(items: list[QueryItem], index: int) -> bool:
    """Whether the item only introduces the word that "uten" is about: "krav til" or an adjective."""
    item = items[index]
    if index + 1 == len(items) or not items[index + 1].plain:
        return False
    if _is_word_in(item, _REQUIREMENT):
        return index + 2 < len(items) and _is_word_in(items[index + 1], _REQUIREMENT_PREPOSITIONS)
    follows_requirement = _is_word_in(items[index - 1], _REQUIREMENT)
    return _is_word_in(item, _ADJECTIVES) or (_is_word_in(item, _REQUIREMENT_PREPOSITIONS) and follows_requirement)


def _is_word_in(item: QueryItem, words: frozenset[str]) -> bool:
    """Whether the item is a single plain word of this set."""
    return item.plain and not item.minus and len(item.words) == 1 and item.words[0].exact in words


def _make_without_item(without: QueryItem, item: QueryItem) -> QueryItem:
    if item.entity and item.entity.facet != "occupation":
        item.minus = True
        return item
    words = [word.exact for word in item.words]
    first, *others = (_fill_pattern(pattern, words) for pattern in _NOT_REQUIRED)
    return QueryItem(list(first), f"{without.text} {item.text}", extra_alternatives=tuple(others))


def _fill_pattern(pattern: str, words: list[str]) -> Alternative:
    filled = [word for part in pattern.split() for word in (words if part == "{}" else [part])]
    return (PhraseClause(tuple(filled)),)
