"""Synonyms of occupations, subjects and public employers: everyday Norwegian, other languages and abbreviations.

The lists are the TOML files beside this module, for people to read and edit; each states its format at the top.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.folding import fold
from jobsearch.search.analysis.lexicon import AGENTS, FILLERS, FUNCTION_WORDS, HEADS, PLAIN, STOP_WORDS

Kind = Literal["occupation", "short", "subject", "condition", "employer"]
_HERE = Path(__file__).parent
Key = tuple[str, ...]
"""The stems of a name."""

_STOP_KEYS = {(word,) for word in FUNCTION_WORDS}  # stems of names that are stop words: "tiler" becomes `til`
# Compound heads that, as words of their own, are everyday words or mean something else: running text with one may match.
_NO_OCCUPATIONS = frozenset(
    "server holder passer student ansvarlig hjelp partner følger leser bærer giver tester mann agent maker spiller".split()
)
_HEADS = tuple(sorted({*HEADS, *map(fold, HEADS)} - {"leg", "mann", "hjelp"}, key=len, reverse=True))


class Synonym(NamedTuple):
    """A name to search for in addition to the typed one: its stems and its exact words.

    `wide`: compounds that end in it match too ("driver" also means each kind of "sjåfør").
    """

    stems: tuple[str, ...]
    words: tuple[str, ...]
    kind: Kind = "occupation"
    wide: bool = False


class _Index(NamedTuple):
    synonyms: dict[Key, tuple[Synonym, ...]]
    occupations: frozenset[str]
    longest: int
    cut: frozenset[str]
    """Stems that only a person's name in -er has given: "koder" is stemmed to `kod`, which "kode" is stemmed to as well."""

    others: frozenset[str]
    """Names of fields of work, as written: "hårklipp" has the stem of "hårklipper" and synonyms of its own."""

    def is_other_noun(self, word: norwegian.Word) -> bool:
        """Whether the word has the stem of such a name, but is not that name: "kode"."""
        return word.stem in self.cut and not word.exact.startswith((f"{word.stem}er", f"{word.stem}ar"))


def find_synonyms(words: tuple[norwegian.Word, ...]) -> tuple[Synonym, ...]:
    """The synonyms of the name that these words form; () where it is in no list."""
    index = _load_index()
    synonyms = index.synonyms
    if len(words) == 1 and index.is_other_noun(words[0]) and words[0].exact not in index.others:
        return ()
    stems = tuple(word.stem for word in words)
    if own := synonyms.get(stems) or synonyms.get(_fold_key(stems)):
        return own
    is_plural = stems and len(stems[-1]) > 4 and stems[-1].endswith("s")  # "chefs", "fish factory workers"
    return synonyms.get((*stems[:-1], stems[-1][:-1]), ()) if is_plural else ()


def longest_name_length() -> int:
    """Number of words of the longest name."""
    return _load_index().longest


@lru_cache(maxsize=20_000)
def is_occupation(word: norwegian.Word) -> bool:
    """Whether the word names an occupation, so that a running text that only mentions it does not match."""
    stem = word.stem
    if stem in _NO_OCCUPATIONS or len(stem) < 3:
        return False
    if is_listed_occupation(stem) or stem in HEADS:
        return not _load_index().is_other_noun(word)
    if len(stem) < 6 or stem.endswith("server"):
        return False
    return any(stem.endswith(head) and (head == stem or len(stem) - len(head) >= 2) for head in _HEADS)


def is_listed_occupation(stem: str) -> bool:
    """Whether the lists have it as an occupation's name of one word, also as typed without æ, ø and å."""
    return stem in _load_index().occupations


def is_foreign_or_short(word: norwegian.Word) -> bool:
    """Whether no Norwegian name of an occupation is, or ends like, this word, so that in a text it may be another word.

    "Assembler" is a fitter in English and a language of programs; "BPA" is in texts about it.
    """
    return word.stem not in _list_norwegian_names() and not word.stem.endswith(_HEADS)


@lru_cache(maxsize=1)
def _list_norwegian_names() -> frozenset[str]:
    names = (name for line in _read_lines() if line.kind == "occupation" for name in line.norwegian)
    return frozenset(key[0] for name in names for key in _name_keys(name) if len(key) == 1)


def list_occupations() -> list[str]:
    """The names of occupations as written in the lists, Norwegian ones and English ones that ads use."""
    return [name for line in _read_lines() if line.kind == "occupation" for name in (*line.norwegian, *line.english)]


@lru_cache(maxsize=1)
def list_words() -> frozenset[str]:
    """Every word of the lists, for the speller."""
    return frozenset(
        word.exact
        for line in _read_lines()
        for name in (*line.norwegian, *line.english, *line.only_typed)
        for word in norwegian.analyse_text(name)
    )


