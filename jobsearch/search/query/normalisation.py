"""Query normalisation: quotation marks, dashes and invisible characters before `parser` parses the query; removal of words."""

from __future__ import annotations

import re
from collections.abc import Collection

from jobsearch.search.analysis.folding import normalise
from jobsearch.search.analysis.lexicon import FILLERS

from . import exclusion_words

CHUNK = re.compile(r'(?P<minus>-)?"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+)')
"""A phrase in quotation marks, or a whitespace-separated part, of a normalised query."""
_OR_OPERATORS = {"OR", "ELLER", "|", "||"}

# Always quotation marks, at any position.
_QUOTES = "“”„‟«»〝〞〟「」『』❝❞🙶🙷🙸"
# Also apostrophes, accents or signs: quotation marks only in pairs around words.
_SINGLE_QUOTES = frozenset("'’‚‹›❛❜❮❯″‶")
_DASHES = "–—―⸺⸻﹘"  # `folding.normalise` makes "-" of hyphens and the minus sign, in documents too
_STANDARD_MARKS = str.maketrans({**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys(_DASHES, "-")})
_BEFORE_QUOTE = frozenset(" \t\n([-+")
_AFTER_QUOTE = frozenset(" \t\n)],.;:!?*")


def normalise_query(q: str) -> str:
    """The query with quotation marks as ", dashes and minus signs as -, without invisible characters and outer whitespace."""
    return _pair_single_quotes(normalise(q).translate(_STANDARD_MARKS)).strip()


def _pair_single_quotes(q: str) -> str:
    """Replaces single quotes around words by ": 'fast stilling', ‘fast stilling’, ‹fast stilling›. "l’Oréal" is unchanged."""
    if _SINGLE_QUOTES.isdisjoint(q):
        return q
    characters = [*q]
    opening: int | None = None
    for position, character in enumerate(characters):
        if character == '"':
            opening = None
        if character not in _SINGLE_QUOTES:
            continue
        before, after = q[position - 1 : position] or " ", q[position + 1 : position + 2] or " "
        if opening is not None and position > opening + 1 and not before.isspace() and after in _AFTER_QUOTE:
            characters[opening] = characters[position] = '"'
            opening = None
        elif before in _BEFORE_QUOTE and not after.isspace():
            opening = position
    return "".join(characters)


def is_or_operator(part: str) -> bool:
    """Whether this part of a query is an OR operator."""
    return part in _OR_OPERATORS


def remove_each_part(q: str, dropped: Collection[str] = ()) -> list[tuple[str, str]]:
    """(part, remaining query) for each part of a query with two to four parts, fillers and `dropped` words not counted.

    Empty where the query has an OR, since its parts depend on each other.
    """
    q = normalise_query(q)
    parts = [(chunk.group(), chunk.start(), chunk.end()) for chunk in CHUNK.finditer(q)]
    parts = _join_negations([part for part in parts if part[0].lower() not in FILLERS and part[0].rstrip(",;") not in dropped])
    if not 2 <= len(parts) <= 4 or any(is_or_operator(text) for text, _, _ in parts):
        return []
    return [(text, strip_trailing_fillers(q[:start] + q[end:])) for text, start, end in parts]


def _join_negations(parts: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Joins a word of negation with the part after it: the query without "ikke" alone would mean the opposite."""
    joined: list[tuple[str, int, int]] = []
    for text, start, end in parts:
        if joined and joined[-1][0].lower().rpartition(" ")[2] in exclusion_words.MARKS:
            before, first, _ = joined.pop()
            text, start = f"{before} {text}", first
        joined.append((text, start, end))
    return joined


def remove_words(q: str, words: str) -> str:
    """The query without these words, which are side by side in it."""
    normalised, words = normalise_query(q), normalise_query(words)
    start = _find_words(normalised, words) if words else -1
    return strip_trailing_fillers(normalised[:start] + normalised[start + len(words) :]) if start >= 0 else q


def _find_words(q: str, words: str) -> int:
    """Position of whole words in the query, ignoring case; -1 where they are not in it."""
    # Lower case only where it keeps the length ("İ" becomes two characters), so that positions stay valid.
    haystack, needle = (text.lower() if len(text.lower()) == len(text) else text for text in (q, words))
    start = haystack.find(needle)
    while start >= 0:
        end = start + len(needle)
        if not any(map(str.isalnum, haystack[max(0, start - 1) : start] + haystack[end : end + 1])):
            break
        start = haystack.find(needle, start + 1)
    return start


def strip_trailing_fillers(q: str) -> str:
    """The query on one line without fillers at its end, which led to a removed word ("ledige stillinger i")."""
    parts = q.rstrip(" ,;:/").split()
    while parts and parts[-1].lower() in FILLERS:
        parts.pop()
    return " ".join(parts)


def strip_leading_fillers(q: str) -> str:
    """The query without fillers at its beginning, which followed a removed word: "som lærer" of "vikariat som lærer"."""
    parts = q.split()
    while parts and parts[0].lower() in FILLERS:
        parts.pop(0)
    return " ".join(parts)
