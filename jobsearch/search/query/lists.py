"""Lists without an operator: two places, or two occupations, in one query are alternatives.

"elektriker Bergen Stavanger" means either town, since an ad is rarely in both; the ads that are both come first. Two places of
which one contains the other ("Grünerløkka Oslo") are one place, and two words of one title ("lærer assistent", "sykepleier
avdelingsleder") are one occupation.
"""

from __future__ import annotations

from itertools import pairwise

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.lexicon import AGENTS, EVERYDAY_PLACES, PLACES, STOP_WORDS, WORKPLACES
from jobsearch.search.analysis.place_names import TOWNS

from . import entities
from .parsed_query import QueryItem, SynonymClause, WordClause
from .sentence_lists import rank_common_word

# Words that are half of a title as often as a title: the rank or the role in "lærer assistent", "vikar lærer".
_RANKS = frozenset(
    """
    leder sjef assistent medarbeider konsulent rådgiver koordinator spesialist ansvarlig vikar lærling student trainee direktør
    arbeider fagarbeider operatør instruktør veileder mester formann bas inspektør representant sekretær betjent behandler
    terapeut pedagog hjelper hjelp vakt vert elev turnuslege stipendiat partner agent ekspert fører passer mann bestyrer styrer
    forvalter nyutdannet nyutdann manager leader director assistant worker officer operator specialist consultant adviser advisor
    helper coordinator supervisor trainer intern apprentice head chief
    """.split()
)
# Ranks of any field: "sykepleier avdelingsleder" is one post.
_RANK_COMPOUNDS = frozenset(
    """
    avdelingsleder teamleder gruppeleder fagleder prosjektleder seksjonsleder enhetsleder nestleder driftsleder skiftleder
    vaktleder mellomleder toppleder områdeleder regionleder avdelingssjef seksjonssjef fagsjef fagkoordinator fagkonsulent
    fagansvarlig driftsansvarlig seniorrådgiver seniorkonsulent spesialrådgiver fagspesialist spesialkonsulent teamlead
    """.split()
)
_PEOPLE = tuple(AGENTS)
_MOST_NAMES = 6  # places of one list
_MOST_WORDS_OF_NAME = 4


def join_neighbours(items: list[QueryItem]) -> list[QueryItem]:
    """The items with places, and occupations side by side, as alternatives (`either`). Places are gathered at the first one."""
    return _join_occupations(_join_places(items))


def contains_place(wide: QueryItem, narrow: QueryItem) -> bool:
    """Whether one place lies in the other: Bergen in Vestland, Grünerløkka in Oslo, Sandvika in Bærum."""
    wide_paths, wide_is_town = _find_paths(wide)
    narrow_paths, narrow_is_town = _find_paths(narrow)
    if wide_is_town:
        return False
    return any(
        path.startswith(f"{whole}/") or (path == whole and narrow_is_town) for whole in wide_paths for path in narrow_paths
    ) or (len(wide_paths) > len(narrow_paths) and {*narrow_paths} < {*wide_paths})


def _find_paths(item: QueryItem) -> tuple[tuple[str, ...], bool]:
    """(paths of the place's counties and municipalities, whether it is only a town or district in them)."""
    words = item.words
    entity = item.entity or entities.find_entity(words, 0, True)[1]
    if entity and entity.facet == "place":
        return entity.values, False
    return (TOWNS.get(words[-1].exact, ()), True) if words else ((), False)


def _is_place(item: QueryItem) -> bool:
    if not item.plain or item.minus or item.in_phrase or not item.words:
        return False
    if item.entity:
        return item.entity.facet == "place"
    if len(item.clauses) != 1 or not isinstance(item.clauses[0], WordClause):
        return False
    # A municipality that is no entity is part of an employer's name: "Oslo kommune".
    (word,) = item.words
    return item.clauses[0].is_place or (word.exact in TOWNS and word.exact not in EVERYDAY_PLACES)


def _mark_everyday_places(items: list[QueryItem]) -> None:
    """Beside a place, a place whose name is an everyday word is meant as the place: "jobb Vågå Lom"."""
    for first, second in (*pairwise(items), *pairwise(reversed(items))):
        if _is_place(first) and second.plain and not second.minus and len(second.words) == 1 and not second.entity:
            word = second.words[0]
            if word.exact in EVERYDAY_PLACES and word.exact in PLACES:
                second.clauses = [WordClause(word, is_place=True)]