@lru_cache(maxsize=1)
def _load_index() -> _Index:
    by_key: dict[Key, dict[Synonym, None]] = {}
    occupations: set[str] = set()
    names_by_stem: dict[str, set[str]] = {}
    others: set[str] = set()

    def add(name: str, synonyms: Iterable[Synonym], own_keys: Iterable[Key] = ()) -> None:
        # `own_keys`: a spelling of a Norwegian name of the line is that name itself.
        for key in _name_keys(name) - {*own_keys} - _STOP_KEYS:
            by_key.setdefault(key, {}).update(dict.fromkeys(synonym for synonym in synonyms if synonym.stems != key))

    for line in _read_lines():
        targets = [_make_synonym(name, line.kind)._replace(wide=line.kind == "subject") for name in line.norwegian]
        english = [_make_synonym(name, line.kind) for name in line.english]
        for name in () if line.one_way else line.norwegian:
            add(name, (*targets, *english))
        own_keys = {key for name in line.norwegian for key in _name_keys(name)}
        wide_targets = [target._replace(wide=target.wide or line.kind == "occupation") for target in targets]
        for name in (*line.english, *line.only_typed):
            add(name, (*wide_targets, *english), own_keys)
        if line.kind in {"occupation", "short"}:
            for name in (*line.norwegian, *line.english, *line.only_typed):
                occupations |= {key[0] for key in _name_keys(name) if len(key) == 1}
                for word in norwegian.analyse_text(name) if " " not in name else ():
                    names_by_stem.setdefault(word.stem, set()).add(word.exact)
        elif line.kind == "subject":
            others |= {name.lower() for name in (*line.norwegian, *line.english, *line.only_typed) if " " not in name}
    too_short = {stem for stem in occupations if len(stem) < 3} | FUNCTION_WORDS
    occupations -= too_short | _NO_OCCUPATIONS | {norwegian.stem_word(word) for word in PLAIN - AGENTS}
    synonyms = {key: _remove_duplicates(names) for key, names in by_key.items()}
    for key in list(synonyms):  # the folded key, where it is no name of its own
        if _fold_key(key) not in _STOP_KEYS:
            synonyms.setdefault(_fold_key(key), synonyms[key])
    occupations |= {fold(stem) for stem in occupations if fold(stem) not in PLAIN | FUNCTION_WORDS}
    cut = frozenset(stem for stem, names in names_by_stem.items() if all(name.startswith(f"{stem}er") for name in names))
    return _Index(synonyms, frozenset(occupations), max(map(len, synonyms)), cut, frozenset(others))


def _remove_duplicates(synonyms: Iterable[Synonym]) -> tuple[Synonym, ...]:
    """One synonym for the same stems, the wide one before the narrow one."""
    kept: dict[Key, Synonym] = {}
    for synonym in filter(_is_searchable, synonyms):
        if synonym.stems not in kept or (synonym.wide and not kept[synonym.stems].wide):
            kept[synonym.stems] = synonym
    return tuple(kept.values())


def _is_searchable(synonym: Synonym) -> bool:
    """False for a name that the stemmer makes a stop word of: "tiler" becomes `til`."""
    return len(synonym.stems) > 1 or synonym.kind == "employer" or synonym.stems[0] not in STOP_WORDS


class _Line(NamedTuple):
    """A line of the lists: `norwegian` names mean the same, `english` ones are used in ads, `only_typed` ones are not.

    `one_way`: the Norwegian names are found by the typed ones, but not by each other: "helsepersonell" finds both "sykepleier"
    and "lege".
    """

    kind: Kind
    norwegian: list[str]
    english: list[str]
    only_typed: list[str]
    one_way: bool = False


def _read_lines() -> list[_Line]:
    lines: list[_Line] = []
    for key, value in tomllib.loads((_HERE / "occupations.toml").read_text()).items():
        english, _, only_typed = value.partition(";")
        lines.append(_Line("occupation", _split(key, "|"), _split(english, ","), _split(only_typed, ",")))
    tables = tomllib.loads((_HERE / "work.toml").read_text())
    kinds: dict[str, Kind] = {"posts": "short", "subjects": "subject", "employers": "employer"}
    for table, kind in kinds.items():
        lines += [_Line(kind, _split(line, "|"), [], []) for line in tables[table]["names"]]
    for line in tables["people"]["names"]:
        people, _, work = line.partition("<")
        lines.append(_Line("subject", _split(people, "|"), [], _split(work, "|")))
    for line in _read_names("fields.toml"):
        people, _, field = line.partition("<")
        lines.append(_Line("subject", _split(people, "|"), [], _split(field, "|"), one_way=True))
    for line in _read_names("conditions.toml"):
        names, _, only_typed = line.partition("<")
        lines.append(_Line("condition", _split(names, "|"), [], _split(only_typed, "|")))
    return lines


def _read_names(file: str) -> list[str]:
    names: list[str] = tomllib.loads((_HERE / file).read_text())["names"]
    return names


def _split(line: str, separator: str) -> list[str]:
    return [name.strip() for name in line.split(separator) if name.strip()]


def _make_synonym(name: str, kind: Kind) -> Synonym:
    words = norwegian.analyse_text(name)
    return Synonym(tuple(word.stem for word in words), tuple(word.exact for word in words), kind)


def _name_keys(name: str) -> set[Key]:
    """The name's stems, with fillers and without, since the parser may drop them ("universitetet i oslo")."""
    words = norwegian.analyse_text(name)
    without_fillers = [word.stem for word in words if word.exact not in FILLERS]
    return {tuple(word.stem for word in words)} | ({tuple(without_fillers)} if len(without_fillers) > 1 else set())


def _fold_key(stems: Key) -> Key:
    return tuple(map(fold, stems))
