"""Requirement detection: what an ad demands of its applicants, and what it says is not needed.

Rules on the clause around each word of `requirement_kinds`: a negation or a verb of demand before it ("ikke krav til", "må
ha"), a predicate after it ("er ikke nødvendig", "er en fordel"). An unclear text counts as one that says nothing: a search for
"uten erfaring" leaves out only the ads that plainly demand experience.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from . import requirement_rules as rules
from .pieces import PieceCache, find_starts
from .requirement_kinds import CONDITIONS, HINT, ONLY_WAIVED, PARENTS, REQUIREMENTS, STRONG

NEEDED, NOT_NEEDED, TAUGHT = "needs-", "no-", "teaches-"
"""Beginnings of the words of the document's field: "needs-experience", "no-experience"."""

_MOST = 80  # mentions of a text that are examined
_REACH = 150  # characters of a clause that are examined on each side of a mention
_NEAR = 100  # characters on each side of a word within which a statement about it is looked for
_MOST_STATEMENTS = 10
_FAR = 9  # words between a negation and what it covers
_TRAINED = frozenset(f"{NEEDED}{kind}" for kind in ("experience", "degree", "authorisation"))  # training does not replace these

# Of the kinds that match at the same place the first is taken: "master's degree" is a degree, "norsk lisens" an authorisation.
_FIRST = ("degree", "trade", "authorisation", "truck", "licence")
_KINDS = {kind: pattern for kind in dict.fromkeys((*_FIRST, *REQUIREMENTS)) for pattern in [REQUIREMENTS[kind]]} | CONDITIONS
_NAME = re.compile("|".join(f"(?P<{kind.replace('-', '_')}>(?:{pattern})(?!\\w))" for kind, pattern in _KINDS.items()))
_WORD = re.compile(r"[^\W_][\w'’]*(?:-[\w'’]+)*")


class Mention(NamedTuple):
    """A requirement or a condition by its position in a text."""

    kind: str
    start: int
    end: int


def find_requirements(title: str, body: str, negated: Collection[tuple[int, int]]) -> set[str]:
    """The words of the document's field for an ad. `negated`: the spans of `find_negated`, which decide about conditions."""
    found: set[str] = set()
    implied: set[str] = set()
    for text, spans in ((title.lower(), ()), (body.lower(), negated)):
        for number in {number for piece in {*text.split()} for number in _hints_of_pieces[piece].statements}:
            parts, expression, statements = rules.STATEMENTS[number]
            if _search_near(text, parts, expression):
                implied.update(statements)
        found.update(_judge_mentions(text, [*find_mentions(text)], spans))
    for kind, parent in PARENTS.items():
        if NEEDED + kind in found:
            found.add(NEEDED + parent)
        elif NOT_NEEDED + kind in found and parent == "education":
            found.add(NOT_NEEDED + parent)
    return _remove_contradictions(found, implied)


