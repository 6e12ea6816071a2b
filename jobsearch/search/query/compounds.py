"""Compounds of a query: words written apart that ads write as one word, and the other way round."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.lexicon import HEADS, WORKPLACES

from .parsed_query import QueryItem, WordClause

MAX_WORDS = 6
"""Words of a query with compounds of three words, a linking s or a shared beginning. A longer query is a sentence."""
_NAME_AND_NUMBER = re.compile(r"([^\W\d_]{3,})(\d+)|(\d+)([^\W\d_]{3,})")
_HEADS = HEADS | WORKPLACES


def find_joined_stems(groups: Sequence[Sequence[QueryItem]]) -> dict[tuple[int, int], tuple[str, ...]]:
    """(number of the group, number of the clause) -> stems of the compounds that the word forms with its neighbours."""
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    run: list[tuple[int, int]] = []
    words: list[norwegian.Word] = []
    for number, group in enumerate([*groups, ()]):
        is_plain = len(group) == 1 and group[0].plain
        for index, clause in enumerate(group[0].clauses if is_plain else ()):
            if isinstance(clause, WordClause):
                run.append((number, index))
                words.append(clause.word)
        if not is_plain:
            found |= dict(zip(run, _join_each(words), strict=True))
            run, words = [], []
    return found


def split_name_and_number(word: str) -> tuple[str, ...]:
    """The words of a name that is typed without its space: "kiwi365" -> ("kiwi", "365"); () where it is none."""
    match = _NAME_AND_NUMBER.fullmatch(word)
    return tuple(filter(None, match.groups())) if match else ()


def list_split_stems(stem: str) -> Iterator[tuple[str, str]]:
    """(head, modifier) of each way to write the compound as two words: `elbilmekaniker` is "bilmekaniker" for "elbil"."""
    head, *modifiers = norwegian.split_compound(stem) or ("",)
    longer = (stem[cut:] for cut in range(2, len(stem) - len(head)))
    for end in (head, *filter(synonyms.is_listed_occupation, longer)):
        for modifier in modifiers:
            if modifier not in _NO_MODIFIERS and not end.endswith(modifier):
                yield end, modifier


_NO_MODIFIERS = frozenset("over og i på til for med av et ei en de er som om fra ved".split())


def _join_each(words: Sequence[norwegian.Word]) -> Iterator[tuple[str, ...]]:
    joined: list[dict[str, None]] = [{} for _ in words]
    for start, (first, second) in enumerate(itertools.pairwise(words)):
        stems = [norwegian.join_compound(first.exact, second.exact)]
        if len(words) <= MAX_WORDS and second.stem in _HEADS:
            stems += _link(first, second)
        for place in (start, start + 1):
            joined[place] |= dict.fromkeys(stems)
    if len(words) <= MAX_WORDS:
        for start in range(len(words) - 2):
            beginning = norwegian.join_exact(words[start].exact, words[start + 1].exact)
            whole = norwegian.join_compound(beginning, words[start + 2].exact)
            for place in range(start, start + 3):
                joined[place][whole] = None
        for start, (first, second) in enumerate(itertools.pairwise(words)):
            joined[start + 1] |= dict.fromkeys(_share_beginning(first, second))
    yield from map(tuple, joined)


def _link(first: norwegian.Word, second: norwegian.Word) -> list[str]:
    """The compound with a linking s or e: "produksjon leder" -> `produksjonsleder`, "barn hage" -> `barnehage`."""
    return [norwegian.join_compound(first.exact + link, second.exact) for link in "se" if not first.exact.endswith(link)]


def _share_beginning(first: norwegian.Word, second: norwegian.Word) -> list[str]:
    """The compound of which only the end is typed after another one: "trafikklærer skole" -> `trafikkskole`."""
    if second.stem not in _HEADS:
        return []
    modifiers = norwegian.split_compound(first.stem)[1:]
    return [norwegian.join_compound(modifier, second.exact) for modifier in modifiers if modifier not in _HEADS]
