"""Suggestions while typing: occupations, employers and places whose names go on as the last words do, each with its count.

The names are those of the classifications that active ads have, of their employers and places, and of the lists of occupations; a
process keeps them for ten minutes. No ad's title is among them. The counts come from the engine, by the very search that choosing
the suggestion leads to.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple

from django.db.models import Count
from django.utils import timezone

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis import synonyms as listed
from jobsearch.search.analysis.folding import compose, normalise_in_place
from jobsearch.search.analysis.lexicon import FILLERS
from jobsearch.search.cache import Recent
from jobsearch.search.facets import FACETS
from jobsearch.search.facets.employer_names import count_active
from jobsearch.search.query import parser
from jobsearch.search.query.normalisation import is_or, tidy, without_small_end
from jobsearch.search.query.personal_data import find_private
from jobsearch.search.search_query import Q_LENGTH, SearchQuery
from jobsearch.search.service import totals
from jobsearch.taxonomy import labels, occupations, places
from jobsearch.vacancies.models import Category, Location, Occupation, Vacancy

Kind = Literal["occupation", "employer", "place"]
MOST = 8
# (shown at first, counted) of each kind; what one kind leaves over goes to the others.
SHARES: dict[Kind, tuple[int, int]] = {"occupation": (4, 6), "place": (2, 4), "employer": (2, 4)}
MOST_COUNTED = sum(counted for _, counted in SHARES.values())
MOST_NAMES = 10_000  # of each kind
LEAST_LETTERS = 2
_LONGEST = 60  # characters of a name; there is no room for longer ones on a phone
_LEAST_MISTYPED = 4
_TAIL = 5  # words in which a name is looked for
_SMALL = frozenset(map(norwegian.fold, FILLERS))
_ENGAGED = {"fast", "vikar", "vikariat", "heltid", "deltid"}  # not what the work is called
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LAST = "\U0010ffff"
_APART = re.compile(r"[\s,.;:/&()–−-]*")
_SYNTAX = re.compile(r'["*|]+|(?<!\S)[-+]+')
_PERSONAL = re.compile(r"@|://|\d[\d ]{4,}")


class Name(NamedTuple):
    """`value`: of the facet `kind`, "" where the name is asked for in words. `weight`: ads that have it, about. `abroad`: words
    of what it is called in the site's other languages."""

    kind: Kind
    label: str
    value: str
    weight: int
    words: tuple[str, ...]
    abroad: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`query` is the search that it leads to, `count` the number of its hits. `kept`: what was typed before and stays.
    `marked`: the label in pieces, each with whether it is what was typed."""

    kind: Kind
    kept: str
    label: str
    query: SearchQuery
    count: int
    marked: tuple[tuple[str, bool], ...]


class Names:
    """Names by the beginnings of their words, without æ, ø and å."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = sorted(names, key=lambda name: (-name.weight, name.label))
        self._own = _Beginnings((word, place) for place, name in enumerate(self._names) for word in name.words)
        self._abroad = _Beginnings((word, place) for place, name in enumerate(self._names) for word in name.abroad)

    def matching(self, typed: Sequence[str], mistyped: bool = False) -> dict[Kind, list[Name]]:
        """Names in which each of the words begins one, the best first. `mistyped`: with one error in a word that begins none."""
        found: set[int] | None = None
        for word in sorted(typed, key=len, reverse=True):
            places = self._beginning(word) or (self._nearly_beginning(word) if mistyped else set())
            found = places if found is None else found & places
            if not found:
                return {}
        whole, first = tuple(typed), _spellings(typed[0])
        ranked: dict[Kind, tuple[list[Name], ...]] = {kind: ([], [], [], []) for kind in SHARES}
        for place in sorted(found or ()):
            name = self._names[place]
            ranked[name.kind][_rank(name, whole, first)].append(name)
        return {kind: list(chain(*ranks))[:MOST_COUNTED] for kind, ranks in ranked.items() if any(ranks)}

    def _beginning(self, word: str) -> set[int]:
        """Places of the names in which the word begins one. A whole word of another language does not go on: other than
        "lege" in "legesekretær", "nurse" is no part of "nursery"."""
        found: set[int] = set()
        for start in _spellings(word):
            whole = self._own.having(start) | self._abroad.having(start)
            found |= self._own.beginning(start) | (whole or self._abroad.beginning(start))
        return found

    def _nearly_beginning(self, word: str) -> set[int]:
        if len(word) < _LEAST_MISTYPED or not word.isalpha():
            return set()
        return set().union(*(self._beginning(other) for other in _one_edit(word)))


class _Beginnings:
    """Words of names in order, to be looked up by how they begin."""

    def __init__(self, entries: Iterable[tuple[str, int]]) -> None:
        ordered = sorted({entry for entry in entries if entry[0] not in _SMALL})
        self._words = [word for word, _ in ordered]
        self._places = [place for _, place in ordered]

    def beginning(self, start: str) -> set[int]:
        return {*self._places[bisect_left(self._words, start) : bisect_left(self._words, start + _LAST)]}

    def having(self, word: str) -> set[int]:
        return {*self._places[bisect_left(self._words, word) : bisect_right(self._words, word)]}


