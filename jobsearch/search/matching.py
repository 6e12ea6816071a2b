"""Words -> conditions: in which fields a word may stand, and what each is worth.

Every word must be met in one of the fields (an AND across fields), so the set of hits is right by itself, in date order too.
Scores are multiples of four, see `plan`: title over occupation over employer and place over body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from . import text
from .engine import epoch
from .plan import EVERYTHING, All, Best, Node, Phrase, Prefix, Range, Term, Terms
from .vocabulary import EVERYDAY_PLACES, PLACES, PLAIN
from .words import Alternative, Clause, Parsed, Wanted, WantedPhrase, WantedPrefix

NOTHING = Terms("uuid", ())
WHOLE_TITLE, TITLE_PHRASE = 64, 16
_EXACT = {"title": 64, "job": 28, "employer": 20, "location": 20, "body": 8}
_STEM = {"title_stem": 56, "joined": 48, "parts": 32, "job_stem": 24, "employer_stem": 16, "body_stem": 4}
_JOINED = {"title_stem": 56, "job_stem": 24}
_FOLDED = 12
_FOLDED_BODY = 4


def compile_words(parsed: Parsed) -> Node:
    if parsed.uuid:
        return Terms("uuid", (str(parsed.uuid),))
    if parsed.empty:
        return EVERYTHING
    if not parsed.must and not parsed.never:
        return NOTHING
    must = tuple(_any([_alternative(one) for one in group]) for group in parsed.must)
    never = tuple(_alternative(one) for one in parsed.never)
    bonus: list[Node] = []
    if plain := parsed.plain_words:
        bonus.append(Term("title_whole", " ".join(plain), WHOLE_TITLE))
        if len(plain) > 1:
            bonus.append(Phrase("title", plain, TITLE_PHRASE))
    return All(must or (EVERYTHING,), never, tuple(bonus))


def visible(now: dt.datetime, excluded: Collection[UUID] = ()) -> Node:
    """Ads whose last day has not passed, without those the record has closed since the index was written.

    The moment is cut to its minute, so that an engine can keep the filter's result: no ad ends within a minute, they all
    end at midnight.
    """
    ends_later = Range("visible_until", least=epoch(now) // 60 * 60 + 1)
    never = (Terms("uuid", tuple(sorted(str(uuid) for uuid in excluded))),) if excluded else ()
    return All((ends_later,), never)


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Best(tuple(nodes))


def _alternative(clauses: Alternative) -> Node:
    nodes = tuple(_clause(clause) for clause in clauses)
    return nodes[0] if len(nodes) == 1 else All(nodes)


def _clause(clause: Clause) -> Node:
    if isinstance(clause, WantedPhrase):
        if len(clause.words) == 1:
            return Best(tuple(Term(field, clause.words[0], score) for field, score in _EXACT.items()))
        return Best(tuple(Phrase(field, clause.words, score) for field, score in _EXACT.items()))
    if isinstance(clause, WantedPrefix):
        return Best(tuple(Prefix(field, clause.start, score) for field, score in _EXACT.items()))
    return _word(clause)


def _word(wanted: Wanted) -> Node:
    exact, stem = wanted.word.exact, wanted.word.stem
    # A place is where the ad is, not where its text also mentions: "utvikler Trondheim" is no question about Oslo.
    place = exact in PLACES and exact not in EVERYDAY_PLACES
    nodes: list[Node] = [Term(field, exact, score) for field, score in _EXACT.items() if not (place and field == "body")]
    for field, score in _STEM.items():
        # Alone, a word is not met by another form of it in the running text: "lyst til å lære" is no "lærer", and
        # what is left of two words that a suffix rule takes for one would be shown by date, first.
        if field == "body_stem" and (wanted.alone or place):
            continue
        nodes.append(Term(field, stem, score))
    for join in wanted.joins:
        nodes += [Term(field, join, score) for field, score in _JOINED.items()]
    nodes += _typed_without_letters(exact, stem, place)
    return Best(tuple(nodes))


def _typed_without_letters(exact: str, stem: str, place: bool) -> list[Node]:
    """The word as one that should have had æ, ø or å: "larer", "laerer", "sjafor"."""
    if not exact.isalpha() or exact in PLAIN or len(exact) < 3:
        return []
    nodes: list[Node] = []
    if exact.isascii():
        nodes += [Term("fold", form, _FOLDED) for form in dict.fromkeys((exact, stem))]
        if not place:
            nodes.append(Term("body_fold", exact, _FOLDED_BODY))
    spelled = exact.replace("ae", "æ").replace("oe", "ø")
    if spelled != exact:
        meant = text.word(spelled)
        nodes += [Term(field, meant.stem, _FOLDED) for field in ("title_stem", "job_stem", "employer_stem", "parts")]
        nodes += [Term("location", meant.exact, _FOLDED), Term("body", meant.exact, _FOLDED_BODY)]
    return nodes
