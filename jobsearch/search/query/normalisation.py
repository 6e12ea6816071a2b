"""Normalisation of a typed query before `words` parses it, and queries without some of their words."""

from __future__ import annotations

import re

from jobsearch.search.analysis.folding import normalise
from jobsearch.search.analysis.lexicon import FILLERS

CHUNK = re.compile(r'(?P<minus>-)?"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+)')
"""A phrase in quotation marks, or what stands between blanks, of a tidy query."""
_OR = {"OR", "ELLER", "|", "||"}

# Marks that are nothing else than quotation marks, wherever they stand.
_QUOTES = "“”„‟«»〝〞〟「」『』❝❞🙶🙷🙸"
# Marks that are also apostrophes, accents or signs: quotation marks only in pairs around words.
_SINGLE_QUOTES = frozenset("'’‚‹›❛❜❮❯″‶")
_DASHES = "–—―⸺⸻﹘"  # the hyphens and the minus sign are "-" for documents too, see `letters`
_ONE_KIND = str.maketrans({**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys(_DASHES, "-")})
_BEFORE_QUOTE = frozenset(" \t\n([-+")
_AFTER_QUOTE = frozenset(" \t\n)],.;:!?*")


def tidy(q: str) -> str:
    """A query with quotation marks as ", dashes and minuses as -, without invisible characters and blanks around it."""
    return _pair_single_quotes(normalise(q).translate(_ONE_KIND)).strip()


def _pair_single_quotes(q: str) -> str:
    """'fast stilling', ‘fast stilling’ and ‹fast stilling› in ordinary quotation marks; "l’Oréal" stays as it is."""
    if _SINGLE_QUOTES.isdisjoint(q):
        return q
    marks = [*q]
    opened: int | None = None
    for place, mark in enumerate(marks):
        if mark == '"':
            opened = None
        if mark not in _SINGLE_QUOTES:
            continue
        before, after = q[place - 1 : place] or " ", q[place + 1 : place + 2] or " "
        if opened is not None and place > opened + 1 and not before.isspace() and after in _AFTER_QUOTE:
            marks[opened] = marks[place] = '"'
            opened = None
        elif before in _BEFORE_QUOTE and not after.isspace():
            opened = place
    return "".join(marks)


def is_or(part: str) -> bool:
    return part in _OR


def without_each(q: str) -> list[tuple[str, str]]:
    """(part, the rest) for each part of a query of two to four, small words aside; none where OR ties parts together."""
    q = tidy(q)
    parts = [(chunk.group(), chunk.start(), chunk.end()) for chunk in CHUNK.finditer(q)]
    parts = [part for part in parts if part[0].lower() not in FILLERS]
    if not 2 <= len(parts) <= 4 or any(is_or(shown) for shown, _, _ in parts):
        return []
    return [(shown, without_small_end(q[:start] + q[end:])) for shown, start, end in parts]


def without(q: str, typed: str) -> str:
    """The query without these words of it."""
    read, typed = tidy(q), tidy(typed)
    start = _find_words(read, typed) if typed else -1
    return without_small_end(read[:start] + read[start + len(typed) :]) if start >= 0 else q


def _find_words(q: str, typed: str) -> int:
    """Where the words stand in the query, in small letters or capitals, no letter or digit beside them; -1 for nowhere."""
    inside, wanted = (one.lower() if len(one.lower()) == len(one) else one for one in (q, typed))
    start = inside.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not any(map(str.isalnum, inside[max(0, start - 1) : start] + inside[end : end + 1])):
            break
        start = inside.find(wanted, start + 1)
    return start


def without_small_end(q: str) -> str:
    """On one line, without words at the end that only lead over to what stood there ("ledige stillinger i")."""
    parts = q.rstrip(" ,;:/").split()
    while parts and parts[-1].lower() in FILLERS:
        parts.pop()
    return " ".join(parts)
