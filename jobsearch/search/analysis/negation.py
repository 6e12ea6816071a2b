"""Negation detection in running text: which words an ad says that it does not offer or ask for.

"Det er ikke fast hjemmekontor" is no ad with "hjemmekontor". Rules of scope, after the idea of NegEx (Chapman et al. 2001): a
negation reaches a few words onwards within its clause, and back to the subject of "X er ikke mulig".
"""

from __future__ import annotations

import re
from itertools import islice

from . import norwegian

_SCOPE = 5
"""Words onwards that a negation reaches: "ikke lagt opp til fast hjemmekontor"."""
_BACK = 4
"""Words back: "fast hjemmekontor er dessverre ikke mulig"."""
_CLAUSE_LENGTH = 160  # characters of a clause that are looked at on each side of a negation
_MOST = 200  # negations of a text that are looked at

_NEGATION = re.compile(
    r"(?<!\w)(?:ikke|ikkje|ingen|inga|intet|uten|utan|verken|hverken|aldri|not|no|without|never)(?!\w)", re.IGNORECASE
)
_NEEDED = re.compile(r"[^.,;:!?()\n•–]{1,60}?\b(?:required|needed|necessary)\b", re.IGNORECASE)
# "Hjemmekontor: nei", "Turnus – ikke aktuelt"
_ANSWERED_NO = re.compile(
    r"(?<![^\W\d_])([^\W\d_]++)\s?[:–-]\s?(?:nei|no|ikke|ikkje|ingen|inga|none|not)"
    r"(?=\s?(?:$|[.,;!\n)]|aktuelt|mulig|mogleg|nødvendig|naudsynt|påkrevd|påkravd|tilgjengelig|possible|required|available))",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.,;:!?()\n•–]")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# A new statement begins.
_BREAKS = _words(
    "men but som der hvis dersom viss når fordi at så mens selv utover annet enn du vi jeg eg dere dykk de you we they me i if "
    "because which who while than except the"
)
_VERBS = _words("har må kan skal er bør vil have must can are will")
# "ikke bare", "ikke nøl med", "ingen dager er like", "har ikke noe imot": nothing is denied of what follows.
_IDIOMS = _words(
    "bare kun berre minst nøl nøle vent vente only just hesitate nødvendigvis glem gløym tvil problem sak dager dag dagar redd "
    "imot mot fremmed framand afraid mind begrenset avgrensa limited alene åleine"
)
# "Har du ikke fagbrev, kan du …" and "Hvis du ikke har erfaring": a condition.
_CONDITIONS = _words("hvis dersom om viss har er if kan unless selv")
_SUBJECT_VERBS = _words(
    "er blir tilbys kreves krevst krevjast inngår gis praktiseres is are vil kan will be dessverre diverre heller"
)
_DENIED = _words(
    "mulig mogeleg mogleg aktuelt aktuell tilgjengelig tilgjengeleg nødvendig naudsynt påkrevd påkravd krav required possible "
    "available needed offered necessary requirement"
)
_ARTICLES = _words("et eit en ein noe noko a an")
_WELCOME = _words("fordel føremon ønskelig ønskjeleg pluss plus advantage bonus ønske")


def find_negated(value: str) -> list[tuple[int, int]]:
    """(start, end) of each word of a composed running text that stands in the scope of a negation, in order."""
    english = " the " in value  # "no" is "now" in nynorsk, but "no experience required" is English in any text
    found: dict[tuple[int, int], None] = {}
    for match in islice(_NEGATION.finditer(value), _MOST):
        if english or match.group().lower() != "no" or _NEEDED.match(value, match.end()):
            found |= dict.fromkeys(_find_scope(value, match.start(), match.end(), english))
    found |= dict.fromkeys(match.span(1) for match in islice(_ANSWERED_NO.finditer(value), _MOST))
    return sorted(found)


def _find_scope(value: str, start: int, end: int, english: bool) -> list[tuple[int, int]]:
    ends = _CLAUSE_END.search(value, end, end + _CLAUSE_LENGTH)
    after = _located(value, end, ends.start() if ends else min(len(value), end + _CLAUSE_LENGTH))
    before = _located(value, _find_clause_start(value, start), start)
    heads = [value[slice(*span)].lower() for span in before]
    tails = [value[slice(*span)].lower() for span in after]
    if (heads and heads[0] in _CONDITIONS and len(heads) > 1) or not _IDIOMS.isdisjoint(tails[: _SCOPE + 1]):
        return []
    if ends and _is_welcome(value, ends.end()):
        return []
    scope: list[tuple[int, int]] = []
    for place, word in enumerate(tails[:_SCOPE]):
        follows = tails[place + 1 : place + 2]
        if place == 0 and word == "i" and not english:
            continue  # "inngår ikke i turnus"; further on it is where, or English "I"
        if word in _BREAKS or (word in {"og", "and"} and follows and follows[0] in _BREAKS | _VERBS):
            break
        scope.append(after[place])
    if scope:
        head = next((word for word in tails if word not in _ARTICLES), "")
        denied = head in _DENIED
    else:
        denied = not tails
    if denied:
        scope += _find_subject(before, heads)
    return scope


def _find_subject(before: list[tuple[int, int]], heads: list[str]) -> list[tuple[int, int]]:
    """The words before "er dessverre ikke" that the negation is about."""
    end = len(heads)
    while end and heads[end - 1] in _SUBJECT_VERBS:
        end -= 1
    return before[max(0, end - _BACK) : end] if end < len(heads) else []


def _is_welcome(value: str, at: int) -> bool:
    """Whether the next clause wants it all the same: "… er ikke et krav, men en fordel"."""
    ends = _CLAUSE_END.search(value, at, at + _CLAUSE_LENGTH)
    words = value[at : ends.start() if ends else at + _CLAUSE_LENGTH].lower().split()
    return words[:1] in (["men"], ["but"]) and not _WELCOME.isdisjoint(words)


def _find_clause_start(value: str, at: int) -> int:
    least = max(0, at - _CLAUSE_LENGTH)
    ends = [match.end() for match in _CLAUSE_END.finditer(value, least, at)]
    return ends[-1] if ends else least


def _located(value: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(start + token.start(), start + token.end()) for token in norwegian.located(value[start:end], running=True)]
