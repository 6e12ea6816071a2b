"""Groups of query items, of which an ad has to match one: a single item, or a list joined by OR; and how an ad matches them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jobsearch.search.analysis import norwegian, synonyms

from . import combinations, compounds
from .parsed_query import Alternative, Alternatives, Clause, FacetClause, QueryItem, SynonymClause, WordClause

_JOB_END = re.compile(r"(.{3,}?)s?(?:jobb|jobber|jobben|jobbar|stilling|stillinger|stillingar|stillingen|yrke|yrker)")


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Items of which an ad has to match one."""

    items: tuple[QueryItem, ...]

    @property
    def is_list(self) -> bool:
        return len(self.items) > 1

    @property
    def is_plain(self) -> bool:
        """Whether it is plain words that are searched for one by one, so that they may be part of a name."""
        return not self.is_list and self.items[0].plain and not _matches_by_facet_only(self.items[0])

    @property
    def names_job(self) -> bool:
        """Whether it narrows the kind of job: a place, an extent or a sector does not."""
        item = self.items[0]
        if item.entity and item.entity.facet == "engagement":
            return item.entity.values != ("Fast",)
        return combinations.classify_item(item) != "place" and not (item.entity and item.entity.facet != "occupation")


def group_items(items: Iterable[QueryItem]) -> list[ItemGroup]:
    """The items that are not excluded, those joined by OR in one group."""
    groups: list[list[QueryItem]] = []
    for item in items:
        if item.minus:
            continue
        if item.either and groups:
            groups[-1].append(item)
        else:
            groups.append([item])
    return [ItemGroup(tuple(group)) for group in groups]


def match_groups(groups: Sequence[ItemGroup]) -> list[Alternatives]:
    """The alternatives of each group; the first one of a single item has its words as typed."""
    joined_stems = compounds.find_joined_stems([group.items for group in groups])
    must = []
    for number, group in enumerate(groups):
        first, is_only_group = group.items[0], len(groups) == 1
        joined = [] if group.is_list else [joined_stems.get((number, index), ()) for index in range(len(first.clauses))]
        alternatives = [
            _match_words(item, joined, is_only_group, add_synonyms=group.is_list)
            for item in group.items
            if not _matches_by_facet_only(item)
        ]
        if alternatives and not group.is_list:
            alternatives += _strip_job_word(first, is_only_group)
        must.append((*alternatives, *(other for item in group.items for other in _match_otherwise(item))))
    return must


def match_list(group: ItemGroup) -> tuple[Alternatives, ...]:
    """The alternatives of each item of a list."""
    return tuple(
        (
            *(() if _matches_by_facet_only(item) else (_match_words(item, [], False, add_synonyms=True),)),
            *_match_otherwise(item),
        )
        for item in group.items
    )


def match_excluded(item: QueryItem) -> list[Alternative]:
    """The alternatives that the item alone would match, so that "x" and "-x" together cover all ads."""
    clauses = tuple(
        replace(clause, alone=len(item.clauses) == 1, headline_only=bool(item.entity) or synonyms.is_occupation(clause.word))
        if isinstance(clause, WordClause)
        else clause
        for clause in item.clauses
    )
    return [*([] if _matches_by_facet_only(item) else [clauses]), *_match_otherwise(item)]


def _match_words(item: QueryItem, joined: Sequence[tuple[str, ...]], is_only_group: bool, *, add_synonyms: bool) -> Alternative:
    """The item's words, each with its compounds with the neighbours (`joined`), and whether it is the only word of the query."""
    clauses = item.clauses
    alone = is_only_group and len(clauses) == 1
    finished: list[Clause] = []
    for clause, joined_stems in zip(clauses, joined or [()] * len(clauses), strict=True):
        if not isinstance(clause, WordClause):
            finished.append(clause)
            continue
        headline_only = synonyms.is_occupation(clause.word) or any(map(synonyms.is_listed_occupation, joined_stems))
        headline_only = headline_only or bool(item.entity and item.entity.match_facet and item.entity.facet != "occupation")
        found_synonyms = synonyms.find_synonyms((clause.word,)) if item.plain and len(clauses) == 1 and add_synonyms else ()
        finished.append(WordClause(clause.word, alone, joined_stems, headline_only, found_synonyms, clause.is_place))
    return tuple(finished)


def _match_otherwise(item: QueryItem) -> Alternatives:
    """The alternatives beside the item's words: its other forms, its facet value, and the synonyms of its whole name."""
    if not item.entity or not item.entity.match_facet:
        return item.extra_alternatives
    words = tuple(item.words)
    found_synonyms = synonyms.find_synonyms(words) if len(words) > 1 else ()
    facet = FacetClause(item.entity.facet, item.entity.values, tuple(word.exact for word in words))
    return (*item.extra_alternatives, (facet,), *([(SynonymClause(found_synonyms),)] if found_synonyms else []))


def _matches_by_facet_only(item: QueryItem) -> bool:
    """Whether the item is an entity of several words, which are not searched for one by one."""
    return bool(item.entity and item.entity.match_facet and len(item.clauses) > 1)


def _strip_job_word(item: QueryItem, is_only_group: bool) -> list[Alternative]:
    """The occupation in "kokkejobb" and "lærerstilling", as a further alternative."""
    if not item.plain or item.entity or len(item.words) != 1 or synonyms.find_synonyms(tuple(item.words)):
        return []
    match = _JOB_END.fullmatch(item.words[0].exact)
    if not match:
        return []
    occupation = QueryItem([WordClause(norwegian.analyse_word(match.group(1)))], "", plain=True)
    return [_match_words(occupation, [], is_only_group, add_synonyms=True)]
