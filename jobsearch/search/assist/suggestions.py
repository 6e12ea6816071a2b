"""Search suggestions (autocomplete): occupations, searches for words, employers, places and filters, with their hits.

Names complete the last typed words. One that is a filter sets it and leaves the rest of the query; the others, and the text
as typed, are words to search for. The engine counts the hits of exactly the search that choosing the suggestion leads to.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from django.utils import timezone

from jobsearch.core.text_values import clean_parameter
from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.folding import compose, fold, normalise_with_offsets
from jobsearch.search.analysis.lexicon import FILLERS
from jobsearch.search.facets import FACETS
from jobsearch.search.query import parser
from jobsearch.search.query.normalisation import is_or_operator, normalise_query, strip_trailing_fillers
from jobsearch.search.query.personal_data import find_personal_data
from jobsearch.search.search_query import Q_LENGTH, SearchQuery
from jobsearch.search.service import count_as_typed
from jobsearch.search.words_to_filters import turn_near_words_into_filter

from .suggestion_names import KINDS, Kind, SuggestedName, list_spellings, name_index

T = TypeVar("T")
MAX_SUGGESTIONS = 8
# (shown, counted) of each kind at first; what one kind leaves unused goes to the others.
SHARES: dict[Kind, tuple[int, int]] = {
    "occupation": (2, 4),
    "words": (2, 4),
    "employer": (2, 3),
    "place": (1, 2),
    "filter": (1, 2),
}
MAX_COUNTED = 1 + sum(counted for _, counted in SHARES.values())  # the first is the text as typed
MIN_LETTERS = 2
_MAX_WORDS = 5  # last words of the query in which a name is searched for
_BETWEEN_WORDS = re.compile(r"[\s,.;:/&()–−-]*")
_SYNTAX = re.compile(r'["*|]+|(?<!\S)[-+]+')
_NO_FILTERS = SearchQuery()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion. `query` is the search that it leads to, `count` the number of its hits.

    `kept_text`: the typed words before the completed ones. `segments`: the label in parts, each with whether it was typed.
    `facet`: the filter that it sets, "" for words. `as_typed`: the search that Enter starts.
    """

    kind: Kind
    kept_text: str
    label: str
    query: SearchQuery
    count: int
    segments: tuple[tuple[str, bool], ...]
    facet: str = ""
    as_typed: bool = False


def suggest(query: SearchQuery, typed: str) -> list[Suggestion]:
    """At most eight suggestions for the typed text, by kind, under the filters of `query` (its own words are ignored).

    The text as typed is the first search for words, if it finds anything. Text before the completed words is kept. A filter
    replaces what is chosen in that facet. Raises EngineDown.
    """
    now = timezone.now()
    if len(typed) > Q_LENGTH or find_personal_data(typed):
        return []
    typed_search = _build_typed_search(query, typed)
    candidates = list(_find_candidates(query, normalise_query(typed), now))
    if typed_search:
        same = typed_search.q.casefold()
        candidates = [one for one in candidates if one.kind != "words" or one.query.q.casefold() != same]
        candidates.insert(0, _Candidate("words", "", typed_search.q, typed_search, (), as_typed=True))
    alone = [candidate.alone for candidate in candidates if candidate.alone]
    # The page makes a filter of "nær Bergen" in the typed text. What else it makes a filter finds the same ads.
    counted = [turn_near_words_into_filter(one.query) if one.as_typed else one.query for one in candidates]
    counts = count_as_typed([*counted, *alone], now)
    # Two occupations mean either of them: "sykepleier beautician" finds nurses where no beautician is wanted.
    unfound = {query for query, count in zip(alone, counts[len(candidates) :], strict=True) if not count}
    by_kind: dict[Kind, list[Suggestion]] = {kind: [] for kind in KINDS}
    for candidate, count in zip(candidates, counts, strict=False):
        if count and candidate.alone not in unfound:
            by_kind[candidate.kind].append(_make_suggestion(candidate, count))
    kept = _take_shares({kind: suggestions for kind, suggestions in by_kind.items() if suggestions}, 0, MAX_SUGGESTIONS)
    for suggestions in kept.values():
        suggestions.sort(key=lambda suggestion: (not suggestion.as_typed, -suggestion.count))
    return [suggestion for suggestions in kept.values() for suggestion in suggestions]


class _Candidate(NamedTuple):
    kind: Kind
    kept_text: str
    label: str
    query: SearchQuery
    typed: tuple[str, ...]
    facet: str = ""
    as_typed: bool = False
    alone: SearchQuery | None = None  # the search for the name without the kept text, where both are words


def _make_suggestion(candidate: _Candidate, count: int) -> Suggestion:
    kind, kept_text, label, query, typed, facet, as_typed, _alone = candidate
    return Suggestion(kind, kept_text, label, query, count, _split_label(label, typed), facet, as_typed)


def _build_typed_search(query: SearchQuery, typed: str) -> SearchQuery | None:
    """The search that Enter starts; None for text without words, such as "???", which would find every ad."""
    text = clean_parameter(typed, Q_LENGTH)
    target = query.replace(q=text)
    return target if len(text) >= MIN_LETTERS and not target.compiled.parsed.empty else None


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
            names_by_kind = index.find(typed, correct) if typed else {}
            if not names_by_kind:
                continue
            rest = query.replace(q=strip_trailing_fillers(q[: tokens[start][0]]))
            _ = rest.compiled  # parsed once for all searches with the same words
            for kind, names in names_by_kind.items():
                candidates = [
                    _Candidate(
                        kind,
                        rest.q,
                        _label_name(name),
                        target,
                        typed,
                        name.facet if name.value else "",
                        alone=rest.replace(q=_format_as_words(name)) if rest.q and not name.value else None,
                    )
                    for name in names
                    if (target := _build_target_query(rest, name))
                ]
                if candidates:
                    by_kind.setdefault(kind, candidates)
        if by_kind:
            for candidates in _take_shares(by_kind, 1, MAX_COUNTED - 1).values():
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


def _build_target_query(rest: SearchQuery, name: SuggestedName) -> SearchQuery | None:
    """The search that choosing the name leads to, `rest` with the name; None where it is not possible."""
    if is_or_operator(rest.q.rpartition(" ")[2]) and (name.value or len(name.words) > 1):
        return None  # after an OR only one word can be added
    q = rest.q if name.value else f"{rest.q} {_format_as_words(name)}".strip()
    if len(q) > Q_LENGTH or find_personal_data(q):
        return None
    return rest.replace(q=q, **(FACETS[name.facet].add_value(_NO_FILTERS, name.value) if name.value else {}))


def _format_as_words(name: SuggestedName) -> str:
    """The label as words of a query, without characters that have a meaning in queries."""
    parts = _SYNTAX.sub(" ", normalise_query(name.label)).split()
    return " ".join(part for part in parts if not is_or_operator(part))


def _label_name(name: SuggestedName) -> str:
    if not name.value:
        return name.label
    facet = FACETS[name.facet]
    return facet.label_chip(name.value) if name.filter else facet.label_value(name.value)


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
    spellings = list_spellings(typed)

    def fold_token(part: str) -> str:
        return fold(norwegian.analyse_word(part).exact)

    if not fold_token(token).startswith(spellings):
        return 0
    return next((length for length in range(1, len(token)) if fold_token(token[:length]) in spellings), len(token))
