"""Recognition of names in query items: facet values (`entities`), towns, and place names in another spelling."""

from __future__ import annotations

from collections.abc import Iterator

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.place_names import ALONE, TOWNS

from . import entities, sentences
from .exclusions import recognise_excluded
from .parsed_query import QueryItem, WordClause

_AFTER_A_MUNICIPALITY = (["kommune"], ["kommuna"], ["herad"])


def recognise_items(items: list[QueryItem]) -> list[QueryItem]:
    """The items of an expanded query with corrected place names; words that name a facet value become one item.

    Corrects place names again after `parse_query`: the words that a wish has taken may have left a place name alone.
    """
    sentences.mark_phrases(items)
    items = correct_place_names(items)
    has_occupation = any(synonyms.is_occupation(word) for item in items if item.plain and not item.minus for word in item.words)
    recognised: list[QueryItem] = []
    start = 0
    while start < len(items):
        end = start
        while end < len(items) and items[end].plain and not items[end].minus and (end == start or not items[end].either):
            end += 1
        recognised += _recognise_in_run(items[start:end], has_occupation)
        if end == start:
            recognised.append(recognise_excluded(items[end]))  # a word after a minus is looked up by itself
            end += 1
        start = end
    return recognised


def _recognise_in_run(run: list[QueryItem], has_occupation: bool) -> Iterator[QueryItem]:
    words = [word for item in run for word in item.words]
    start = 0
    while start < len(run):
        length, entity = entities.find_entity(words, _count_words(run[:start]), has_occupation)
        end = start + 1
        while end < len(run) and _count_words(run[start:end]) < length:
            end += 1
        named = run[start:end]
        if entity and _count_words(named) == length and not any(item.in_phrase for item in named):
            yield _name_entity(named, entity, is_place=has_occupation and entity.facet == "place")
        else:
            yield from (_recognise_town(item, has_occupation) for item in named)
        start = end


def _name_entity(named: list[QueryItem], entity: entities.Entity, *, is_place: bool) -> QueryItem:
    """One item of those that together name the entity."""
    first = named[0]
    return QueryItem(
        [WordClause(word, is_place=is_place) for item in named for word in item.words],
        " ".join(item.text for item in named),
        plain=True,
        either=first.either,
        listed=first.listed,
        after_or=first.after_or,
        entity=entity,
        start=first.start,
        end=named[-1].end,
    )


def _recognise_town(item: QueryItem, has_occupation: bool) -> QueryItem:
    """A town whose name is also an everyday word is meant as the town beside an occupation: "butikk ski"."""
    if has_occupation and len(item.words) == 1 and item.words[0].exact in TOWNS:
        item.clauses = [WordClause(item.words[0], is_place=True)]
    return item


def _count_words(items: list[QueryItem]) -> int:
    return sum(len(item.words) for item in items)


def correct_place_names(items: list[QueryItem]) -> list[QueryItem]:
    """Corrects, in place, the spelling of place names that only several words, or the whole query, show to be place names."""
    words_by_item = [[word.exact for word in item.words] if item.plain else [] for item in items]
    for index, item in enumerate(items):
        before = words_by_item[index - 1] if index else []
        after = words_by_item[index + 1] if index + 1 < len(words_by_item) else []
        if len(words_by_item[index]) == 1 and (len(items) == 1 or before == ["i"] or after in _AFTER_A_MUNICIPALITY):
            (name,) = words_by_item[index]
            item.clauses = [WordClause(norwegian.analyse_word(ALONE[name]))] if name in ALONE else item.clauses
    start = 0
    for end in range(1, len(items) + 1):
        if end == len(items) or not _may_share_name(items[end - 1], items[end]):
            _correct_names_in_run(items[start:end])
            start = end
    return items


def _may_share_name(before: QueryItem, item: QueryItem) -> bool:
    """Whether two neighbouring items may be words of one name."""
    return before.plain and item.plain and not (before.minus or item.minus or item.either)


def _correct_names_in_run(run: list[QueryItem]) -> None:
    """Corrects the names of several words in a run of plain items, in place."""
    if all(item.plain for item in run):
        corrected = iter(norwegian.correct_place_names([word for item in run for word in item.words]))
        for item in run:
            item.clauses = [WordClause(next(corrected)) for _ in item.words]
