"""Search suggestions (autocomplete): occupations, employers and places that complete the last typed words, with their hits.

The names are those of the classifications that active ads have, of their employers and places, and of the lists of
occupations; a process caches them for ten minutes. No titles of ads are among them. The engine counts the hits of exactly the
search that choosing the suggestion leads to.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, NamedTuple, TypeVar

from django.db.models import Count
from django.utils import timezone

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.folding import compose, fold, normalise_with_offsets
from jobsearch.search.analysis.lexicon import FILLERS
from jobsearch.search.cache import StaleWhileRevalidateCache
from jobsearch.search.facets import FACETS
from jobsearch.search.facets.employer_names import count_active
from jobsearch.search.query import parser
from jobsearch.search.query.normalisation import is_or_operator, normalise_query, strip_trailing_fillers
from jobsearch.search.query.personal_data import find_personal_data
from jobsearch.search.search_query import Q_LENGTH, SearchQuery
from jobsearch.search.service import totals
from jobsearch.taxonomy import labels, occupations, places
from jobsearch.vacancies.models import Category, Location, Occupation, Vacancy

Kind = Literal["occupation", "employer", "place"]
T = TypeVar("T")
MAX_SUGGESTIONS = 8
# (shown, counted) of each kind at first; what one kind leaves unused goes to the others.
SHARES: dict[Kind, tuple[int, int]] = {"occupation": (4, 6), "place": (2, 4), "employer": (2, 4)}
MAX_COUNTED = sum(counted for _, counted in SHARES.values())
MAX_NAMES = 10_000  # of each kind
MIN_LETTERS = 2
_MAX_NAME_LENGTH = 60  # characters; a longer name does not fit on a phone
_MIN_LETTERS_CORRECTED = 4
_MAX_WORDS = 5  # last words of the query in which a name is searched for
_FOLDED_FILLERS = frozenset(map(fold, FILLERS))
_NOT_IN_OCCUPATION = {"fast", "vikar", "vikariat", "heltid", "deltid"}  # conditions of employment, not part of the name
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LAST_CHARACTER = "\U0010ffff"
_BETWEEN_WORDS = re.compile(r"[\s,.;:/&()–−-]*")
_SYNTAX = re.compile(r'["*|]+|(?<!\S)[-+]+')
_PERSONAL = re.compile(r"@|://|\d[\d ]{4,}")


class SuggestedName(NamedTuple):
    """A name that can be suggested. `value`: of the facet `kind`, "" where choosing it adds words to the query.

    `weight`: the approximate number of ads. `words`: folded. `translated_words`: those of its labels in the site's other
    languages.
    """

    kind: Kind
    label: str
    value: str
    weight: int
    words: tuple[str, ...]
    translated_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion. `query` is the search that it leads to, `count` the number of its hits.

    `kept_text`: the typed words before the completed ones. `segments`: the label in parts, each with whether it was typed.
    """

    kind: Kind
    kept_text: str
    label: str
    query: SearchQuery
    count: int
    segments: tuple[tuple[str, bool], ...]


class NameIndex:
    """Names that can be suggested, found by the folded beginnings of their words."""

    def __init__(self, names: Iterable[SuggestedName]) -> None:
        self._names = sorted(names, key=lambda name: (-name.weight, name.label))
        self._words = _PrefixIndex((word, number) for number, name in enumerate(self._names) for word in name.words)
        self._translated_words = _PrefixIndex(
            (word, number) for number, name in enumerate(self._names) for word in name.translated_words
        )

    def find(self, typed: Sequence[str], correct: bool = False) -> dict[Kind, list[SuggestedName]]:
        """Names of which each typed word begins a word, the best first. `correct`: allows one error in an unknown beginning."""
        numbers: set[int] | None = None
        for word in sorted(typed, key=len, reverse=True):
            matching = self._find_by_prefix(word) or (self._find_by_similar_prefix(word) if correct else set())
            numbers = matching if numbers is None else numbers & matching
            if not numbers:
                return {}
        first_spellings = _list_spellings(typed[0])
        ranked: dict[Kind, tuple[list[SuggestedName], ...]] = {kind: ([], [], [], []) for kind in SHARES}
        for number in sorted(numbers or ()):
            name = self._names[number]
            ranked[name.kind][_rank_name(name, tuple(typed), first_spellings)].append(name)
        return {kind: list(chain(*ranks))[:MAX_COUNTED] for kind, ranks in ranked.items() if any(ranks)}

    def _find_by_prefix(self, word: str) -> set[int]:
        """Numbers of the names with a word that begins so.

        A whole word of another language is not completed: "lege" begins "legesekretær", but "nurse" is not meant as the
        beginning of "nursery".
        """
        numbers: set[int] = set()
        for spelling in _list_spellings(word):
            whole_word = self._words.find_word(spelling) | self._translated_words.find_word(spelling)
            numbers |= self._words.find_prefix(spelling) | (whole_word or self._translated_words.find_prefix(spelling))
        return numbers

    def _find_by_similar_prefix(self, word: str) -> set[int]:
        if len(word) < _MIN_LETTERS_CORRECTED or not word.isalpha():
            return set()
        return set().union(*(self._find_by_prefix(edited) for edited in _list_single_edits(word)))


