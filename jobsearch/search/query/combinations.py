"""Combination of the items of a query: lists of alternatives ("oslo og bergen") and "uten" before a word.

Runs after names of several words were found, so that "Møre og Romsdal" is one place and its "og" no list.
"""

from __future__ import annotations

from jobsearch.search.analysis import synonyms
from jobsearch.search.analysis.lexicon import PLACES

from . import entities
from .parsed_query import Alternative, Item, WantedPhrase

_AND = frozenset({"og", "òg", "and", "samt"})
_LINKS = frozenset({"i", "på", "in"})
_WITHOUT = frozenset({"uten", "utan", "without"})
# "uten krav til erfaring", "uten formell utdanning": what is not asked for comes after these.
_DEMAND = frozenset({"krav", "krevd"})
_DEMAND_LINKS = frozenset({"til", "om", "på"})
_ADJECTIVES = frozenset(
    """
    formell formelle relevant relevante tidligere tidlegare høyere høgare spesiell spesielle fullført any formal previous prior
    """.split()
)
# How an ad says that it does not ask for something; {} is the word after "uten". Phrases of exact words.
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


def combine(items: list[Item]) -> list[Item]:
    """The items with lists of occupations or of places joined into choices, and with "uten X" read as one item."""
    return _read_without(_join_lists(items))


def kind_of(item: Item) -> str:
    """ "post" for the name of an occupation, "place" for that of a place, else ""."""
    if not item.plain or item.minus or not item.words:
        return ""
    length, meaning = (len(item.words), item.meaning) if item.meaning else entities.find(item.words, 0, True)
    if meaning and length == len(item.words):
        return "place" if meaning.facet == "place" else ""
    last = item.words[-1]
    if synonyms.is_post(last):
        return "post"
    return "place" if last.exact in PLACES else ""


def _join_lists(items: list[Item]) -> list[Item]:
    joined: list[Item] = []
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        if joined and following and _is_one_of(item, _AND):
            named = items[place + 2] if place + 2 < len(items) and _is_one_of(following, _LINKS) else following
            if not following.apart and kind_of(joined[-1]) == kind_of(named) != "":
                following.listed = True
                continue
        if joined and following and item.listed and _is_one_of(item, _LINKS) and kind_of(joined[-1]) == kind_of(following) != "":
            following.listed = True  # "i Oslo og i Bergen"
            continue
        if item.listed and joined and kind_of(joined[-1]) == kind_of(item) != "":
            item.either = True
        joined.append(item)
    return joined


def _read_without(items: list[Item]) -> list[Item]:
    """ "uten deltid" excludes the filter's value; "uten utdanning" asks for ads that say so, never for the occupation."""
    found: list[Item] = []
    lead: Item | None = None  # the "uten" whose list of words goes on
    for place, item in enumerate(items):
        before = found[-1] if found else None
        if before and _is_one_of(before, _WITHOUT) and _leads_on(items, place):
            continue
        if before and _is_one_of(before, _WITHOUT) and item.plain and not item.minus and item.words and not item.apart:
            lead = found.pop()
            found.append(_without(lead, item))
        elif lead and place + 1 < len(items) and _is_one_of(item, _AND) and _may_go_on(items[place + 1]):
            continue
        elif lead and (item.after_or or _is_one_of(items[place - 1], _AND)) and _may_go_on(item):
            found.append(_without(lead, item))
        else:
            lead = None
            found.append(item)
    return found


def _may_go_on(item: Item) -> bool:
    """Whether a word after "uten erfaring og" is one more that is not asked for: no place, no occupation."""
    return item.plain and not item.minus and bool(item.words) and not kind_of(item)


def _leads_on(items: list[Item], place: int) -> bool:
    """Whether what "uten" is about comes after this word: "krav til" or an adjective."""
    item = items[place]
    if place + 1 == len(items) or not items[place + 1].plain:
        return False
    if _is_one_of(item, _DEMAND):
        return place + 2 < len(items) and _is_one_of(items[place + 1], _DEMAND_LINKS)
    return _is_one_of(item, _ADJECTIVES) or (_is_one_of(item, _DEMAND_LINKS) and _is_one_of(items[place - 1], _DEMAND))


def _is_one_of(item: Item, words: frozenset[str]) -> bool:
    return item.plain and not item.minus and len(item.words) == 1 and item.words[0].exact in words


def _without(before: Item, item: Item) -> Item:
    if item.meaning and item.meaning.facet != "occupation":
        item.minus = True
        return item
    words = [word.exact for word in item.words]
    phrases = tuple(_filled(pattern, words) for pattern in _NOT_REQUIRED)
    first, *others = phrases
    return Item(list(first), f"{before.shown} {item.shown}", others=tuple(others))


def _filled(pattern: str, words: list[str]) -> Alternative:
    filled = [one for part in pattern.split() for one in (words if part == "{}" else [part])]
    return (WantedPhrase(tuple(filled)),)
