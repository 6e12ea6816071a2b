"""Exclusion in words: "kokk ikke natt", "selger unntatt Bergen", "driver but not taxi" mean the same as a minus sign.

Runs after entity recognition, so that "ikke Møre og Romsdal" excludes one place. A negation covers the word or the name after
it, and what a list adds to that: "ikke natt eller helg". Words further on are searched for: "ikke vikar lærer oslo".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.lexicon import PLACES

from . import combinations, entities
from .exclusion_words import (
    ADJECTIVES,
    AFTERWARDS,
    CONJUNCTIONS,
    CONTRASTS,
    ENGLISH,
    EVERY,
    FIXED_PHRASES,
    LEADS,
    LINKS,
    LONGEST_NEGATION,
    NEGATIONS,
    NORWEGIAN_WORDS,
    OUTSIDE,
    REQUIREMENT_ENDINGS,
    REQUIREMENT_LEADS,
    REQUIREMENTS,
    WHOLE_COUNTRY,
    WISHES,
    WORK_HEADS,
)
from .parsed_query import Clause, CompoundClause, QueryItem, WordClause

MAX_NAME_WORDS = 4
"""Words of an excluded name, such as "kindergarten teacher", that are read as one."""
MIN_LETTERS_OF_COMPOUND = 4
_SLASH = re.compile(r"[/|;,]")


@dataclass(slots=True)
class Negation:
    """A negation with what it excludes. `start` and `end`: its position in the text of the query. `trigger`: its words."""

    members: list[QueryItem]
    start: int
    end: int
    trigger: str


def exclude_negated(items: list[QueryItem]) -> list[QueryItem]:
    """The items with negated ones marked as excluded, without the words of the negations."""
    excluded: list[QueryItem] = []
    for part in find_negations(items):
        excluded += part.members if isinstance(part, Negation) else [part]
    return excluded


def recognise_excluded(item: QueryItem) -> QueryItem:
    """Sets the entity of a word after a minus, such as "-deltid", so that its facet value is excluded too.

    A single place is in the ad's fields by its name.
    """
    if item.minus and item.plain and item.words:
        length, entity = entities.find_entity(item.words, 0, False)
        if entity and length == len(item.words) and (entity.facet not in {"place", "occupation"} or _is_region(entity)):
            item.entity = entity
    return item


def _is_region(entity: entities.Entity) -> bool:
    """Whether the entity is a place whose ads need not contain its name: "-Sørlandet"."""
    return entity.facet == "place" and entity.match_facet


def find_negations(items: list[QueryItem]) -> list[QueryItem | Negation]:
    """The items in order, each negation with what it covers as one part. Its members are marked as excluded."""
    parts: list[QueryItem | Negation] = []
    start = 0
    is_exhausted = False  # nothing after this position can be excluded: "ikke ikke ikke"
    while start < len(items):
        negation, end = (None, start) if is_exhausted else _read_negation(items, start, parts)
        if negation is None:
            is_exhausted = is_exhausted or end == len(items)
            negation, end = _read_answer(items, start, parts)
        if negation is None:
            parts.append(items[start])
            start += 1
            continue
        _remove_leads(parts, negation)
        if end < len(items) and items[end].single_word in CONTRASTS and not _count_trigger(items, end):
            negation.end = items[end].end  # "ikke vikar, men fast"
            end += 1
        if end < len(items):
            items[end].either = items[end].listed = items[end].after_or = False
        parts.append(negation)
        start = end
    has_negation = any(isinstance(part, Negation) for part in parts)
    if has_negation and isinstance(first := parts[0], QueryItem) and first.single_word in EVERY and len(parts) > 1:
        parts[0] = Negation([], first.start, first.end, "")  # "alle jobber i Oslo unntatt salg"
    return parts


def _read_negation(items: list[QueryItem], start: int, before: list[QueryItem | Negation]) -> tuple[Negation | None, int]:
    """(negation, index after it) if one begins at `start`; (None, start) where none does, (None, end) where no word follows."""
    length = _count_trigger(items, start)
    if not length or _is_fixed_phrase(items, start):
        return None, start
    trigger = " ".join(item.single_word for item in items[start : start + length])
    scope = start + length
    while scope < len(items) and (items[scope].single_word in LINKS or (repeated := _count_trigger(items, scope))):
        scope += 1 if items[scope].single_word in LINKS else repeated
    if scope >= len(items):
        return None, len(items)
    if not _may_exclude(items, start, scope, trigger, before):
        return None, start
    members: list[QueryItem] = []
    end = _read_member(items, scope, members, before)
    if end == scope + 1 and trigger in ENGLISH and items[start].text != "NOT":
        end = _extend_to_last_word(items, end, members, before)
    while end < len(items) and (following := _find_listed(items, end, members, is_first=all(map(_is_lead, before)))):
        end = _read_member(items, following, members, before)
    for member in members:
        member.minus, member.either = True, False
    return Negation(members, items[start].start, items[end - 1].end, trigger), end


def _may_exclude(items: list[QueryItem], start: int, scope: int, trigger: str, before: list[QueryItem | Negation]) -> bool:
    """Whether the trigger at `start` excludes what is at `scope`: not a requirement, nor "utenfor" before no place."""
    after_contrast = bool(before) and isinstance(before[-1], QueryItem) and before[-1].single_word in CONTRASTS
    is_operator = items[start].text == "NOT"
    if trigger in WISHES and not is_operator and not after_contrast and _names_requirement(items, start + 1):
        return False
    kind = combinations.classify_item(items[scope])
    if trigger in OUTSIDE:
        return kind == "place"
    # In nynorsk "no" means "now".
    return trigger != "no" or kind != "place"


def _names_requirement(items: list[QueryItem], start: int) -> bool:
    """Whether the words from `start` name something that ads require: "krav til norsk", "relevant erfaring"."""
    for item in items[start:]:
        last = item.words[-1].exact if item.plain and not item.minus and item.words else ""
        if last in REQUIREMENTS or last.endswith(REQUIREMENT_ENDINGS):
            return True
        if item.single_word not in REQUIREMENT_LEADS:
            return False
    return False


def _read_answer(items: list[QueryItem], start: int, before: list[QueryItem | Negation]) -> tuple[Negation | None, int]:
    """The negation after the word that it excludes, at the end of a query: "natt nei takk", "alle steder, Oslo unntatt"."""
    words = (
        tuple(item.single_word for item in items[start : start + LONGEST_NEGATION])
        if len(items) - start <= LONGEST_NEGATION
        else ()
    )
    previous = before[-1] if before else None
    if words not in AFTERWARDS or not isinstance(previous, QueryItem) or previous.either or len(before) == 1:
        return None, start
    before.pop()
    previous.minus = True
    return Negation([previous], previous.start, items[-1].end, words[0]), len(items)


def _count_trigger(items: list[QueryItem], start: int) -> int:
    """Words of the negation that begins at `start`; 0 for none."""
    words: list[str] = []
    for item in items[start : start + LONGEST_NEGATION]:
        if not (word := item.single_word):
            break
        words.append(word)
    for length in range(len(words), 0, -1):
        if tuple(words[:length]) in NEGATIONS:
            # "Not" and "No" with a capital are names, but for the first word of a query, which telephones write with one.
            is_name = length == 1 and words[0] in {"not", "no"} and items[start].text.istitle()
            return 0 if is_name and (start > 0 or words[0] == "no" or len(items) < 3) else length
    return 0


def _is_fixed_phrase(items: list[QueryItem], start: int) -> bool:
    """Whether the negation is part of a phrase that excludes nothing: "leger uten grenser", "ikke bare"."""
    return tuple(item.single_word for item in items[start : start + 2]) in FIXED_PHRASES


def _read_member(items: list[QueryItem], start: int, members: list[QueryItem], before: list[QueryItem | Negation]) -> int:
    """Adds the item at `start`, with the words that belong to its name, to the members. The index after it."""
    item = items[start]
    end = start + 1
    if item.plain and not item.minus:
        end = start + 1 if item.entity else _find_name_end(items, start, before)
        if end > start + 1:
            named = items[start:end]
            clauses = [clause for one in named for clause in one.clauses]
            text = " ".join(one.text for one in named)
            item = QueryItem(clauses, text, plain=True, start=item.start, end=named[-1].end)
        if end < len(items) and not items[end].is_separated and items[end].single_word in WORK_HEADS:
            end += 1  # "no night shifts"
    for member in _split_alternatives(item):
        _add_other_forms(member)
        members.append(member)
    return end


def _add_other_forms(item: QueryItem) -> None:
    """Adds to an excluded word the compounds of titles that begin with it, and its Norwegian word, in place.

    An ad whose text only denies the word ("ingen nattarbeid") is what the query asks for.
    """
    if not item.plain or item.entity:
        return
    if len(item.clauses) != 1 or synonyms.is_occupation(item.words[0]) or item.words[0].exact in PLACES:
        item.clauses = [replace(clause, stated=True) if isinstance(clause, WordClause) else clause for clause in item.clauses]
        return
    (word,) = item.words
    words = (word, *map(norwegian.analyse_word, NORWEGIAN_WORDS.get(word.exact, ())))
    item.clauses = [WordClause(word, stated=True)]
    item.extra_alternatives += tuple((WordClause(other, stated=True),) for other in words[1:])
    item.extra_alternatives += tuple((CompoundClause(one.exact),) for one in words if _is_compound_part(one))


def _is_compound_part(word: norwegian.Word) -> bool:
    """Whether titles may begin a compound with the word: "nattåpen", "helgestilling". Short words begin too many others."""
    return len(word.exact) >= MIN_LETTERS_OF_COMPOUND and word.exact.isalpha() and word.exact not in NORWEGIAN_WORDS


def _find_name_end(items: list[QueryItem], start: int, before: list[QueryItem | Negation]) -> int:
    """End of the name of several words that begins at `start`: a listed name or a municipality as an employer."""
    words: list[norwegian.Word] = []
    found = end = start + 1
    for index in range(start, min(len(items), start + MAX_NAME_WORDS)):
        item = items[index]
        if not item.plain or item.minus or not item.words or (index > start and item.is_separated):
            break
        words += item.words
        end = index + 1
        if index > start and (_is_name(words) or (index == start + 1 and words[0].exact in ADJECTIVES)):
            found = end
    if found == start + 1 and end > found and len(items[start].words) == len(items[found].words) == 1:
        # "ikke buss sjåfør" is one occupation if the query has named another one; "ikke vikar lærer" is not.
        stem = norwegian.join_compound(items[start].words[0].exact, items[found].words[0].exact)
        if _has_occupation(before) and synonyms.is_listed_occupation(stem):
            return found + 1
    return found


def _is_name(words: list[norwegian.Word]) -> bool:
    """Whether the words are one name. In "night shifts" only the first word says what is not wanted."""
    kinds = {synonym.kind for synonym in synonyms.find_synonyms(tuple(words))}
    only_names_work = kinds <= {"subject", "condition"} and bool(kinds) and words[-1].exact in WORK_HEADS
    return (bool(kinds) and not only_names_work) or entities.is_public_body(words)


def _split_alternatives(item: QueryItem) -> list[QueryItem]:
    """Each word of "natt/helg" as an item of its own: neither is wanted."""
    if not item.plain or item.entity or len(item.words) < 2 or not _SLASH.search(item.text):
        return [item]
    return [QueryItem([WordClause(word)], word.exact, plain=True, start=item.start, end=item.end) for word in item.words]


def _extend_to_last_word(items: list[QueryItem], end: int, members: list[QueryItem], before: list[QueryItem | Negation]) -> int:
    """Joins the excluded word with the last one of the query, "not primary school", unless that is searched for.

    Only in English, whose compounds are written apart. The index after the member.
    """
    pair = (*members, *items[end:])
    if len(pair) != 2 or items[end].is_separated or not all(map(_is_single_word, pair)):
        return end
    first, last = pair
    kind = _classify(last)
    if _classify(first) or (kind and not (kind == "occupation" and _has_occupation(before))):
        return end
    clauses: list[Clause] = [WordClause(word, stated=True) for word in (*first.words, *last.words)]
    members[:] = [QueryItem(clauses, f"{first.text} {last.text}", plain=True, start=first.start, end=last.end)]
    return end + 1


def _is_single_word(item: QueryItem) -> bool:
    """Whether the item is one word that names no facet value."""
    return item.plain and len(item.words) == 1 and item.words[0].exact.isalpha() and not item.entity


def _has_occupation(parts: list[QueryItem | Negation]) -> bool:
    """Whether the query has named an occupation to search for."""
    return any(isinstance(part, QueryItem) and combinations.classify_item(part) == "occupation" for part in parts)


def _find_listed(items: list[QueryItem], start: int, members: list[QueryItem], *, is_first: bool) -> int:
    """Index of the next excluded item of a list that continues at `start`; 0 where it does not.

    `is_first`: the query begins with the negation, so what follows a comma is what is searched for: "ikke vikar, lærer".
    """
    item = items[start]
    if item.either or item.after_or:
        # "natt eller i helgen"; "ELLER" before another negation begins that one.
        while start < len(items) - 1 and items[start].single_word in LINKS:
            start += 1
        return 0 if _count_trigger(items, start) else start
    is_conjunction = item.single_word in CONJUNCTIONS and start + 1 < len(items)
    if not is_conjunction and (not item.listed or is_first):
        return 0
    following = start + 1 if is_conjunction else start
    while following < len(items) - 1 and items[following].single_word in LINKS | CONJUNCTIONS:
        following += 1
    if _count_trigger(items, following) or items[following].minus:
        return 0
    if not is_conjunction and (items[following].entity is None) != (members[-1].entity is None):
        return 0  # "ikke natt, fast"
    return following if _classify(items[following]) == _classify(members[-1]) else 0


def _is_lead(part: QueryItem | Negation) -> bool:
    """Whether the part only leads to a negation: "men", "jeg vil"."""
    return isinstance(part, QueryItem) and part.single_word in LEADS


def _classify(item: QueryItem) -> str:
    """Kind of a listed item, by which the list "ikke natt, helg" continues and "ikke natt, Oslo" does not."""
    was_excluded, item.minus = item.minus, False
    kind = combinations.classify_item(item)
    item.minus = was_excluded
    return kind


def _remove_leads(parts: list[QueryItem | Negation], negation: Negation) -> None:
    """Removes words that only lead to a negation, such as "men" and "alt", in place."""
    while parts and isinstance(lead := parts[-1], QueryItem) and _is_lead(lead):
        negation.start = lead.start
        parts.pop()
    if len(parts) > 1 and [part.single_word if isinstance(part, QueryItem) else "" for part in parts[-2:]] in WHOLE_COUNTRY:
        negation.start = parts[-2].start
        del parts[-2:]
        _remove_leads(parts, negation)