def _rank(name: Name, whole: tuple[str, ...], first: tuple[str, ...]) -> int:
    """What is typed whole; names that begin so, then those of which a later word does; last those that no ad may have."""
    if name.words == whole:
        return 0
    return 3 if not name.weight else 1 if name.words[0].startswith(first) else 2


def suggest(query: SearchQuery, typed: str, now: dt.datetime | None = None) -> list[Suggestion]:
    """At most eight ways to go on from what is typed, under the filters of `query` (whose own words do not count).

    What stands before the last words is kept. A place, an employer or an occupation of the classification replaces what is
    chosen of that filter. Raises EngineDown.
    """
    now = now or timezone.now()
    if len(typed) > Q_LENGTH or find_private(typed):
        return []
    candidates = list(_candidates(query, tidy(typed), now))
    counts = totals([option.query for option in candidates], now)
    found: dict[Kind, list[Suggestion]] = {kind: [] for kind in SHARES}
    for option, count in zip(candidates, counts, strict=True):
        if count:
            found[option.kind].append(
                Suggestion(option.kind, option.kept, option.label, option.query, count, _marked(option.label, option.typed))
            )
    kept = _shared({kind: options for kind, options in found.items() if options}, 0, MOST)
    for options in kept.values():
        options.sort(key=lambda one: -one.count)
    return [one for options in sorted(kept.values(), key=lambda options: -options[0].count) for one in options]


class _Candidate(NamedTuple):
    kind: Kind
    kept: str
    label: str
    query: SearchQuery
    typed: tuple[str, ...]


def _candidates(query: SearchQuery, q: str, now: dt.datetime) -> Iterator[_Candidate]:
    """Names that go on as the last words do; of each kind those that take in the most words."""
    tokens = _last_words(q)
    if not tokens:
        return
    known_names = names(now)
    for mistyped in (False, True):
        found: dict[Kind, list[_Candidate]] = {}
        for start in range(len(tokens)):
            typed = _asked_for([norwegian.word(raw).exact for _, raw in tokens[start:]])
            if not typed:
                continue
            head = without_small_end(q[: tokens[start][0]])
            for kind, matched in known_names.matching(typed, mistyped).items():
                options = [
                    _Candidate(kind, head, _label(name), to, typed) for name in matched if (to := _leads_to(query, head, name))
                ]
                if options:
                    found.setdefault(kind, options)
        if found:
            for options in _shared(found, 1, MOST_COUNTED).values():
                yield from options
            return


def _asked_for(tail: list[str]) -> tuple[str, ...]:
    """The words that a name has to have: small ones between others tell nothing, and none begins the name."""
    if tail[0] in FILLERS and len(tail) > 1:
        return ()
    kept = [word for place, word in enumerate(tail, 1) if word not in FILLERS or place == len(tail)]
    return tuple(map(norwegian.fold, kept)) if max(map(len, kept)) >= LEAST_LETTERS else ()


def _last_words(q: str) -> list[tuple[int, str]]:
    """(place, word) of the words at the end that stand side by side, no phrase, minus or OR between them."""
    run: list[tuple[int, str]] = []
    end = 0
    for at, raw in parser.plain_tokens(q):
        run = [*run, (at, raw)] if run and _APART.fullmatch(q, end, at) else [(at, raw)]
        end = at + len(raw)
    return run[-_TAIL:] if run and _APART.fullmatch(q, end) else []


def _leads_to(query: SearchQuery, head: str, name: Name) -> SearchQuery | None:
    """The search that choosing the name is; None where it cannot be asked for."""
    if is_or(head.rpartition(" ")[2]) and (name.value or len(name.words) > 1):
        return None  # only a word is the other one of two
    q = head if name.value else f"{head} {_asked(name)}".strip()
    if len(q) > Q_LENGTH or find_private(q):
        return None
    return query.replace(q=q, **({name.kind: (name.value,)} if name.value else {}))


def _asked(name: Name) -> str:
    """The name as words of a search: nothing in it is taken for a sign."""
    return " ".join(part for part in _SYNTAX.sub(" ", tidy(name.label)).split() if not is_or(part))


def _label(name: Name) -> str:
    return FACETS[name.kind].label_value(name.value) if name.value else name.label


def _shared(found: dict, column: int, most: int) -> dict:  # type: ignore[type-arg]
    """The first of each kind by its share, then of every kind in turn, `most` altogether."""
    taken = {kind: SHARES[kind][column] for kind in found}
    left = most - sum(min(taken[kind], len(options)) for kind, options in found.items())
    while left > 0 and (more := [kind for kind, options in found.items() if taken[kind] < len(options)]):
        for kind in more[:left]:
            taken[kind] += 1
        left -= len(more[:left])
    return {kind: options[: taken[kind]] for kind, options in found.items()}