def _search_near(text: str, parts: tuple[str, ...], expression: re.Pattern[str]) -> bool:
    """Whether the expression matches near one of these parts, which it contains: a search of the whole text is slower."""
    for part in parts:
        position = text.find(part)
        for _ in range(_MOST_STATEMENTS):
            if position < 0:
                break
            if expression.search(text, max(0, position - _NEAR), position + _NEAR):
                return True
            position = text.find(part, position + _NEAR // 2)
    return False


def find_mentions(text: str) -> Iterator[Mention]:
    """The names of kinds in a lower-case text."""
    end = count = 0
    for start in _find_starts(text):
        if start >= end and (match := _NAME.match(text, start)):
            end = match.end()
            yield Mention((match.lastgroup or "").replace("_", "-"), *match.span())
            count += 1
            if count == _MOST:
                return


def _find_starts(text: str) -> list[int]:
    """The positions of words that may begin a name, in order. Few of the different words of a text do."""
    beginning = {word for piece in {*text.split()} for word in _hints_of_pieces[piece].beginnings}
    if len(beginning) > _MOST:  # not found one by one, which would take quadratic time in a hostile text
        return [word.start() for word in _WORD.finditer(text) if HINT.search(word.group())]
    starts: set[int] = set()
    for word in beginning:
        for start in find_starts(text, word):
            if not start or not (text[start - 1].isalnum() or text[start - 1] in "_-"):
                starts.add(start)
    return sorted(starts)


class _Hints(NamedTuple):
    """What a piece of a lower-case text may be part of."""

    beginnings: tuple[str, ...] = ()
    """Words with which the name of a kind may begin."""
    statements: tuple[int, ...] = ()
    """Numbers of `rules.STATEMENTS`."""


_NO_HINTS = _Hints()
_FRAGMENTS = [(number, {max(part.split(), key=len) for part in parts}) for number, (parts, _, _) in enumerate(rules.STATEMENTS)]
"""Number of a statement -> a piece, or part of one, of each of its parts."""


def _find_hints(piece: str) -> _Hints:
    beginnings = tuple(word for word in _WORD.findall(piece) if HINT.search(word))
    statements = tuple(number for number, fragments in _FRAGMENTS if any(fragment in piece for fragment in fragments))
    return _Hints(beginnings, statements) if beginnings or statements else _NO_HINTS


_hints_of_pieces = PieceCache(_find_hints)


@lru_cache(maxsize=50_000)
def _find_guards(word: str) -> frozenset[str]:
    return frozenset(name for name, pattern in rules.GUARDS.items() if pattern.fullmatch(word))


def _judge_mentions(text: str, mentions: list[Mention], negated: Collection[tuple[int, int]]) -> Iterator[str]:
    ends = [match.start() for match in rules.SENTENCE_END.finditer(text)] if mentions else []
    negated_starts = {start for start, _ in negated}
    for index, mention in enumerate(mentions):
        if mention.kind in CONDITIONS:
            is_denied = mention.start in negated_starts or _is_denied(text, mention.start, with_negations=not negated)
            yield (NOT_NEEDED if is_denied else NEEDED) + mention.kind
            continue
        following = bisect_left(ends, mention.end)
        preceding = bisect_left(ends, mention.start)
        begin = ends[preceding - 1] + 1 if preceding else 0
        if following < len(ends) and text[ends[following]] == "?":
            following += 1  # "Ingen erfaring? Det går helt fint."
        end = ends[following] if following < len(ends) else len(text)
        before = text[max(begin, mention.start - _REACH) : mention.start]
        after = text[mention.end : min(end, mention.end + _REACH)]
        verdict = _judge(text, mentions, index, before, after)
        if not verdict or (verdict == NEEDED and ONLY_WAIVED.match(text, mention.start)):
            continue
        kind = mention.kind
        if verdict == NEEDED and kind in PARENTS and _has_alternative(text, mentions, index, after, siblings=True):
            kind = PARENTS[kind]  # "fagbrev eller bachelor": one of the two
        yield verdict + kind


def _judge(text: str, mentions: list[Mention], index: int, before: str, after: str) -> str:
    """`NEEDED`, `NOT_NEEDED`, or "" where the sentence leaves it open. `before`, `after`: the rest of the sentence."""
    name = text[mentions[index].start : mentions[index].end]
    clause_before, clause_after = _cut_before(before), _cut_after(after)
    in_before, in_after = _list_guards(clause_before), _list_guards(clause_after)
    not_needed = "negative" in in_after and rules.NOT_NEEDED_AFTER.search(clause_after)
    needed = "needed" in in_after and rules.NEEDED_AFTER.search(clause_after)
    soft = "soft" in in_after and rules.SOFT.search(clause_after)
    first = min((match.start() for match in (not_needed, needed, soft) if match), default=-1)
    if not_needed and not_needed.start() == first:
        return NOT_NEEDED
    if "negative" in in_before and _is_covered_by_negation(clause_before, name):
        return NEEDED if rules.REFUSED_AFTER.search(clause_after) else NOT_NEEDED
    if soft and soft.start() == first:
        # "Erfaring er en fordel, men ikke et krav."
        return NOT_NEEDED if rules.NOT_NEEDED_NEXT.match(after, soft.end()) else ""
    demanded = (
        max((match.start() for match in rules.DEMAND_BEFORE.finditer(clause_before)), default=-1) if "needed" in in_before else -1
    )
    softened = max((match.start() for match in rules.SOFT.finditer(clause_before)), default=-1) if "soft" in in_before else -1
    if (softened > demanded and not needed) or _has_alternative(text, mentions, index, after):
        return ""
    if needed or demanded >= 0:
        return NEEDED
    near = clause_before[-_NEAR:]
    if rules.OFFER_BEFORE.search(near) or rules.OFFER_AFTER.match(clause_after):
        return ""
    if rules.COMPANY_BEFORE.search(before) and not rules.APPLICANT_BEFORE.search(before):
        return ""  # "Vi har lang erfaring"
    is_stated = STRONG.match(name) or rules.HAVE_BEFORE.search(near) or rules.YEARS_BEFORE.search(near)
    return NEEDED if is_stated else ""


def _list_guards(text: str) -> frozenset[str]:
    return frozenset().union(*map(_find_guards, _WORD.findall(text)))


def _is_covered_by_negation(clause: str, name: str) -> bool:
    """Whether a negation before the name covers it: "ikke krav til", "trenger ingen", "du trenger verken norsk eller"."""
    *_, negation = [None, *rules.NEGATION.finditer(clause)]
    if negation is None or (negation.group() == "no" and not rules.ENGLISH_KIND.search(name)):
        return False  # "no" is "now" in nynorsk
    between = clause[negation.end() :]
    demand = rules.DEMAND_BEFORE.search(between)
    return len(between.split()) <= _FAR and (demand is None or len(between[: demand.start()].split()) <= 2)


def _is_denied(text: str, start: int, with_negations: bool) -> bool:
    """Whether one of the three words before a condition is "fri" ("fri hver helg"), or a negation."""
    before = [word.strip(",.–-") for word in text[max(0, start - 40) : start].split()[-3:]]
    return any(rules.FREE.fullmatch(word) or (with_negations and rules.NEGATION.fullmatch(word)) for word in before)


def _has_alternative(text: str, mentions: list[Mention], index: int, after: str, siblings: bool = False) -> bool:
    """Whether something of another kind would do instead: "fagbrev eller relevant erfaring".

    `siblings`: another kind may belong to the same wider one.
    """
    mention = mentions[index]
    if mention.kind != "experience" and rules.OR_EQUIVALENT.match(after):
        return True
    for first, second in ((index - 1, index), (index, index + 1)):
        if first >= 0 and second < len(mentions) and mentions[second].start - mentions[first].end <= 100:
            kinds = {mentions[each].kind for each in (first, second)}
            families = kinds if siblings else {PARENTS.get(kind, kind) for kind in kinds}
            if len(families) > 1 and rules.OR.match(text[mentions[first].end : mentions[second].start]):
                return True
    return False


def _cut_before(before: str) -> str:
    """The clause before the mention."""
    *_, boundary = [None, *rules.NEW_CLAUSE_OR_ONLY.finditer(before)]
    return before[boundary.end() :] if boundary else before


def _cut_after(after: str) -> str:
    """The clause after the mention."""
    boundary = rules.NEW_CLAUSE.search(after)
    return after[: boundary.start()] if boundary else after


def _remove_contradictions(found: set[str], implied: set[str]) -> set[str]:
    """Removes what an ad both demands and says is not needed; "ingen helg" wins over a mention, a demand over a statement."""
    kept = {*found}
    for word in found:
        kind = word.partition("-")[2]
        if not word.startswith(NOT_NEEDED) or NEEDED + kind not in found:
            continue
        if kind in CONDITIONS:
            kept.discard(NEEDED + kind)
            continue
        kept.discard(word)
        if not any(NEEDED + narrower in found for narrower, wider in PARENTS.items() if wider == kind):
            kept.discard(NEEDED + kind)
    for word in implied:
        beginning, _, kind = word.partition("-")
        opposite = NOT_NEEDED if beginning == "needs" else NEEDED
        if (_TRAINED if word.startswith(TAUGHT) else {opposite + kind}).isdisjoint(found):
            kept.add(word)
    return kept