def _join_places(items: list[QueryItem]) -> list[QueryItem]:
    """The items with the places of a list at the end, as alternatives."""
    _mark_everyday_places(items)
    listed = [item for item in items if _is_place(item)]
    mixed = any(second.either and _is_place(first) != _is_place(second) for first, second in pairwise(items))
    if len(listed) < 2 or mixed:
        return items
    is_typed = any(item.either for item in listed)  # "Oslo eller Grünerløkka"
    narrow = [
        item for item in listed if is_typed or not any(contains_place(item, other) for other in listed if other is not item)
    ]
    if len(narrow) < 2:
        return items
    for item in listed:
        if item not in narrow:  # "Bergen Vestland Oslo": Bergen in Vestland, or Oslo
            inner = next(other for other in narrow if contains_place(item, other))
            inner.clauses = [*inner.clauses, *item.clauses]
            inner.text = f"{inner.text} {item.text}"
    first, *others = narrow[:_MOST_NAMES]
    first.either = False
    for item in others:
        item.either = True
    return [*(item for item in items if item not in listed), first, *others]


def _join_occupations(items: list[QueryItem]) -> list[QueryItem]:
    joined: list[QueryItem] = []
    for item in _join_names(items):
        if joined and not item.either and not item.is_separated and _are_peers(joined[-1], item):
            item.either = True
        joined.append(item)
    return joined


def _join_names(items: list[QueryItem]) -> list[QueryItem]:
    """The items with each occupation of several words beside another occupation as one: "software developer" in a list."""
    joined: list[QueryItem] = []
    start = 0
    while start < len(items):
        end = _find_name_end(items, start)
        follows = bool(joined) and _names_person(joined[-1])
        leads = end < len(items) and (_names_person(items[end]) or _find_name_end(items, end) > end + 1)
        in_list = follows or leads or items[start].either
        if end - start > 1 and in_list:
            joined.append(_make_name(items[start:end]))
        else:
            joined += items[start:end]
        start = end
    return joined


def _find_name_end(items: list[QueryItem], start: int) -> int:
    """End of the longest name of an occupation of several words at `start`; the next item where there is none."""
    longest = start + 1
    while longest < len(items) and longest - start < _MOST_WORDS_OF_NAME and not items[longest].is_separated:
        longest += 1
    for end in range(longest, start + 1, -1):
        words = [item.words[0] for item in items[start:end] if item.single_word]
        if len(words) == end - start and any(one.kind == "occupation" for one in synonyms.find_synonyms(tuple(words))):
            return end
    return start + 1


def _make_name(parts: list[QueryItem]) -> QueryItem:
    first = parts[0]
    name = QueryItem([clause for part in parts for clause in part.clauses], " ".join(part.text for part in parts), plain=True)
    name.either, name.listed, name.after_or = first.either, first.listed, first.after_or
    name.extra_alternatives = ((SynonymClause(synonyms.find_synonyms(tuple(name.words))),),)
    return name


def _are_peers(first: QueryItem, second: QueryItem) -> bool:
    """Whether the two are occupations of their own, and not one title in two words."""
    if not (_names_person(first) and _names_person(second)) or second.text.startswith("("):
        return False  # "byggingeniør (sivilingeniør)" is one post
    before, after = first.words[-1], second.words[0]
    if synonyms.is_listed_occupation(norwegian.join_compound(before.exact, after.exact)) or before.stem == after.stem:
        return False
    is_pair_of_people = before.stem.endswith(_PEOPLE) and after.stem.endswith(_PEOPLE)  # "taxi driver" is no such pair
    return is_pair_of_people or not synonyms.find_synonyms((before, after))


def _names_person(item: QueryItem) -> bool:
    """Whether the item is the name of an occupation: no workplace, and no rank of any field."""
    if item.extra_alternatives and len(item.words) > 1 and item.plain:
        return True  # a name of several words, joined above
    if not item.single_word:
        return False
    word = item.words[0]
    if item.in_phrase or word.exact in STOP_WORDS or rank_common_word(word.exact) == 0:
        return False  # "bli til sveiser", "sveisar leitar etter jobb"
    is_part = word.stem in WORKPLACES or word.stem in _RANKS or word.exact in _RANKS or word.stem in _RANK_COMPOUNDS
    return synonyms.is_occupation(word) and not is_part
