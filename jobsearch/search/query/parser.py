"""What a person typed, taken apart: words, "phrases", -minus, prefix*, OR. Nothing typed is ever an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.lexicon import FILLERS, FILLERS_BEFORE, STOP_WORDS
from jobsearch.search.analysis.place_names import ALONE, TOWNS
from jobsearch.vacancies.organisation_numbers import parse_orgnr

from . import combinations, entities
from .entities import Recognised
from .normalisation import CHUNK, is_or, tidy
from .parsed_query import Alternative, Clause, Item, Parsed, Wanted, WantedFacet, WantedName, WantedPhrase, WantedPrefix

MOST_WORDS = 30
MOST_CHOICES = 6
_AFTER_A_PLACE = (["kommune"], ["kommuna"], ["herad"])
_BETWEEN = re.compile(r"[/,;|]")
_LONGEST_BODY = 4  # words of a municipality's name as an employer
_PERHAPS_OR = {"eller", "or", "/", "&", "+", ",", ";"}
_JOB_END = re.compile(r"(.{3,}?)s?(?:jobb|jobber|jobben|jobbar|stilling|stillinger|stillingar|stillingen|yrke|yrker)")
_JOB_WORDS = frozenset("jobb jobber jobben jobbar job jobs stilling stillinger stillingar stillingen".split())
_ORGNR = re.compile(
    r"(?<!\w)(?<!\d[\s.-])(?:org(?:\.|anisasjons)?\s?(?:nr|nummer)\.?:?\s?)?(?:NO\s?)?"
    r"([0-9]{3})[\s.-]?([0-9]{3})[\s.-]?([0-9]{3})(?:\s?MVA)?(?!\w)(?![\s.-]\d)",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def plain_tokens(q: str) -> Iterator[tuple[int, str]]:
    """(place, word as typed) of what a tidy query asks for in plain words: no phrase, minus, prefix or OR."""
    for chunk in CHUNK.finditer(q):
        plain = chunk.group("plain")
        if plain and not is_or(plain) and plain[0] != "-" and not plain.endswith("*"):
            for token in norwegian.located(plain):
                yield chunk.start() + token.start(), token.group()


def _join_orgnr(q: str) -> str:
    """Organisation numbers as one word: "org.nr. 999 888 777 MVA" -> "999888777"."""
    return q if '"' in q else _ORGNR.sub(r"\1\2\3", q)


def parse(q: str) -> Parsed:
    q = norwegian.in_full(_join_orgnr(tidy(q)))
    if not q:
        return Parsed(empty=True)
    if not re.search(r"\s", q) and (found := _UUID.search(q)):
        return Parsed(uuid=UUID(found.group()), understood=found.group().lower())
    items = combinations.combine(_with_meanings(_with_place_names(_items(q))))
    items, dropped = _without_fillers(items)
    never = tuple(alternative for item in items if item.minus for alternative in _excluded(item))
    wanted = [item for item in items if not item.minus]
    groups: list[list[Item]] = []
    for item in wanted:
        if item.either and groups:
            groups[-1].append(item)
        else:
            groups.append([item])
    must: list[tuple[Alternative, ...]] = []
    for place, group in enumerate(groups):
        before = groups[place - 1][0] if place and len(groups[place - 1]) == 1 else None
        after = groups[place + 1][0] if place + 1 < len(groups) and len(groups[place + 1]) == 1 else None
        single, only = len(group) == 1, len(groups) == 1
        neighbours = (before, after) if single else (None, None)
        alternatives = [_finish(item, *neighbours, only, not single) for item in group if not _only_facet(item)]
        if single and alternatives:
            alternatives += _without_job(group[0], only)
        must.append((*alternatives, *(one for item in group for one in (*item.others, *_meant(item)))))
    plain = [group[0].plain and len(group) == 1 and not _only_facet(group[0]) for group in groups]
    return Parsed(
        must=tuple(_named(must, plain)),
        never=never,
        understood=_shown(groups, [item for item in items if item.minus]),
        dropped=tuple(dropped),
        plain_words=tuple(c.word.exact for c in _words_of(must)) if all(plain) else (),
        recognised=tuple(
            Recognised(group[0].shown, group[0].meaning.facet, value)
            for group in groups
            if len(group) == 1 and group[0].meaning
            for value in group[0].meaning.values
        ),
    )


def mentioned(parsed: Parsed) -> Parsed | None:
    """The same question of the running text, where one occupation is all that is asked for; else the text is searched anyway."""
    if len(parsed.must) != 1 or parsed.never or not parsed.plain_words:
        return None
    wanted = parsed.must[0][0]
    if len(wanted) != 1 or not isinstance(wanted[0], Wanted) or not wanted[0].headline:
        return None
    return replace(parsed, must=(((replace(wanted[0], headline=False, also=()),),),))


def _without_job(item: Item, only_group: bool) -> list[Alternative]:
    """What "kokkejobb" and "lærerstilling" are about."""
    if not item.plain or item.meaning or len(item.words) != 1 or synonyms.of(tuple(item.words)):
        return []
    about = _JOB_END.fullmatch(item.words[0].exact)
    if not about:
        return []
    return [_finish(Item([Wanted(norwegian.word(about.group(1)))], "", plain=True), None, None, only_group, True)]


def _only_facet(item: Item) -> bool:
    """Several words that name a value are one thing: they are not looked for apart."""
    return bool(item.meaning and item.meaning.filed and len(item.clauses) > 1)


def _meant(item: Item) -> tuple[Alternative, ...]:
    if not item.meaning or not item.meaning.filed:
        return ()
    words = tuple(item.words)
    also = synonyms.of(words) if len(words) > 1 else ()
    facet = WantedFacet(item.meaning.facet, item.meaning.values, tuple(word.exact for word in words))
    return ((facet,), (WantedName(also),)) if also else ((facet,),)


def _words_of(must: list[tuple[Alternative, ...]]) -> list[Wanted]:
    return [clause for group in must for clause in group[0] if isinstance(clause, Wanted)]


def _named(must: list[tuple[Alternative, ...]], plain: list[bool]) -> Iterator[tuple[Alternative, ...]]:
    """Neighbours that are the name of something may be met by its other names; the longest name counts."""
    start = 0
    while start < len(must):
        if (end := _public_body(must, plain, start)) > start:
            clauses = _words_of(must[start:end])
            words = tuple(clause.word for clause in clauses)
            body = synonyms.Name(tuple(word.stem for word in words), tuple(word.exact for word in words), "employer")
            yield ((WantedName((body, *synonyms.of(words))),),)
            start = end
            continue
        end = start
        while end < len(must) and plain[end] and end - start < synonyms.longest():
            end += 1
        while end > start:
            clauses = _words_of(must[start:end])
            if found := synonyms.of(tuple(clause.word for clause in clauses)):
                break
            end -= 1
        if end <= start + 1 and (written_together := _one_word(must, plain, start)):
            yield tuple(_words_of(must[start : start + 2])), (WantedName(written_together),)
            start += 2
            continue
        if end <= start:
            yield must[start]
            start += 1
            continue
        if len(clauses) == 1:
            employer = any(name.kind == "employer" for name in found)
            named = replace(clauses[0], also=found, headline=clauses[0].headline or employer)
            yield (named,), *must[start][1:]
        else:
            # Words that name an occupation together are met where occupations stand, each of them.
            post = any(name.kind == "post" for name in found)
            yield tuple(replace(clause, headline=clause.headline or post) for clause in clauses), (WantedName(found),)
        start = end


def _public_body(must: list[tuple[Alternative, ...]], plain: list[bool], start: int) -> int:
    """Where the name of a municipality as an employer ends that begins here; `start` where none does."""
    end = start
    while end < len(must) and plain[end] and end - start < _LONGEST_BODY:
        end += 1
        if entities.is_public_body([clause.word for clause in _words_of(must[start:end])]):
            return end
    return start


def _one_word(must: list[tuple[Alternative, ...]], plain: list[bool], start: int) -> tuple[synonyms.Name, ...]:
    """The other names of an occupation that is written apart here: "lager arbeider"."""
    if start + 1 >= len(must) or not (plain[start] and plain[start + 1]):
        return ()
    pair = _words_of(must[start : start + 2])
    if len(pair) != 2:
        return ()
    whole = norwegian.word(pair[0].word.exact + pair[1].word.exact)
    return synonyms.of((whole,)) if synonyms.is_known_post(whole.stem) else ()


def _with_meanings(items: list[Item]) -> list[Item]:
    """Runs of words that name a value of a facet become one item each. A word after a minus is looked up by itself."""
    posts = any(synonyms.is_post(word) for item in items if item.plain and not item.minus for word in item.words)
    found: list[Item] = []
    place = 0
    while place < len(items):
        end = place
        while end < len(items) and items[end].plain and not items[end].minus and (end == place or not items[end].either):
            end += 1
        run, taken = items[place:end], 0
        while taken < len(run):
            words = [word for item in run for word in item.words]
            length, meaning = entities.find(words, sum(len(item.words) for item in run[:taken]), posts)
            ends = taken + 1
            while ends < len(run) and sum(len(item.words) for item in run[taken:ends]) < length:
                ends += 1
            named = run[taken:ends]
            if meaning and sum(len(item.words) for item in named) == length:
                place_meant = posts and meaning.facet == "place"
                clauses: list[Clause] = [Wanted(word, place=place_meant) for item in named for word in item.words]
                shown = " ".join(item.shown for item in named)
                first = named[0]
                joined = (first.either, first.listed, first.after_or)
                found.append(Item(clauses, shown, False, True, *joined, meaning=meaning))
            else:
                found += [_town(item, posts) for item in named]
            taken = ends
        if end == place:
            found.append(_excluded_meaning(items[end]))
            end += 1
        place = end
    return found


def _excluded_meaning(item: Item) -> Item:
    """A word after a minus that names a value of a facet: "-deltid". Where it is no place, the facet is excluded too."""
    if item.minus and item.plain and item.words:
        length, meaning = entities.find(item.words, 0, False)
        if meaning and meaning.facet not in {"place", "occupation"} and length == len(item.words):
            item.meaning = meaning
    return item


def _with_place_names(items: list[Item]) -> list[Item]:
    """Names of places in their own spelling where only several words, or the whole query, tell what is meant by one."""
    said = [[word.exact for word in item.words] if item.plain else [] for item in items]
    for place, item in enumerate(items):
        before, after = said[place - 1] if place else [], said[place + 1] if place + 1 < len(said) else []
        if len(said[place]) == 1 and (len(items) == 1 or before == ["i"] or after in _AFTER_A_PLACE):
            (name,) = said[place]
            item.clauses = [Wanted(norwegian.word(ALONE[name]))] if name in ALONE else item.clauses
    start = 0
    for end in range(1, len(items) + 1):
        if end == len(items) or not _goes_on(items[end - 1], items[end]):
            _spell_names(items[start:end])
            start = end
    return items


def _goes_on(before: Item, item: Item) -> bool:
    """Whether two items may be words of one name."""
    return before.plain and item.plain and not (before.minus or item.minus or item.either)


def _spell_names(run: list[Item]) -> None:
    """Writes the names of places in a run of words as they are spelled."""
    if all(item.plain for item in run):
        spelled = iter(norwegian.with_place_names([word for item in run for word in item.words]))
        for item in run:
            item.clauses = [Wanted(next(spelled)) for _ in item.words]


def _town(item: Item, posts: bool) -> Item:
    """A town whose name is also an everyday word is meant where an occupation is asked for beside it: "butikk ski"."""
    if posts and len(item.words) == 1 and item.words[0].exact in TOWNS:
        item.clauses = [Wanted(item.words[0], place=True)]
    return item


def _items(q: str) -> list[Item]:
    items: list[Item] = []
    either = False
    after_or = False
    listed = False  # "kokk eller servitør", "oslo, bergen": either, if both are occupations or both are places
    for match in CHUNK.finditer(q):
        plain = match.group("plain")
        if plain and not is_or(plain) and plain.lower() in _PERHAPS_OR:
            listed, after_or = True, plain.isalpha()
            continue
        if plain and is_or(plain):
            either = bool(items) and not items[-1].minus
            continue
        several = _between_slashes(plain) if plain else []
        item = _phrase(match.group("phrase"), bool(match.group("minus"))) if plain is None else _plain(plain)
        if item is None:
            continue
        found = several or [item]
        found[0].either = either and not item.minus
        found[0].listed = listed and bool(items)
        found[0].after_or = after_or
        either = after_or = False
        listed = bool(plain and plain.endswith((",", ";")))
        items += found
        if sum(len(one.clauses) for one in items) >= MOST_WORDS:
            break
    return items


def _phrase(content: str, minus: bool) -> Item | None:
    exact = tuple(word.exact for word in norwegian.words(content) if word.exact != norwegian.BREAK)
    return Item([WantedPhrase(exact)], f'"{content.strip()}"', minus) if exact else None


def _plain(chunk: str) -> Item | None:
    minus = len(chunk) > 1 and chunk[0] == "-" != chunk[1]
    body = chunk[1:] if minus else chunk.lstrip("+")
    found = [word for word in norwegian.words(body) if word.exact != norwegian.BREAK]
    if not found:
        return None
    if len(found) > 1 and found[-1].exact in _JOB_WORDS:
        found.pop()  # "IT-jobb"
    if body.endswith("*") and len(found[-1].exact) >= 2:
        clauses: list[Clause] = [Wanted(word) for word in found[:-1]]
        return Item([*clauses, WantedPrefix(found[-1].exact)], body, minus)
    item = Item([Wanted(word) for word in found], body.rstrip(",;"), minus, plain=True)
    if len(found) == 1 and (orgnr := parse_orgnr(found[0].exact)):
        item.others = ((WantedFacet("employer_key", (orgnr,), (orgnr,)),),)
    return item


def _between_slashes(chunk: str) -> list[Item]:
    """Occupations or places between slashes: "sykepleier/vernepleier", "miljøarbeider/-terapeut", "Oslo;Bergen"."""
    if not _BETWEEN.search(chunk) or chunk[0] == "-" or chunk.endswith("*"):
        return []
    pieces = [piece for piece in _BETWEEN.split(chunk.strip(",;|")) if piece[:1] != "-" and piece[-1:] != "-"]
    shared = [norwegian.word(stem) for stem in sorted(norwegian.written_out(chunk))]
    found = [_item_of(words) for words in (*map(norwegian.words, pieces), *([word] for word in shared)) if words]
    kinds = {combinations.kind_of(item) for item in found}
    # "Vestfold/Møre og Romsdal": what follows may be the rest of a name, so one place is enough.
    if len(found) < 2 or len(found) < len(pieces) or not (kinds == {"post"} or "place" in kinds):
        return []
    for item in found[1:]:
        item.listed = True
    return found[:MOST_CHOICES]


def _item_of(words: list[norwegian.Word]) -> Item:
    return Item([Wanted(word) for word in words], "-".join(word.exact for word in words), plain=True)


def _without_fillers(items: list[Item]) -> tuple[list[Item], list[str]]:
    """Drops what is asked in sentences ("ledige stillinger i"), unless nothing to look for would be left."""

    def is_filler(place: int, words: frozenset[str]) -> bool:
        item = items[place]
        if not item.plain or item.minus or item.meaning:
            return False
        after = items[place + 1].words[:1] if place + 1 < len(items) else []
        by_what_follows = FILLERS_BEFORE.get(item.words[0].exact, frozenset()) if words is FILLERS else frozenset()
        if len(item.words) == 1 and after and after[0].exact in by_what_follows:
            return True
        return all(word.exact in words for word in item.words)

    in_choice = {place for place, item in enumerate(items) if item.either}
    in_choice |= {place - 1 for place in in_choice}
    for words in (FILLERS, STOP_WORDS):
        kept = [item for place, item in enumerate(items) if place in in_choice or not is_filler(place, words)]
        if kept:
            return kept, [item.shown for item in items if item not in kept]
    return items, []


def _finish(item: Item, before: Item | None, after: Item | None, only_group: bool, choice: bool) -> Alternative:
    """Gives each word its neighbours, and says whether it is all that is asked for."""
    clauses = item.clauses
    alone = only_group and len(clauses) == 1
    finished: list[Clause] = []
    for place, clause in enumerate(clauses):
        if not isinstance(clause, Wanted):
            finished.append(clause)
            continue
        left = clauses[place - 1] if place else (before.clauses[-1] if before and before.plain else None)
        right = clauses[place + 1] if place + 1 < len(clauses) else (after.clauses[0] if after and after.plain else None)
        joins = []
        if isinstance(left, Wanted) and item.plain:
            joins.append(norwegian.joined(left.word.exact, clause.word.exact))
        if isinstance(right, Wanted) and item.plain:
            joins.append(norwegian.joined(clause.word.exact, right.word.exact))
        headline = synonyms.is_post(clause.word) or any(synonyms.is_known_post(join) for join in joins)
        headline = headline or bool(item.meaning and item.meaning.filed and item.meaning.facet != "occupation")
        also = synonyms.of((clause.word,)) if item.plain and len(clauses) == 1 and choice else ()
        finished.append(Wanted(clause.word, alone, tuple(joins), headline, also, clause.place))
    return tuple(finished)


def _excluded(item: Item) -> list[Alternative]:
    """What is excluded is what the item alone would have found, so that "x" and "-x" share out all ads."""
    filed = bool(item.meaning)
    words = tuple(
        Wanted(c.word, len(item.clauses) == 1, headline=filed or synonyms.is_post(c.word)) if isinstance(c, Wanted) else c
        for c in item.clauses
    )
    return [*([] if _only_facet(item) else [words]), *item.others, *_meant(item)]


def _shown(groups: list[list[Item]], never: list[Item]) -> str:
    parts = [" OR ".join(item.shown for item in group) for group in groups]
    return " ".join([*parts, *(f"-{item.shown}" for item in never)])
