"""Negation detection in running text: finds the words that an ad states it does not offer or require.

"Det er ikke fast hjemmekontor" is no ad with "hjemmekontor". The scope rules follow the idea of NegEx (Chapman et al. 2001): a
negation covers the next few words of its clause, and the subject before "er ikke mulig". The names and values of the lists
are part of the index fingerprint.
"""

from __future__ import annotations

import re
from itertools import islice

from . import norwegian
from .pieces import TwoPartExpression, WordExpression

_SCOPE = 5
"""Words after a negation that it covers: "ikke lagt opp til fast hjemmekontor"."""
_BACK = 4
"""Words of the subject before a negation that it covers: "fast hjemmekontor er dessverre ikke mulig"."""
_CLAUSE_LENGTH = 160  # characters of a clause that are examined on each side of a negation
_MOST = 200  # negations of a text that are examined, at most

_NEGATION_WORD = re.compile(
    r"(?<!\w)(?:ikke|ikkje|ingen|inga|intet|uten|utan|verken|hverken|aldri|not|no|without|never)(?!\w)", re.IGNORECASE
)
_NEGATION = WordExpression(_NEGATION_WORD)
_NEEDED = re.compile(r"[^.,;:!?()\n•–]{1,60}?\b(?:required|needed|necessary)\b", re.IGNORECASE)
# "Hjemmekontor: nei", "Turnus – ikke aktuelt"
_NO = (
    r"[:–-]\s?(?:nei|no|ikke|ikkje|ingen|inga|none|not)"
    r"(?=\s?(?:$|[.,;!\n)]|aktuelt|mulig|mogleg|nødvendig|naudsynt|påkrevd|påkravd|tilgjengelig|possible|required|available))"
)
_NO_ALONE = re.compile(_NO, re.IGNORECASE)
_NAME_AND_NO = re.compile(rf"(?<![^\W\d_])([^\W\d_]++)\s?{_NO}", re.IGNORECASE)
_ANSWERED_NO = TwoPartExpression(_NAME_AND_NO, _NO_ALONE)
_CLAUSE_END = re.compile(r"[.,;:!?()\n•–]")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# These words end the scope: a new statement begins.
_BREAKS = _words(
    "men but som der hvis dersom viss når fordi at så mens selv utover annet enn du vi jeg eg dere dykk de you we they me i if "
    "because which who while than except the"
)
_VERBS = _words("har må kan skal er bør vil have must can are will")
# Idioms that negate nothing: "ikke bare", "ikke nøl med", "ingen dager er like", "har ikke noe imot".
_IDIOMS = _words(
    "bare kun berre minst nøl nøle vent vente only just hesitate nødvendigvis glem gløym tvil problem sak dager dag dagar redd "
    "imot mot fremmed framand afraid mind begrenset avgrensa limited alene åleine"
)
# Conditions negate nothing: "Har du ikke fagbrev, kan du …", "Hvis du ikke har erfaring".
_CONDITIONS = _words("hvis dersom om viss har er if kan unless selv")
# Verbs and adverbs between the subject and the negation.
_SUBJECT_VERBS = _words(
    "er blir tilbys kreves krevst krevjast inngår gis praktiseres is are vil kan will be dessverre diverre heller"
)
# First words after a negation that make it cover the subject before it: "X er ikke mulig".
_DENIED = _words(
    "mulig mogeleg mogleg aktuelt aktuell tilgjengelig tilgjengeleg nødvendig naudsynt påkrevd påkravd krav required possible "
    "available needed offered necessary requirement"
)
_ARTICLES = _words("et eit en ein noe noko a an")
# What the next clause calls welcome though it is not required: "… er ikke et krav, men en fordel".
_WELCOME = _words("fordel føremon ønskelig ønskjeleg pluss plus advantage bonus ønske")


def is_english(text: str) -> bool:
    """Whether a running text has English sentences."""
    return " the " in text


def find_negated(text: str, english: bool | None = None) -> list[tuple[int, int]]:
    """(start, end) of each negated word of a composed running text, in order. `english`: of the whole, for a part of a text."""
    # "no" is "now" in nynorsk, but "no experience required" is English in any text.
    english = is_english(text) if english is None else english
    spans: dict[tuple[int, int], None] = {}
    for match in islice(_NEGATION.finditer(text), _MOST):
        if english or match.group().lower() != "no" or _NEEDED.match(text, match.end()):
            spans |= dict.fromkeys(_find_scope(text, match.start(), match.end(), english))
    spans |= dict.fromkeys(match.span(1) for match in islice(_ANSWERED_NO.finditer(text), _MOST))
    return sorted(spans)


def _find_scope(text: str, start: int, end: int, is_english: bool) -> list[tuple[int, int]]:
    """The spans of the words that the negation at `start` to `end` covers."""
    clause_end = _CLAUSE_END.search(text, end, end + _CLAUSE_LENGTH)
    spans_after = _find_spans(text, end, clause_end.start() if clause_end else min(len(text), end + _CLAUSE_LENGTH))
    spans_before = _find_spans(text, _find_clause_start(text, start), start)
    words_before = [text[slice(*span)].lower() for span in spans_before]
    words_after = [text[slice(*span)].lower() for span in spans_after]
    is_condition = len(words_before) > 1 and words_before[0] in _CONDITIONS
    if is_condition or not _IDIOMS.isdisjoint(words_after[: _SCOPE + 1]):
        return []
    if clause_end and _is_welcome(text, clause_end.end()):
        return []
    scope: list[tuple[int, int]] = []
    for index, word in enumerate(words_after[:_SCOPE]):
        following = words_after[index + 1 : index + 2]
        if index == 0 and word == "i" and not is_english:
            continue  # "inngår ikke i turnus"; further on it introduces a place, or is English "I"
        if word in _BREAKS or (word in {"og", "and"} and following and following[0] in _BREAKS | _VERBS):
            break
        scope.append(spans_after[index])
    if scope:
        first = next((word for word in words_after if word not in _ARTICLES), "")
        covers_subject = first in _DENIED
    else:
        covers_subject = not words_after
    if covers_subject:
        scope += _find_subject(spans_before, words_before)
    return scope


def _find_subject(spans: list[tuple[int, int]], words: list[str]) -> list[tuple[int, int]]:
    """The spans of the words before "er dessverre ikke" that the negation covers."""
    end = len(words)
    while end and words[end - 1] in _SUBJECT_VERBS:
        end -= 1
    return spans[max(0, end - _BACK) : end] if end < len(words) else []


def _is_welcome(text: str, start: int) -> bool:
    """Whether the clause at `start` calls the thing welcome after all: "… er ikke et krav, men en fordel"."""
    clause_end = _CLAUSE_END.search(text, start, start + _CLAUSE_LENGTH)
    words = text[start : clause_end.start() if clause_end else start + _CLAUSE_LENGTH].lower().split()
    return words[:1] in (["men"], ["but"]) and not _WELCOME.isdisjoint(words)


def _find_clause_start(text: str, position: int) -> int:
    earliest = max(0, position - _CLAUSE_LENGTH)
    ends = [match.end() for match in _CLAUSE_END.finditer(text, earliest, position)]
    return ends[-1] if ends else earliest


def _find_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + token.start(), start + token.end()) for token in norwegian.find_tokens(text[start:end], running=True)]
