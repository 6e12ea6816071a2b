"""Word lists of sentences, read from `sentence_words.toml`, which states what each list is for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

DIGITS = "0"
"""What a number in digits is looked up as in phrases."""
_FILE = Path(__file__).with_name("sentence_words.toml")


class SentenceLists(NamedTuple):
    """The lists of the file, each as a set of words."""

    sentence: frozenset[str]
    beside_content: frozenset[str]
    strong: frozenset[str]
    weak: frozenset[str]
    phrases: dict[str, tuple[tuple[frozenset[str], ...], ...]]
    """First word -> the phrases that begin with it, the longest first; each as the words allowed in each of its places."""


@lru_cache(maxsize=1)
def load_sentence_lists() -> SentenceLists:
    """The lists, read once in each process."""
    tables = tomllib.loads(_FILE.read_text())

    def read_words(table: str, *names: str) -> frozenset[str]:
        return frozenset(word for name in names or tables[table] for word in tables[table][name].split())

    slots = {f"{{{name}}}": read_words("slots", name) for name in tables["slots"]}
    slots["{number}"] |= {DIGITS}
    by_first: dict[str, list[tuple[frozenset[str], ...]]] = {}
    for line in (line for names in tables["phrases"].values() for line in names.split(",")):
        for phrase in _expand_phrase(line.split(), slots):
            for first in phrase[0]:
                by_first.setdefault(first, []).append(phrase)
    return SentenceLists(
        read_words("sentence"),
        read_words("beside_content"),
        read_words("markers", "strong"),
        read_words("markers", "weak"),
        {first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in by_first.items()},
    )


def _expand_phrase(places: list[str], slots: dict[str, frozenset[str]]) -> Iterator[tuple[frozenset[str], ...]]:
    """The phrase with and without each of its optional words, as the words allowed in each place."""
    choices = [((place[:-1],), ()) if place.endswith("?") else ((place,),) for place in places]
    for chosen in product(*choices):
        kept = [place for part in chosen for place in part]
        if kept:
            yield tuple(slots.get(place) or frozenset(place.split("/")) for place in kept)


def rank_common_word(word: str) -> int | None:
    """0 for an exact word that may be left out of a sentence, 1 for one that may be left out beside others, else None."""
    lists = load_sentence_lists()
    if word in lists.sentence:
        return 0
    return 1 if word in lists.beside_content else None
