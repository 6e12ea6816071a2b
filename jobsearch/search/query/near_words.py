"""Distance in words: "nær Bergen", "i nærheten av Voss", "within 10 km of Oslo", "Bergen og omegn".

Finds where a query may say so, by its grammar alone. `words_to_filters` looks up the place, and makes the words a filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.folding import normalise_spelling
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, PLACES

from .entities import find_entity
from .exclusion_words import CONJUNCTIONS, split_phrases
from .normalisation import is_or_operator, normalise_query
from .parser import find_plain_words

MAX_PLACE_WORDS = 4
"""Words of a place, as in "5600 Kvam i Hardanger"."""


BEFORE = split_phrases(
    """
    nær, nære, nærme, nær ved, nærmest, i nærheten av, i nærheten til, nærheten av, i nærleiken av, nærleiken av,
    i nærheden af, nærheden af, i närheten av, nära, tæt på,
    rundt, omkring, i området, i og rundt, i og omkring, i og nær, i eller nær, i området rundt, i området omkring, området rundt,
    i distriktet rundt, i regionen rundt, i traktene rundt,
    ikke langt fra, ikke langt unna, ikke så langt fra, ikkje langt frå, ikkje langt unna, ikkje så langt frå, kort vei fra,
    kort vei til, kort veg frå, kort veg til, kort avstand til, kort avstand fra, kort avstand frå, i pendleravstand fra,
    i pendleravstand til, pendleravstand fra, pendleravstand til, i pendlaravstand til, i pendlaravstand frå,
    near, near to, nearby, close to, close by, around, in and around, in or around, in or near, in and near,
    in the vicinity of, vicinity of, in the area of, in the area around, in the area near, not far from, not too far from,
    within commuting distance of, commuting distance from, commutable from
    """
)
"""Words before a place that mean its surroundings too."""
AFTER = split_phrases(
    """
    området, og omegn, m omegn, med omegn, omegn, og omland, med omland, og nærområde, og nærområdet, og områdene rundt,
    og området rundt,
    and surroundings, and surrounding area, and surrounding areas, and the surrounding area
    """
)
"""Words after a place that mean its surroundings too."""
AT_THE_END = split_phrases("area")
"""The same, as the last words of a query only: an "Oslo area manager" is a manager."""
_LEADS = frozenset("helst gjerne primært preferably ideally located situated somewhere".split())
"""Words before those that belong to them: "kokk, helst nær Voss"."""

_LIMITS = split_phrases(
    """
    rundt, omtrent, cirka, about, around, approximately,
    innen, innenfor, innan, innanfor, inntil, opptil, opp til, opptil ca, maks, maksimalt, maksimum, max, maximum, under, ca,
    mindre enn, mindre enn ca, mindre enn omtrent, ikke mer enn, ikkje meir enn, mindre enn, i en radius på, i en radius av,
    radius på, within, within a radius of, up to, less than, no more than, not more than
    """
)
_UNITS = {"km": 1.0, "kilometer": 1.0, "kilometre": 1.0, "kilometers": 1.0, "kilometres": 1.0, "kilometerne": 1.0}
_UNITS |= {"mil": 10.0, "mile": 1.609344, "miles": 1.609344}
_FROM = split_phrases("fra, frå, av, of, from, rundt, around, unna, til, to, away from, radius rundt, radius of")
_NUMBER = re.compile(r"([0-9]{1,3})([a-z]*)")
_BETWEEN_WORDS = re.compile(r"[ -]+")
_BETWEEN_PLACE_WORDS = re.compile(r"[ (-]+")
_LISTED = re.compile(r" *[,;/|&+] *")
_LONGEST = max(map(len, BEFORE | AFTER | _LIMITS | _FROM))


class NearWords(NamedTuple):
    """Words of a query that may mean a distance. `words`: as they were typed. `km`: None where they state none.

    `place`: what may be the name of a place, to be looked up.
    """

    words: str
    place: str
    km: float | None


class _Word(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower()


def list_near_words(q: str) -> Iterator[NearWords]:
    """The parts of a query that may mean a distance, those with the longest name of a place first.

    Without those that name one place of a list: "nær Bergen eller Oslo" is no single distance.
    """
    q = normalise_query(q)
    words = [_Word(text, position, position + len(text)) for position, text in find_plain_words(q)]
    for number in range(len(words)):
        if length := _match(words, number, BEFORE, q):
            yield from _list_places_after(q, words, number, number + length, None)
        if found := _match_distance(words, number, q):
            yield from _list_places_after(q, words, number, *found)
        if end := _find_end_of_surroundings(words, number, q):
            yield from _list_places_before(q, words, number, end)


def _match(words: Sequence[_Word], start: int, phrases: frozenset[tuple[str, ...]], q: str) -> int:
    """Words of the longest of these phrases that begins at `start`; 0 for none."""
    for length in range(min(_LONGEST, len(words) - start), 0, -1):
        run = words[start : start + length]
        if tuple(word.lower for word in run) in phrases and _stand_together(run, q):
            return length
    return 0


def _find_end_of_surroundings(words: Sequence[_Word], start: int, q: str) -> int:
    """Index after the words at `start` that follow a place and mean its surroundings; 0 for none."""
    if length := _match(words, start, AFTER, q):
        return start + length
    return len(words) if start == len(words) - 1 and _match(words, start, AT_THE_END, q) else 0


def _stand_together(run: Sequence[_Word], q: str, between: re.Pattern[str] = _BETWEEN_WORDS) -> bool:
    return all(between.fullmatch(q, one.end, other.start) for one, other in pairwise(run))


def _match_distance(words: Sequence[_Word], start: int, q: str) -> tuple[int, float] | None:
    """(index after it, kilometres) of a distance that begins at `start`: "innen 10 km fra", "2 mil unna"."""
    at = start + _match(words, start, _LIMITS, q)
    number = _NUMBER.fullmatch(words[at].lower) if at < len(words) else None
    if not number:
        return None
    unit = number[2]
    if not unit:
        at += 1
        unit = words[at].lower if at < len(words) else ""
    at += 1
    length = _match(words, at, _FROM, q)
    if unit not in _UNITS or not length or not _stand_together(words[start : at + length], q):
        return None
    return at + length, int(number[1]) * _UNITS[unit]


def _list_places_after(q: str, words: Sequence[_Word], first: int, start: int, km: float | None) -> Iterator[NearWords]:
    while first and words[first - 1].lower in _LEADS:
        first -= 1
    for end in range(min(len(words), start + MAX_PLACE_WORDS), start, -1):
        run = words[start:end]
        if _stand_together(words[start - 1 : start + 1], q) and _stand_together(run, q, _BETWEEN_PLACE_WORDS):
            last = _find_end_of_surroundings(words, end, q) if end < len(words) else 0
            yield from _make(q, words, first, start, end, last or end, km)


def _list_places_before(q: str, words: Sequence[_Word], start: int, end: int) -> Iterator[NearWords]:
    for first in range(max(0, start - MAX_PLACE_WORDS), start):
        if _stand_together(words[first:end], q):
            yield from _make(q, words, first, first, start, end, None)


def _make(q: str, words: Sequence[_Word], first: int, start: int, end: int, last: int, km: float | None) -> Iterator[NearWords]:
    """The words from `first` to `last`, of which those from `start` to `end` are the place, unless that is one of a list."""
    place = words[start:end]
    if place[0].text.isdigit() and len(place[0].text) == 4 and len(place) > 1 and not place[1].text[:1].isupper():
        return  # "nær 5003 sykepleier"
    if not _can_only_be_place(place, words) or _is_listed(q, words, first, last) or _is_part_of_name(words, start, end):
        return
    stop = words[last - 1].end
    if q[stop : stop + 1] == ")" and "(" in q[place[0].start : stop]:
        stop += 1
    typed = q[place[0].start : place[-1].end]
    yield NearWords(q[words[first].start : stop], typed, km)


def _is_listed(q: str, words: Sequence[_Word], first: int, last: int) -> bool:
    """Whether another place follows, or comes before, in a list, or any other alternative: "near Bergen or part time"."""
    return _continues(q, words[last - 1 :]) or _continues(q, words[: first + 1][::-1])


def _continues(q: str, words: Sequence[_Word]) -> bool:
    """Whether a list continues from the first of these words, which are in the order of the text or in reverse."""
    here, *others = words
    if not others:
        return False
    between = q[min(here.end, others[0].end) : max(here.start, others[0].start)]
    if any(map(is_or_operator, between.split())):
        return True
    if others[0].lower in {"eller", "or"}:
        return True
    if others[0].lower in CONJUNCTIONS:
        others = others[1:]
    elif not _LISTED.fullmatch(between):
        return False
    return bool(others) and normalise_spelling(others[0].lower) in PLACES


def _is_part_of_name(words: Sequence[_Word], start: int, end: int) -> bool:
    """Whether the place is the beginning of another name: "nær Oslo universitetssykehus", the region "Oslo og omegn"."""
    length, entity = find_entity([norwegian.analyse_word(word.text) for word in words], start, True)
    return length > end - start or (entity is None and length == end - start)


def _can_only_be_place(place: Sequence[_Word], words: Sequence[_Word]) -> bool:
    """Whether the words can hardly mean anything else: several of them, a number, a capital, or a name that is no other word.

    Otherwise "nær heim" would become a filter because of a village. Beside an occupation an everyday word is meant as the
    place: "butikkmedarbeider nær ski".
    """
    (first, *rest) = place
    if rest or first.text[:1].isupper() or first.text.isdigit():
        return True
    name = normalise_spelling(first.lower)
    is_everyday = name in EVERYDAY_PLACES and not any(synonyms.is_occupation(norwegian.analyse_word(word.text)) for word in words)
    return name in PLACES and not is_everyday