def _marked(label: str, typed: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The label in pieces: the beginnings of its words that were typed, and what is between them."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    label = compose(label)
    plain, places = normalise_in_place(label)
    for token in norwegian.located(plain):
        length = max((_length(token.group(), word) for word in typed), default=0)
        if length:
            first, last = token.start(), token.start() + length - 1
            at, until = (places[first], places[last] + 1) if places else (first, last + 1)
            pieces += [(label[end:at], False), (label[at:until], True)]
            end = until
    return tuple(piece for piece in [*pieces, (label[end:], False)] if piece[0])


def _length(raw: str, word: str) -> int:
    """How many letters of a word of the label were typed."""
    starts = _spellings(word)
    if not norwegian.fold(norwegian.word(raw).exact).startswith(starts):
        return 0
    return next((n for n in range(1, len(raw)) if norwegian.fold(norwegian.word(raw[:n]).exact) in starts), len(raw))


def _spellings(word: str) -> tuple[str, ...]:
    """The beginning of a word without æ, ø and å, also from one who types them as "ae" and "oe"."""
    return tuple(dict.fromkeys((word, word.replace("ae", "a").replace("oe", "o"))))


def _one_edit(word: str) -> Iterator[str]:
    """The word with one letter left out, swapped with the next, changed, or put in."""
    for place in range(len(word)):
        before, after = word[:place], word[place + 1 :]
        yield before + after
        if after:
            yield before + after[0] + word[place] + after[1:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + word[place:]


def _read(now: dt.datetime | None) -> Names:
    active = Vacancy.objects.active(now).order_by()
    ids = active.values("pk")

    def counted(rows: Iterable[tuple[str, int]], least: int = 1) -> Iterator[tuple[str, int]]:
        return ((name, ads) for name, ads in rows if ads >= least and 1 < len(name) <= _LONGEST and not _PERSONAL.search(name))

    def of(model: type[Category] | type[Occupation] | type[Location], field: str) -> Iterator[tuple[str, int]]:
        rows = model.objects.filter(vacancy__in=ids).order_by()
        return counted(rows.values_list(field).annotate(ads=Count("vacancy", distinct=True)).iterator())  # type: ignore[attr-defined]

    jobs: list[Name] = []
    for path, ads in _with_parents("occupation", of(Occupation, "path")).items():
        if occupations.is_known(path) and not path.startswith("Uoppgitt"):
            jobs.append(_name("occupation", occupations.get_label(path), ads, path))
    jobs += [_name("occupation", name, ads) for name, ads in of(Category, "name")]
    jobs += [_name("occupation", name, 0) for name in listed.posts()]
    hiring = [_name("employer", name, ads, name) for name, ads in counted(count_active(now).items())]
    towns = [
        _name("place", places.get_label(path), ads, path) for path, ads in _with_parents("place", of(Location, "path")).items()
    ]
    return Names([name for kind in (jobs, hiring, towns) for name in _distinct(kind)])


def _with_parents(facet: str, rows: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for path, ads in rows:
        found[path] += ads
        if above := FACETS[facet].get_parent(path):
            found[above] += ads
    return found


def _name(kind: Kind, label: str, ads: int, value: str = "") -> Name:
    label = " ".join(label.split())
    if kind == "occupation":
        label = label[:1].upper() + label[1:]
    abroad = _words(" ".join(labels.list_translations(label))) if value and kind != "employer" else ()
    return Name(kind, label, value, ads, _words(label), abroad)


def _words(label: str) -> tuple[str, ...]:
    return tuple(norwegian.fold(word.exact) for word in norwegian.words(label) if word.exact != norwegian.BREAK)


def _distinct(found: list[Name]) -> list[Name]:
    """One of those that are called the same but for inflection, "søkes" or the kind of company: a value of the classification
    before words, then the shortest, then what most ads have. Of a county and its municipality of the same name the county."""
    best: dict[tuple[str, ...], Name] = {}
    for name in sorted(found, key=_preference):
        if name.words:
            same = _sameness(name)
            other = best.setdefault(same, name)
            if other.weight < name.weight:
                best[same] = other._replace(weight=name.weight)
    return sorted(best.values(), key=lambda name: -name.weight)[:MOST_NAMES]


def _preference(name: Name) -> tuple[bool, int, int, int]:
    if name.kind == "occupation":
        return not name.value, len(name.words), -name.weight, 0
    return False, 0, -name.weight, len(name.value)


def _sameness(name: Name) -> tuple[str, ...]:
    if name.kind == "employer":
        return (norwegian.bare_name(name.words),)
    if name.kind == "place":
        return name.words
    stems = (word.stem for word in norwegian.words(name.label) if word.exact not in FILLERS | _ENGAGED)
    return tuple(stems) or name.words


names: Recent[Names] = Recent(_read)
"""Those of the record as it was at most ten minutes ago."""
