"""What a person typed, taken apart: words, "phrases", -minus, prefix*, OR. Nothing typed is ever an error."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from . import names, text
from .vocabulary import FILLERS, STOP_WORDS

MOST_WORDS = 30
_QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"'))
_CHUNK = re.compile(r'(?P<minus>[-−–])?"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+)')
_OR = {"OR", "ELLER", "|", "||"}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word. `alone`: nothing else is asked for beside it. `joins`: stems of it written together with a neighbour.

    `headline`: no running text can meet it, because it is, or is half of, the name of an occupation. `also`: other names.
    """

    word: text.Word
    alone: bool = False
    joins: tuple[str, ...] = ()
    headline: bool = False
    also: tuple[names.Name, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedPhrase:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WantedPrefix:
    start: str


@dataclass(frozen=True, slots=True)
class WantedName:
    """Any of the other names of what several words name."""

    names: tuple[names.Name, ...]


Clause = Wanted | WantedPhrase | WantedPrefix | WantedName
Alternative = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Every group of `must` has to be met by one of its alternatives; no alternative of `never` may be.

    `empty`: nothing was typed. With neither that nor anything to look for, nothing is found: "???" is no word of any ad.
    """

    must: tuple[tuple[Alternative, ...], ...] = ()
    never: tuple[Alternative, ...] = ()
    uuid: UUID | None = None
    empty: bool = False
    understood: str = ""
    dropped: tuple[str, ...] = ()
    plain_words: tuple[str, ...] = ()
    """The words in order, where all that is asked for is words side by side."""


@dataclass(slots=True)
class _Item:
    clauses: list[Clause]
    shown: str
    minus: bool = False
    plain: bool = False
    either: bool = False  # joined to the item before it by OR


def tidy(q: str) -> str:
    """As it is read: one kind of quotes, no blanks around."""
    return unicodedata.normalize("NFC", q).translate(_QUOTES).strip()


def plain_tokens(q: str) -> Iterator[tuple[int, str]]:
    """(place, word as typed) of what a tidy query asks for in plain words: no phrase, minus, prefix or OR."""
    for chunk in _CHUNK.finditer(q):
        plain = chunk.group("plain")
        if plain and plain not in _OR and plain[0] not in "-−–" and not plain.endswith("*"):
            at = chunk.start()
            for raw in text.tokens(plain):
                at = q.index(raw, at)
                yield at, raw
                at += len(raw)


def parse(q: str) -> Parsed:
    q = tidy(q)
    if not q:
        return Parsed(empty=True)
    if not re.search(r"\s", q) and (found := _UUID.search(q)):
        return Parsed(uuid=UUID(found.group()), understood=found.group().lower())
    items = _items(q)
    items, dropped = _without_fillers(items)
    never = tuple(tuple(item.clauses) for item in items if item.minus)
    wanted = [item for item in items if not item.minus]
    groups: list[list[_Item]] = []
    for item in wanted:
        if item.either and groups:
            groups[-1].append(item)
        else:
            groups.append([item])
    must: list[tuple[Alternative, ...]] = []
    for place, group in enumerate(groups):
        before = groups[place - 1][0] if place and len(groups[place - 1]) == 1 else None
        after = groups[place + 1][0] if place + 1 < len(groups) and len(groups[place + 1]) == 1 else None
        single = len(group) == 1
        must.append(
            tuple(
                _finish(item, before if single else None, after if single else None, len(groups) == 1, not single)
                for item in group
            )
        )
    plain = [group[0].plain and len(group) == 1 for group in groups]
    return Parsed(
        must=tuple(_named(must, plain)),
        never=tuple(_finish_all(never)),
        understood=_shown(groups, [item for item in items if item.minus]),
        dropped=tuple(dropped),
        plain_words=tuple(c.word.exact for c in _words_of(must)) if all(plain) else (),
    )


def _words_of(must: list[tuple[Alternative, ...]]) -> list[Wanted]:
    return [clause for group in must for clause in group[0] if isinstance(clause, Wanted)]


def _named(must: list[tuple[Alternative, ...]], plain: list[bool]) -> Iterator[tuple[Alternative, ...]]:
    """Neighbours that are the name of something may be met by its other names; the longest name counts."""
    start = 0
    while start < len(must):
        end = start
        while end < len(must) and plain[end] and end - start < names.longest():
            end += 1
        while end > start:
            clauses = _words_of(must[start:end])
            if found := names.of(tuple(clause.word for clause in clauses)):
                break
            end -= 1
        if end <= start:
            yield must[start]
            start += 1
            continue
        if len(clauses) == 1:
            employer = any(name.kind == "employer" for name in found)
            yield ((replace(clauses[0], also=found, headline=clauses[0].headline or employer),),)
        else:
            yield tuple(clauses), (WantedName(found),)
        start = end


def _items(q: str) -> list[_Item]:
    items: list[_Item] = []
    either = False
    for match in _CHUNK.finditer(q):
        plain = match.group("plain")
        if plain in _OR:
            either = bool(items) and not items[-1].minus
            continue
        item = _phrase(match.group("phrase"), bool(match.group("minus"))) if plain is None else _plain(plain)
        if item is None:
            continue
        item.either = either and not item.minus
        either = False
        items.append(item)
        if sum(len(one.clauses) for one in items) >= MOST_WORDS:
            break
    return items


def _phrase(content: str, minus: bool) -> _Item | None:
    exact = tuple(word.exact for word in text.words(content) if word.exact != text.BREAK)
    return _Item([WantedPhrase(exact)], f'"{content.strip()}"', minus) if exact else None


def _plain(chunk: str) -> _Item | None:
    minus = len(chunk) > 1 and chunk[0] in "-−–" and chunk[1] not in "-−–"
    body = chunk[1:] if minus else chunk.lstrip("+")
    found = [word for word in text.words(body) if word.exact != text.BREAK]
    if not found:
        return None
    if body.endswith("*") and len(found[-1].exact) >= 2:
        clauses: list[Clause] = [Wanted(word) for word in found[:-1]]
        return _Item([*clauses, WantedPrefix(found[-1].exact)], body, minus)
    return _Item([Wanted(word) for word in found], body, minus, plain=True)


def _without_fillers(items: list[_Item]) -> tuple[list[_Item], list[str]]:
    """Drops what is asked in sentences ("ledige stillinger i"), unless nothing to look for would be left."""

    def is_filler(item: _Item, words: frozenset[str]) -> bool:
        return item.plain and not item.minus and all(isinstance(c, Wanted) and c.word.exact in words for c in item.clauses)

    in_choice = {place for place, item in enumerate(items) if item.either}
    in_choice |= {place - 1 for place in in_choice}
    for words in (FILLERS, STOP_WORDS):
        kept = [item for place, item in enumerate(items) if place in in_choice or not is_filler(item, words)]
        if any(not item.minus for item in kept):
            return kept, [item.shown for item in items if item not in kept]
    return items, []


def _finish(item: _Item, before: _Item | None, after: _Item | None, only_group: bool, choice: bool) -> Alternative:
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
            joins.append(text.joined(left.word.exact, clause.word.exact))
        if isinstance(right, Wanted) and item.plain:
            joins.append(text.joined(clause.word.exact, right.word.exact))
        headline = names.is_post(clause.word) or any(names.is_known_post(join) for join in joins)
        also = names.of((clause.word,)) if item.plain and len(clauses) == 1 and choice else ()
        finished.append(Wanted(clause.word, alone, tuple(joins), headline, also))
    return tuple(finished)


def _finish_all(never: tuple[Alternative, ...]) -> list[Alternative]:
    """What is excluded is what the word alone would have found, so that "x" and "-x" share out all ads."""
    return [
        tuple(Wanted(c.word, len(clauses) == 1, headline=names.is_post(c.word)) if isinstance(c, Wanted) else c for c in clauses)
        for clauses in never
    ]


def _shown(groups: list[list[_Item]], never: list[_Item]) -> str:
    parts = [" OR ".join(item.shown for item in group) for group in groups]
    return " ".join([*parts, *(f"-{item.shown}" for item in never)])


def is_or(part: str) -> bool:
    return part in _OR


def without_each(q: str) -> list[tuple[str, str]]:
    """(part, the rest) for each part of a query of two to four, small words aside; none where OR ties parts together."""
    q = tidy(q)
    parts = [(chunk.group(), chunk.start(), chunk.end()) for chunk in _CHUNK.finditer(q)]
    parts = [part for part in parts if part[0].lower() not in FILLERS]
    if not 2 <= len(parts) <= 4 or any(is_or(shown) for shown, _, _ in parts):
        return []
    return [(shown, without_small_end(q[:start] + q[end:])) for shown, start, end in parts]


def without(q: str, typed: str) -> str:
    """The query without these words of it."""
    found = re.search(rf"(?<!\w){re.escape(typed)}(?!\w)", q, re.IGNORECASE) if typed else None
    return without_small_end(q[: found.start()] + q[found.end() :]) if found else q


def without_small_end(q: str) -> str:
    """On one line, without words at the end that only lead over to what stood there ("ledige stillinger i")."""
    parts = q.rstrip(" ,;:/").split()
    while parts and parts[-1].lower() in FILLERS:
        parts.pop()
    return " ".join(parts)
