"""Query parser: splits the typed text into words, "phrases", -minus, prefix* and OR. No input is an error."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.lexicon import FILLERS, FILLERS_BEFORE, STOP_WORDS
from jobsearch.search.analysis.place_names import ALONE, TOWNS

from . import combinations, compounds, employers, entities, numbers, sentences, wishes
from .entities import RecognisedEntity
from .exclusions import exclude_negated, recognise_excluded
from .items import split_items
from .normalisation import CHUNK, is_or_operator, normalise_query
from .parsed_query import Alternative, Clause, FacetClause, ParsedQuery, QueryItem, SynonymClause, Wish, WordClause

_AFTER_A_MUNICIPALITY = (["kommune"], ["kommuna"], ["herad"])
_MAX_WORDS_OF_PUBLIC_BODY = 4  # words of a municipality's name as an employer
_JOB_END = re.compile(r"(.{3,}?)s?(?:jobb|jobber|jobben|jobbar|stilling|stillinger|stillingar|stillingen|yrke|yrker)")


def find_plain_words(q: str) -> Iterator[tuple[int, str]]:
    """(position, word as typed) of each plain word of a normalised query: not in a phrase, after a minus, before a star or OR."""
    for chunk in CHUNK.finditer(q):
        plain = chunk.group("plain")
        if plain and not is_or_operator(plain) and plain[0] != "-" and not plain.endswith("*"):
            for token in norwegian.find_tokens(plain):
                yield chunk.start() + token.start(), token.group()


def parse_query(q: str, left_out: Collection[str] = ()) -> ParsedQuery:
    """Parses the text as typed. The order: items, place names, entities, exclusions, lists, fillers, synonyms.

    `left_out`: words of `common_words` that are not searched for, because nothing is found with them.
    """
    if uuid := numbers.find_uuid(normalise_query(q)):
        return ParsedQuery(uuid=uuid, understood=str(uuid))
    q = expand_query(q)
    if not q:
        return ParsedQuery(empty=True)
    items = _correct_place_names(split_items(q))
    typed_words = tuple(word.exact for item in items for word in item.words) if all(map(_is_plain_word, items)) else ()
    items, wished = wishes.take_wishes(items)
    items = combinations.combine_items(exclude_negated(recognise_items(items)))
    items, dropped = _drop_fillers(items, may_drop_all=bool(wished))
    common = sentences.find_common_words(items)
    items = [item for item in items if item not in common or sentences.get_word(item) not in left_out]
    never = tuple(alternative for item in items if item.minus for alternative in _exclude_item(item))
    groups: list[list[QueryItem]] = []
    for item in items:
        if item.minus:
            continue
        if item.either and groups:
            groups[-1].append(item)
        else:
            groups.append([item])
    must: list[tuple[Alternative, ...]] = []
    choices: list[tuple[tuple[Alternative, ...], ...]] = []
    joined_stems = compounds.find_joined_stems(groups)
    for number, group in enumerate(groups):
        is_single, is_only_group = len(group) == 1, len(groups) == 1
        joined = [joined_stems.get((number, index), ()) for index in range(len(group[0].clauses))]
        alternatives = [
            _finish_item(item, joined if is_single else [], is_only_group, not is_single)
            for item in group
            if not _matches_by_facet_only(item)
        ]
        if is_single and alternatives:
            alternatives += _strip_job_word(group[0], is_only_group)
        extra = [alternative for item in group for alternative in (*item.extra_alternatives, *_match_entity(item))]
        must.append((*alternatives, *extra))
        if not is_single:
            choices.append(tuple(_list_alternatives(item) for item in group))
    names_company = employers.names_company(typed_words)
    is_plain = [len(group) == 1 and group[0].plain and not _matches_by_facet_only(group[0]) for group in groups]
    return ParsedQuery(
        must=tuple(_add_synonyms(must, is_plain) if not names_company else map(employers.drop_synonyms, must)),
        never=never,
        understood=_format_query(groups, [item for item in items if item.minus], wished),
        dropped=tuple(dropped),
        plain_words=tuple(clause.word.exact for clause in _word_clauses(must)) if all(is_plain) else (),
        typed_words=typed_words,
        common_words=tuple(dict.fromkeys(map(sentences.get_word, common))),
        recognised=tuple(
            RecognisedEntity(group[0].text, group[0].entity.facet, value)
            for group in groups
            if len(group) == 1 and group[0].entity
            for value in group[0].entity.values
        ),
        choices=tuple(choices),
        wishes=wished,
        is_open=not any(_names_a_job(group[0]) for group in groups),
    )


def expand_query(q: str) -> str:
    """The query normalised, with abbreviations written out and organisation numbers as one word."""
    return norwegian.expand_abbreviations(numbers.separate_numbers(numbers.join_orgnr(normalise_query(q))))


def recognise_items(items: list[QueryItem]) -> list[QueryItem]:
    """The items of an expanded query with corrected place names and recognised entities.

    Corrects place names again after `parse_query`: the words that a wish has taken may have left a place name alone.
    """
    sentences.mark_phrases(items)
    return _recognise_entities(_correct_place_names(items))


def _is_plain_word(item: QueryItem) -> bool:
    return item.plain and not item.minus and not item.either


def _list_alternatives(item: QueryItem) -> tuple[Alternative, ...]:
    """The ways in which an ad matches one item of a list."""
    own = () if _matches_by_facet_only(item) else (_finish_item(item, [], False, True),)
    return (*own, *item.extra_alternatives, *_match_entity(item))


def _names_a_job(item: QueryItem) -> bool:
    """Whether the item narrows the kind of job: a place, an extent or a sector does not."""
    if item.entity and item.entity.facet == "engagement":
        return item.entity.values != ("Fast",)
    return combinations.classify_item(item) != "place" and not (item.entity and item.entity.facet != "occupation")


def allow_body_match(parsed: ParsedQuery) -> ParsedQuery | None:
    """The query with a name of an occupation matched in the running text too; None where there is none to match so.

    Only if it is the whole query, or beside other words if it may well be no occupation there: "C assembler". "Tannlege Voss"
    does not find the texts of Voss that mention a dentist. Other words match in the running text anyway.
    """
    if parsed.never or not parsed.plain_words:
        return None
    must = tuple(_allow_in_body(group, len(parsed.must) == 1) for group in parsed.must)
    return replace(parsed, must=must) if must != parsed.must else None


def _allow_in_body(group: tuple[Alternative, ...], is_only_group: bool) -> tuple[Alternative, ...]:
    first = group[0][0] if group and len(group[0]) == 1 else None
    if not isinstance(first, WordClause) or not first.headline_only:
        return group
    if is_only_group:
        return ((replace(first, headline_only=False, synonyms=()),),)
    return ((replace(first, headline_only=False),), *group[1:]) if synonyms.is_foreign_or_short(first.word) else group


def _strip_job_word(item: QueryItem, is_only_group: bool) -> list[Alternative]:
    """The occupation in "kokkejobb" and "lærerstilling", as a further alternative."""
    if not item.plain or item.entity or len(item.words) != 1 or synonyms.find_synonyms(tuple(item.words)):
        return []
    match = _JOB_END.fullmatch(item.words[0].exact)
    if not match:
        return []
    occupation = QueryItem([WordClause(norwegian.analyse_word(match.group(1)))], "", plain=True)
    return [_finish_item(occupation, [], is_only_group, True)]


def _matches_by_facet_only(item: QueryItem) -> bool:
    """Whether the item is an entity of several words, which are not searched for one by one."""
    return bool(item.entity and item.entity.match_facet and len(item.clauses) > 1)


def _match_entity(item: QueryItem) -> tuple[Alternative, ...]:
    """The alternatives that match the item by its facet value and by the synonyms of its whole name."""
    if not item.entity or not item.entity.match_facet:
        return ()
    words = tuple(item.words)
    found_synonyms = synonyms.find_synonyms(words) if len(words) > 1 else ()
    facet = FacetClause(item.entity.facet, item.entity.values, tuple(word.exact for word in words))
    return ((facet,), (SynonymClause(found_synonyms),)) if found_synonyms else ((facet,),)


def _word_clauses(must: list[tuple[Alternative, ...]]) -> list[WordClause]:
    return [clause for group in must for clause in group[0] if isinstance(clause, WordClause)]


def _add_synonyms(must: list[tuple[Alternative, ...]], is_plain: list[bool]) -> Iterator[tuple[Alternative, ...]]:
    """Adds the synonyms of neighbouring words that form a name. The longest name is taken."""
    start = 0
    while start < len(must):
        if (end := _find_public_body_end(must, is_plain, start)) > start:
            words = tuple(clause.word for clause in _word_clauses(must[start:end]))
            body = synonyms.Synonym(tuple(word.stem for word in words), tuple(word.exact for word in words), "employer")
            yield ((SynonymClause((body, *synonyms.find_synonyms(words))),),)
            start = end
            continue
        end = start
        while end < len(must) and is_plain[end] and end - start < synonyms.longest_name_length():
            end += 1
        while end > start:
            clauses = _word_clauses(must[start:end])
            if found_synonyms := synonyms.find_synonyms(tuple(clause.word for clause in clauses)):
                break
            end -= 1
        compound_end, compound_synonyms = _find_compound_synonyms(must, is_plain, start)
        if compound_end > end or (compound_synonyms and end <= start + 1):
            yield tuple(_word_clauses(must[start:compound_end])), (SynonymClause(compound_synonyms),)
            start = compound_end
            continue
        if end <= start:
            yield must[start]
            start += 1
            continue
        if len(clauses) == 1:
            # "BI" is an employer, but also business intelligence in a text.
            is_employer = all(synonym.kind == "employer" for synonym in found_synonyms)
            clause = replace(clauses[0], synonyms=found_synonyms, headline_only=clauses[0].headline_only or is_employer)
            yield (clause,), *must[start][1:]
        else:
            # Words that together name an occupation match, each of them, only in the fields of occupations.
            is_occupation = any(synonym.kind == "occupation" for synonym in found_synonyms)
            own_words = tuple(replace(clause, headline_only=clause.headline_only or is_occupation) for clause in clauses)
            yield own_words, (SynonymClause(found_synonyms),)
        start = end


def _find_public_body_end(must: list[tuple[Alternative, ...]], is_plain: list[bool], start: int) -> int:
    """End of the name of a municipality as an employer that begins at `start`; `start` where there is none."""
    end = start
    while end < len(must) and is_plain[end] and end - start < _MAX_WORDS_OF_PUBLIC_BODY:
        end += 1
        if entities.is_public_body([clause.word for clause in _word_clauses(must[start:end])]):
            return end
    return start


def _find_compound_synonyms(
    must: list[tuple[Alternative, ...]], is_plain: list[bool], start: int
) -> tuple[int, tuple[synonyms.Synonym, ...]]:
    """(end, synonyms) of an occupation whose compound is typed as three or two words from `start` on: "lager arbeider"."""
    for end in (start + 3, start + 2):
        clauses = _word_clauses(must[start:end]) if end <= len(must) and all(is_plain[start:end]) else []
        if len(clauses) == end - start:
            compound = norwegian.analyse_word("".join(clause.word.exact for clause in clauses))
            if synonyms.is_listed_occupation(compound.stem) and (found_synonyms := synonyms.find_synonyms((compound,))):
                return end, found_synonyms
    return start, ()


def _recognise_entities(items: list[QueryItem]) -> list[QueryItem]:
    """Makes one item of each run of words that names a facet value. A word after a minus is looked up by itself."""
    has_occupation = any(synonyms.is_occupation(word) for item in items if item.plain and not item.minus for word in item.words)
    recognised: list[QueryItem] = []
    start = 0
    while start < len(items):
        end = start
        while end < len(items) and items[end].plain and not items[end].minus and (end == start or not items[end].either):
            end += 1
        recognised += _recognise_in_run(items[start:end], has_occupation)
        if end == start:
            recognised.append(recognise_excluded(items[end]))
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
            is_place = has_occupation and entity.facet == "place"
            clauses: list[Clause] = [WordClause(word, is_place=is_place) for item in named for word in item.words]
            text = " ".join(item.text for item in named)
            first = named[0]
            yield QueryItem(
                clauses,
                text,
                plain=True,
                either=first.either,
                listed=first.listed,
                after_or=first.after_or,
                entity=entity,
                start=first.start,
                end=named[-1].end,
            )
        else:
            yield from (_recognise_town(item, has_occupation) for item in named)
        start = end


def _count_words(items: list[QueryItem]) -> int:
    return sum(len(item.words) for item in items)


def _correct_place_names(items: list[QueryItem]) -> list[QueryItem]:
    """Corrects the spelling of place names that only several words, or the whole query, show to be place names."""
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


def _recognise_town(item: QueryItem, has_occupation: bool) -> QueryItem:
    """A town whose name is also an everyday word is meant as the town beside an occupation: "butikk ski"."""
    if has_occupation and len(item.words) == 1 and item.words[0].exact in TOWNS:
        item.clauses = [WordClause(item.words[0], is_place=True)]
    return item


def _drop_fillers(items: list[QueryItem], may_drop_all: bool = False) -> tuple[list[QueryItem], list[str]]:
    """(items without fillers such as "ledige stillinger i", texts of the dropped ones). Drops all items only if allowed."""

    def is_filler(index: int, fillers: frozenset[str]) -> bool:
        item = items[index]
        if not item.plain or item.minus or item.entity:
            return False
        if index in introductions:
            return True
        after = items[index + 1].words[:1] if index + 1 < len(items) else []
        filler_before = FILLERS_BEFORE.get(item.words[0].exact, frozenset()) if fillers is FILLERS else frozenset()
        if len(item.words) == 1 and after and after[0].exact in filler_before:
            return True
        return all(word.exact in fillers for word in item.words)

    introductions = numbers.find_introductions(items)
    in_choice = {index for index, item in enumerate(items) if item.either}
    in_choice |= {index - 1 for index in in_choice}
    requests = {index for index in range(len(items)) if is_filler(index, FILLERS)}
    stop_words = {index for index in range(len(items)) if is_filler(index, STOP_WORDS)}
    for fillers in (*(found | requests for found in sentences.find_fillers(items)), requests, stop_words):
        kept = [item for index, item in enumerate(items) if index in in_choice or index not in fillers]
        if kept or may_drop_all:
            return kept, [item.text for index, item in enumerate(items) if index in fillers - in_choice]
    return items, []


def _finish_item(item: QueryItem, joined: Sequence[tuple[str, ...]], is_only_group: bool, add_synonyms: bool) -> Alternative:
    """Sets on each word clause its compounds with the neighbours (`joined`), and whether it is the only word of the query."""
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


def _exclude_item(item: QueryItem) -> list[Alternative]:
    """The alternatives that the item alone would match, so that "x" and "-x" together cover all ads."""
    clauses = tuple(
        replace(clause, alone=len(item.clauses) == 1, headline_only=bool(item.entity) or synonyms.is_occupation(clause.word))
        if isinstance(clause, WordClause)
        else clause
        for clause in item.clauses
    )
    return [*([] if _matches_by_facet_only(item) else [clauses]), *item.extra_alternatives, *_match_entity(item)]


def _format_query(groups: list[list[QueryItem]], excluded: list[QueryItem], wished: Sequence[Wish]) -> str:
    """The query as it was understood, for the page."""
    parts = [" OR ".join(item.text for item in group) for group in groups]
    return " ".join([*parts, *(f"-{item.text}" for item in excluded), *dict.fromkeys(wish.words for wish in wished)])
