"""Query parser: splits the typed text into words, "phrases", -minus, prefix* and OR. No input is an error."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from jobsearch.search.analysis import norwegian

from . import combinations, employers, numbers, sentences, wishes
from .entities import RecognisedEntity
from .exclusions import exclude_negated
from .fillers import drop_fillers
from .item_groups import ItemGroup, group_items, match_excluded, match_groups, match_list
from .items import split_items
from .name_synonyms import add_synonyms, list_words
from .normalisation import CHUNK, is_or_operator, normalise_query
from .parsed_query import ParsedQuery, QueryItem, Wish
from .recognition import correct_place_names, recognise_items


def find_plain_words(q: str) -> Iterator[tuple[int, str]]:
    """(position, word as typed) of each plain word of a normalised query: not in a phrase, after a minus, before a star or OR."""
    for chunk in CHUNK.finditer(q):
        plain = chunk.group("plain")
        if plain and not is_or_operator(plain) and plain[0] != "-" and not plain.endswith("*"):
            for token in norwegian.find_tokens(plain):
                yield chunk.start() + token.start(), token.group()


def parse_query(q: str, left_out: Collection[str] = ()) -> ParsedQuery:
    """Parses the text as typed. The order: items, place names, wishes, entities, exclusions, lists, fillers, synonyms.

    `left_out`: words of `common_words` that are not searched for, because nothing is found with them.
    """
    if uuid := numbers.find_uuid(normalise_query(q)):
        return ParsedQuery(uuid=uuid, understood=str(uuid))
    q = expand_query(q)
    if not q:
        return ParsedQuery(empty=True)
    items = correct_place_names(split_items(q))
    is_all_plain = all(item.plain and not item.minus and not item.either for item in items)
    typed_words = tuple(word.exact for item in items for word in item.words) if is_all_plain else ()
    items, wished = wishes.take_wishes(items)
    items = combinations.combine_items(exclude_negated(recognise_items(items)))
    items, dropped = drop_fillers(items, may_drop_all=bool(wished))
    common = sentences.find_common_words(items)
    items = [item for item in items if item not in common or sentences.get_word(item) not in left_out]
    excluded = [item for item in items if item.minus]
    groups = group_items(items)
    must = match_groups(groups)
    is_plain = [group.is_plain for group in groups]
    names_company = employers.names_company(typed_words)
    return ParsedQuery(
        must=tuple(map(employers.drop_synonyms, must) if names_company else add_synonyms(must, is_plain)),
        never=tuple(alternative for item in excluded for alternative in match_excluded(item)),
        understood=_format_query(groups, excluded, wished),
        dropped=tuple(dropped),
        plain_words=tuple(clause.word.exact for clause in list_words(must)) if all(is_plain) else (),
        typed_words=typed_words,
        common_words=tuple(dict.fromkeys(map(sentences.get_word, common))),
        recognised=tuple(_list_recognised(groups)),
        choices=tuple(match_list(group) for group in groups if group.is_list),
        wishes=wished,
        is_open=not any(group.names_job for group in groups),
    )


def expand_query(q: str) -> str:
    """The query normalised, with abbreviations written out and organisation numbers as one word."""
    return norwegian.expand_abbreviations(numbers.separate_numbers(numbers.join_orgnr(normalise_query(q))))


def _list_recognised(groups: Sequence[ItemGroup]) -> Iterator[RecognisedEntity]:
    for group in groups:
        item = group.items[0]
        if item.entity and not group.is_list:
            yield from (RecognisedEntity(item.text, item.entity.facet, value) for value in item.entity.values)


def _format_query(groups: Sequence[ItemGroup], excluded: Sequence[QueryItem], wished: Sequence[Wish]) -> str:
    """The query as it was understood, for the page."""
    parts = [" OR ".join(item.text for item in group.items) for group in groups]
    return " ".join([*parts, *(f"-{item.text}" for item in excluded), *dict.fromkeys(wish.words for wish in wished)])