class _PrefixIndex:
    """Sorted words with the numbers of their names, for binary search by prefix."""

    def __init__(self, entries: Iterable[tuple[str, int]]) -> None:
        ordered = sorted({entry for entry in entries if entry[0] not in _FOLDED_FILLERS})
        self._words = [word for word, _ in ordered]
        self._numbers = [number for _, number in ordered]

    def find_prefix(self, prefix: str) -> set[int]:
        start, end = bisect_left(self._words, prefix), bisect_left(self._words, prefix + _LAST_CHARACTER)
        return {*self._numbers[start:end]}

    def find_word(self, word: str) -> set[int]:
        return {*self._numbers[bisect_left(self._words, word) : bisect_right(self._words, word)]}


def _rank_name(name: SuggestedName, typed: tuple[str, ...], first_spellings: tuple[str, ...]) -> int:
    """Rank of a completion. 0: typed in full; 1: its first word begins so; 2: a later word does; 3: it may have no ads."""
    if name.words == typed:
        return 0
    return 3 if not name.weight else 1 if name.words[0].startswith(first_spellings) else 2


def suggest(query: SearchQuery, typed: str, now: dt.datetime | None = None) -> list[Suggestion]:
    """At most eight completions of the typed text, under the filters of `query` (its own words are ignored).

    The text before the last words is kept. A place, an employer or an occupation of the classification replaces what is
    chosen in that facet. Raises EngineDown.
    """
    now = now or timezone.now()
    if len(typed) > Q_LENGTH or find_personal_data(typed):
        return []
    candidates = list(_find_candidates(query, normalise_query(typed), now))
    counts = totals([candidate.query for candidate in candidates], now)
    by_kind: dict[Kind, list[Suggestion]] = {kind: [] for kind in SHARES}
    for candidate, count in zip(candidates, counts, strict=True):
        if count:
            segments = _split_label(candidate.label, candidate.typed)
            by_kind[candidate.kind].append(
                Suggestion(candidate.kind, candidate.kept_text, candidate.label, candidate.query, count, segments)
            )
    kept = _take_shares({kind: suggestions for kind, suggestions in by_kind.items() if suggestions}, 0, MAX_SUGGESTIONS)
    for suggestions in kept.values():
        suggestions.sort(key=lambda suggestion: -suggestion.count)
    ordered_kinds = sorted(kept.values(), key=lambda suggestions: -suggestions[0].count)
    return [suggestion for suggestions in ordered_kinds for suggestion in suggestions]


class _Candidate(NamedTuple):
    kind: Kind
    kept_text: str
    label: str
    query: SearchQuery
    typed: tuple[str, ...]


def _find_candidates(query: SearchQuery, q: str, now: dt.datetime) -> Iterator[_Candidate]:
    """Names that complete the last words; of each kind those that match the most words."""
    tokens = _find_last_words(q)
    if not tokens:
        return
    index = name_index(now)
    for correct in (False, True):
        by_kind: dict[Kind, list[_Candidate]] = {}
        for start in range(len(tokens)):
            typed = _select_typed_words([norwegian.analyse_word(token).exact for _, token in tokens[start:]])
            if not typed:
                continue
            kept_text = strip_trailing_fillers(q[: tokens[start][0]])
            for kind, names in index.find(typed, correct).items():
                candidates = [
                    _Candidate(kind, kept_text, _label_name(name), target, typed)
                    for name in names
                    if (target := _build_target_query(query, kept_text, name))
                ]
                if candidates:
                    by_kind.setdefault(kind, candidates)
        if by_kind:
            for candidates in _take_shares(by_kind, 1, MAX_COUNTED).values():
                yield from candidates
            return


