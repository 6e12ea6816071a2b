"""Wishes: what a visitor does not want to need ("uten erfaring", "no degree required") or does not want ("uten nattarbeid").

Found before entities and synonyms: the "utdanning" of "uten utdanning" is no group of occupations. The documents state which
requirements an ad demands and which it says are not needed (`analysis/requirements.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.requirement_kinds import CONDITIONS, PARENTS

from .parsed_query import QueryItem, Wish

_BARRIER, _SEPARATOR = "\n", ","
# A query without any of these words states no wish.
_TRIGGERS = frozenset(
    """
    uten utan without o ingen inga no zero null ikke ikkje not non aldri uavhengig regardless mangler manglar lacking lack cannot
    lite lita
    liten little minimal limited dårlig dårleg begrenset poor basic unødvendig unødvendige unaudsynt unnecessary requiring
    dont doesnt don't doesn't isnt didnt cant ufaglært ufaglærte uutdannet uutdannede unskilled unqualified uerfaren uerfarne
    inexperienced level nybegynner nybegynnere nybyrjar nybyrjarar opplæring training 18 13 14 15 16 17
    """.split()
)
_MOST_WORDS_OF_CHUNK = 6  # words written together, as in "kokk/servitør", that are examined


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of the query, with the number of its item."""

    text: str
    item: int


def take_wishes(items: list[QueryItem]) -> tuple[list[QueryItem], tuple[Wish, ...]]:
    """(items without those that state a wish, the wishes)."""
    if not any(word.exact in _TRIGGERS for item in items if item.plain for word in item.words):
        return items, ()
    from .wish_spans import find_spans  # its expressions are compiled now, and not when a process starts

    tokens = _list_tokens(items)
    text = " ".join(token.text for token in tokens)
    found: dict[str, Wish] = {}
    taken: set[int] = set()
    for start, end, kinds in find_spans(text):
        first, last = text[:start].count(" "), text[:end].count(" ")
        numbers = {token.item for token in tokens[first : last + 1] if token.text != _SEPARATOR}
        # A chunk of several words, such as "kokk/uten erfaring", is taken whole or not at all.
        if any(token.item in numbers for token in (*tokens[:first], *tokens[last + 1 :]) if token.text != _SEPARATOR):
            continue
        taken |= numbers
        words = " ".join(items[number].text for number in sorted(numbers))
        found |= {kind: Wish(kind, kind in CONDITIONS, words) for kind in kinds if kind not in found}
    if not found:
        return items, ()
    return [item for number, item in enumerate(items) if number not in taken], tuple(found.values())


def find_wish_words(q: str) -> frozenset[str]:
    """The words of the wishes in a normalised query, which are no misspelled names."""
    words = [word.exact for word in norwegian.analyse_text(q)]
    if not any(word in _TRIGGERS for word in words):
        return frozenset()
    from .wish_spans import find_spans

    text = " ".join(words)
    return frozenset(word for start, end, _kinds in find_spans(text) for word in text[start:end].split())


def _list_tokens(items: Sequence[QueryItem]) -> list[_Token]:
    tokens: list[_Token] = []
    for number, item in enumerate(items):
        is_examined = item.plain and not item.minus and 0 < len(item.words) <= _MOST_WORDS_OF_CHUNK
        if item.either or not is_examined:
            tokens.append(_Token(_BARRIER, number))
        if not is_examined:
            continue
        if item.listed and number:
            tokens.append(_Token("eller" if item.after_or else _SEPARATOR, number))
        tokens += [_Token(word.exact, number) for word in item.words]
    return tokens


def list_demands(wish: Wish) -> tuple[str, ...]:
    """The words of the document's field by which an ad demands what the visitor does without."""
    return (f"needs-{wish.kind}",)


def list_denials(wish: Wish) -> tuple[str, ...]:
    """The words of the document's field by which an ad says that it does not demand it; a wider kind includes it."""
    kinds = (wish.kind, PARENTS[wish.kind]) if PARENTS.get(wish.kind) == "education" else (wish.kind,)
    taught = ("teaches-experience",) if wish.kind == "experience" else ()
    return (*(f"no-{kind}" for kind in kinds), *taught)
