"""What people call the same thing: occupations in everyday Norwegian and other languages, short forms, public employers.

The lists beside this file are data for people to read and mend; what a line means stands at the head of each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.lexicon import AGENTS, FILLERS, HEADS, PLAIN, STOP_WORDS

Kind = Literal["post", "short", "subject", "employer"]
_HERE = Path(__file__).parent
Key = tuple[str, ...]

# Heads of compounds that, standing alone, are everyday words or something else: a text that has one may be meant.
_NO_POSTS = frozenset(
    "server holder passer student ansvarlig hjelp partner følger leser bærer giver tester mann agent maker spiller".split()
)
_HEADS = tuple(sorted({*HEADS, *map(norwegian.fold, HEADS)} - {"leg", "mann", "hjelp"}, key=len, reverse=True))


class Name(NamedTuple):
    """One name to look for instead of what was typed: its stems, and its words as they are written.

    `wide`: compounds that end in it are meant too ("driver" asks for each kind of "sjåfør").
    """

    stems: tuple[str, ...]
    words: tuple[str, ...]
    kind: Kind = "post"
    wide: bool = False


class _Lists(NamedTuple):
    names: dict[Key, tuple[Name, ...]]
    posts: frozenset[str]
    longest: int


def of(words: tuple[norwegian.Word, ...]) -> tuple[Name, ...]:
    """The other names of what these words name, if they name anything known."""
    names = _lists().names
    stems = tuple(word.stem for word in words)
    if found := names.get(stems) or names.get(_folded(stems)):
        return found
    plural = stems and len(stems[-1]) > 4 and stems[-1].endswith("s")  # "chefs", "fish factory workers"
    return names.get((*stems[:-1], stems[-1][:-1]), ()) if plural else ()


def longest() -> int:
    """Words of the longest name."""
    return _lists().longest


@lru_cache(maxsize=20_000)
def is_post(word: norwegian.Word) -> bool:
    """Whether the word is what somebody is employed as, so that a text that only mentions it is not meant."""
    stem = word.stem
    if stem in _NO_POSTS or len(stem) < 3:
        return False
    if is_known_post(stem) or stem in HEADS:
        return True
    if len(stem) < 6 or stem.endswith("server"):
        return False
    return any(stem.endswith(head) and (head == stem or len(stem) - len(head) >= 2) for head in _HEADS)


def is_known_post(stem: str) -> bool:
    """Whether the lists have it as a name of one word, also as typed without æ, ø and å."""
    return stem in _lists().posts


def posts() -> list[str]:
    """The names of occupations as the lists have them, Norwegian and English ones that ads use."""
    return [name for kind, equals, english, _ in _lines() if kind == "post" for name in (*equals, *english)]


def spellings() -> frozenset[str]:
    """Every word of the lists, for the speller."""
    return _spellings()


@lru_cache(maxsize=1)
def _spellings() -> frozenset[str]:
    return frozenset(word.exact for _, equals, english, typed in _lines() for name in (*equals, *english, *typed)
                     for word in norwegian.words(name))  # fmt: skip


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    found: dict[Key, dict[Name, None]] = {}
    posts: set[str] = set()
    for kind, equals, english, typed in _lines():
        targets = [_name(name, kind)._replace(wide=kind == "subject") for name in equals]
        back = [_name(name, kind) for name in english]
        for asked in equals:
            for key in _keys(asked):
                found.setdefault(key, {}).update(dict.fromkeys(name for name in (*targets, *back) if name.stems != key))
        own = {key for name in equals for key in _keys(name)}
        for asked in (*english, *typed):
            wide = [name._replace(wide=name.wide or kind == "post") for name in targets] + back
            for key in _keys(asked) - own:  # another spelling of a name of its own is that name
                found.setdefault(key, {}).update(dict.fromkeys(name for name in wide if name.stems != key))
        if kind in {"post", "short"}:
            posts |= {key[0] for name in (*equals, *english, *typed) for key in _keys(name) if len(key) == 1}
    posts -= {key for key in posts if len(key) < 3} | _NO_POSTS | {norwegian.stem_of(word) for word in PLAIN - AGENTS}
    names = {key: _without_doubles(names) for key, names in found.items()}
    for key in list(names):  # as typed on another keyboard, where that is no name of its own
        names.setdefault(_folded(key), names[key])
    posts |= {norwegian.fold(post) for post in posts if norwegian.fold(post) not in PLAIN}
    return _Lists(names, frozenset(posts), max(map(len, names)))


def _without_doubles(names: Iterable[Name]) -> tuple[Name, ...]:
    """One name for the same stems, the wide one before the narrow one."""
    kept: dict[Key, Name] = {}
    for name in filter(_says_something, names):
        if name.stems not in kept or (name.wide and not kept[name.stems].wide):
            kept[name.stems] = name
    return tuple(kept.values())


def _says_something(name: Name) -> bool:
    """Not so a name that the rules of inflection make a small word of: a "tiler" is `til`."""
    return len(name.stems) > 1 or name.kind == "employer" or name.stems[0] not in STOP_WORDS


def _lines() -> list[tuple[Kind, list[str], list[str], list[str]]]:
    """(kind, names that mean the same, English names that ads use, names that are only typed)"""
    found: list[tuple[Kind, list[str], list[str], list[str]]] = []
    for key, value in tomllib.loads((_HERE / "occupations.toml").read_text()).items():
        english, _, typed = value.partition(";")
        found.append(("post", _split(key, "|"), _split(english, ","), _split(typed, ",")))
    tables = tomllib.loads((_HERE / "work.toml").read_text())
    kinds: dict[str, Kind] = {"posts": "short", "subjects": "subject", "employers": "employer"}
    for table, kind in kinds.items():
        found += [(kind, _split(line, "|"), [], []) for line in tables[table]["names"]]
    for line in tables["people"]["names"]:
        people, _, work = line.partition("<")
        found.append(("subject", _split(people, "|"), [], _split(work, "|")))
    return found


def _split(line: str, separator: str) -> list[str]:
    return [name.strip() for name in line.split(separator) if name.strip()]


def _name(name: str, kind: Kind) -> Name:
    words = norwegian.words(name)
    return Name(tuple(word.stem for word in words), tuple(word.exact for word in words), kind)


def _keys(name: str) -> set[Key]:
    """As it is typed, and as it is left when what is not looked for is dropped ("universitetet i oslo")."""
    words = norwegian.words(name)
    kept = [word.stem for word in words if word.exact not in FILLERS]
    return {tuple(word.stem for word in words)} | ({tuple(kept)} if len(kept) > 1 else set())


def _folded(stems: Key) -> Key:
    return tuple(map(norwegian.fold, stems))