def _select_typed_words(words: list[str]) -> tuple[str, ...]:
    """The folded words that a name has to contain: without fillers between them; () where a filler begins the name."""
    if words[0] in FILLERS and len(words) > 1:
        return ()
    kept = [word for number, word in enumerate(words, 1) if word not in FILLERS or number == len(words)]
    return tuple(map(fold, kept)) if max(map(len, kept)) >= MIN_LETTERS else ()


def _find_last_words(q: str) -> list[tuple[int, str]]:
    """(position, word) of the words at the end that are side by side, without a phrase, minus or OR between them."""
    run: list[tuple[int, str]] = []
    end = 0
    for position, token in parser.find_plain_words(q):
        continues = run and _BETWEEN_WORDS.fullmatch(q, end, position)
        run = [*run, (position, token)] if continues else [(position, token)]
        end = position + len(token)
    return run[-_MAX_WORDS:] if run and _BETWEEN_WORDS.fullmatch(q, end) else []


def _build_target_query(query: SearchQuery, kept_text: str, name: SuggestedName) -> SearchQuery | None:
    """The search that choosing the name leads to; None where it is not possible."""
    if is_or_operator(kept_text.rpartition(" ")[2]) and (name.value or len(name.words) > 1):
        return None  # after an OR only one word can be added
    q = kept_text if name.value else f"{kept_text} {_format_as_words(name)}".strip()
    if len(q) > Q_LENGTH or find_personal_data(q):
        return None
    return query.replace(q=q, **({name.kind: (name.value,)} if name.value else {}))


def _format_as_words(name: SuggestedName) -> str:
    """The label as words of a query, without characters that have a meaning in queries."""
    parts = _SYNTAX.sub(" ", normalise_query(name.label)).split()
    return " ".join(part for part in parts if not is_or_operator(part))


def _label_name(name: SuggestedName) -> str:
    return FACETS[name.kind].label_value(name.value) if name.value else name.label


def _take_shares(by_kind: Mapping[Kind, list[T]], column: int, most: int) -> dict[Kind, list[T]]:
    """The first of each kind by its share in `SHARES`, then one more of each kind in turn, `most` altogether."""
    taken = {kind: SHARES[kind][column] for kind in by_kind}
    left = most - sum(min(taken[kind], len(options)) for kind, options in by_kind.items())
    while left > 0 and (kinds_with_more := [kind for kind, options in by_kind.items() if taken[kind] < len(options)]):
        for kind in kinds_with_more[:left]:
            taken[kind] += 1
        left -= len(kinds_with_more[:left])
    return {kind: options[: taken[kind]] for kind, options in by_kind.items()}


def _split_label(label: str, typed: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The label in segments: the typed beginnings of its words, and the text between them."""
    segments: list[tuple[str, bool]] = []
    end = 0
    label = compose(label)
    normalised, offsets = normalise_with_offsets(label)
    for token in norwegian.find_tokens(normalised):
        length = max((_count_typed_letters(token.group(), word) for word in typed), default=0)
        if length:
            first, last = token.start(), token.start() + length - 1
            typed_start, typed_end = (offsets[first], offsets[last] + 1) if offsets else (first, last + 1)
            segments += [(label[end:typed_start], False), (label[typed_start:typed_end], True)]
            end = typed_end
    return tuple(segment for segment in [*segments, (label[end:], False)] if segment[0])


def _count_typed_letters(token: str, typed: str) -> int:
    """How many letters of a word of the label were typed."""
    spellings = _list_spellings(typed)

    def fold_token(part: str) -> str:
        return fold(norwegian.analyse_word(part).exact)

    if not fold_token(token).startswith(spellings):
        return 0
    return next((length for length in range(1, len(token)) if fold_token(token[:length]) in spellings), len(token))


def _list_spellings(word: str) -> tuple[str, ...]:
    """The folded word as typed, and with "ae" and "oe" read as æ and ø."""
    return tuple(dict.fromkeys((word, word.replace("ae", "a").replace("oe", "o"))))


def _list_single_edits(word: str) -> Iterator[str]:
    """The word with one letter deleted, swapped with the next, replaced, or inserted."""
    for index in range(len(word)):
        before, after = word[:index], word[index + 1 :]
        yield before + after
        if after:
            yield before + after[0] + word[index] + after[1:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + word[index:]


def _read_names(now: dt.datetime | None) -> NameIndex:
    active = Vacancy.objects.active(now).order_by()
    ids = active.values("pk")

    def select(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        return ((name, ads) for name, ads in rows if 1 < len(name) <= _MAX_NAME_LENGTH and not _PERSONAL.search(name))

    def count_ads(model: type[Category] | type[Occupation] | type[Location], field: str) -> Iterator[tuple[str, int]]:
        rows = model.objects.filter(vacancy__in=ids).order_by()
        return select(rows.values_list(field).annotate(ads=Count("vacancy", distinct=True)).iterator())

    jobs: list[SuggestedName] = []
    for path, ads in _add_parents("occupation", count_ads(Occupation, "path")).items():
        if occupations.is_known(path) and not path.startswith("Uoppgitt"):
            jobs.append(_make_name("occupation", occupations.get_label(path), ads, path))
    jobs += [_make_name("occupation", name, ads) for name, ads in count_ads(Category, "name")]
    jobs += [_make_name("occupation", name, 0) for name in synonyms.list_occupations()]
    hiring = [_make_name("employer", name, ads, name) for name, ads in select(count_active(now).items())]
    towns = [
        _make_name("place", places.get_label(path), ads, path)
        for path, ads in _add_parents("place", count_ads(Location, "path")).items()
    ]
    return NameIndex([name for names in (jobs, hiring, towns) for name in _remove_duplicates(names)])


def _add_parents(facet: str, rows: Iterable[tuple[str, int]]) -> Counter[str]:
    """Ads for each path and for the path above it."""
    ads_by_path: Counter[str] = Counter()
    for path, ads in rows:
        ads_by_path[path] += ads
        if parent := FACETS[facet].get_parent(path):
            ads_by_path[parent] += ads
    return ads_by_path


def _make_name(kind: Kind, label: str, ads: int, value: str = "") -> SuggestedName:
    label = " ".join(label.split())
    if kind == "occupation":
        label = label[:1].upper() + label[1:]
    translated_words = _fold_words(" ".join(labels.list_translations(label))) if value and kind != "employer" else ()
    return SuggestedName(kind, label, value, ads, _fold_words(label), translated_words)


def _fold_words(label: str) -> tuple[str, ...]:
    return tuple(fold(word.exact) for word in norwegian.analyse_text(label) if word.exact != norwegian.BREAK)


def _remove_duplicates(names: list[SuggestedName]) -> list[SuggestedName]:
    """One of the names that differ only in inflection, "søkes" or company form.

    A value of the classification is preferred to words, then the shortest name, then the one with the most ads; of a county
    and its municipality of the same name the county.
    """
    best: dict[tuple[str, ...], SuggestedName] = {}
    for name in sorted(names, key=_preference):
        if name.words:
            key = _duplicate_key(name)
            kept = best.setdefault(key, name)
            if kept.weight < name.weight:
                best[key] = kept._replace(weight=name.weight)
    return sorted(best.values(), key=lambda name: -name.weight)[:MAX_NAMES]


def _preference(name: SuggestedName) -> tuple[bool, int, int, int]:
    if name.kind == "occupation":
        return not name.value, len(name.words), -name.weight, 0
    return False, 0, -name.weight, len(name.value)


def _duplicate_key(name: SuggestedName) -> tuple[str, ...]:
    if name.kind == "employer":
        return (norwegian.strip_company_form(name.words),)
    if name.kind == "place":
        return name.words
    ignored = FILLERS | _NOT_IN_OCCUPATION
    stems = (word.stem for word in norwegian.analyse_text(name.label) if word.exact not in ignored)
    return tuple(stems) or name.words


name_index: StaleWhileRevalidateCache[NameIndex] = StaleWhileRevalidateCache(_read_names)
"""Returns the index of names, at most ten minutes old."""
