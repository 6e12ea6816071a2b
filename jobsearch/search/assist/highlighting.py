"""Highlighting: finds the words of an ad that a search matched.

It uses the conditions that the engines got (`compiler.compile_conditions`) and the analysis that the documents got
(`analysis.norwegian`), so that exactly the matches are highlighted: inflected forms, parts of compounds, two words for one,
synonyms, words typed without æ, ø and å. Excluded words are not, nor words in fields that the search does not look in.

The result is not HTML: a text comes back as segments, and the template escapes each.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobsearch.search.analysis import folding, norwegian
from jobsearch.search.analysis.folding import fold
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, PLACES
from jobsearch.search.analysis.negation import find_negated
from jobsearch.search.conditions import All, Best, Node, Phrase, Prefix, Term
from jobsearch.search.query.compiled_query import CompiledQuery
from jobsearch.vacancies import ad_names
from jobsearch.vacancies.prepared_ads import Workplace

from .snippet_search import TokenGroups, find_best_snippet
from .snippets import MatchSpan, Segments, build_snippet, combine_groups, split_text

if TYPE_CHECKING:
    from jobsearch.vacancies.models import PreparedAd, Vacancy

_PAGE_TEXT_LENGTH = 400_000  # characters that all ads of a page share, so that a page of a hundred huge ads takes no seconds
_PLACES_IN_BODY = PLACES - EVERYDAY_PLACES
_PLACES_IN_BODY_FOLDED = frozenset(map(fold, _PLACES_IN_BODY))


@dataclass(frozen=True, slots=True)
class HighlightedAd:
    """The short texts of an ad as segments.

    `occupation` and `snippet` are empty where title, employer and place already show why the ad is a hit. `occupation` is the
    one name that matched, `snippet` some 160 characters of the ad's text, without contacts.
    """

    title: Segments = ()
    employer: Segments = ()
    occupation: Segments = ()
    snippet: Segments = ()


@dataclass(slots=True)
class _WantedForms:
    """What to highlight in one kind of readable text: form of a word -> bit mask of the groups of the query that it matches."""

    source: str
    exact: dict[str, int] = field(default_factory=dict)
    stem: dict[str, int] = field(default_factory=dict)
    part: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    fold: dict[str, int] = field(default_factory=dict)
    prefixes: dict[str, int] = field(default_factory=dict)
    phrases: dict[tuple[str, ...], int] = field(default_factory=dict)
    together: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Stems that match only where all of them are in the text."""

    def __bool__(self) -> bool:
        names = ("exact", "stem", "part", "joined", "fold", "prefixes", "phrases", "together")
        return any(getattr(self, name) for name in names)

    @property
    def groups(self) -> int:
        """The groups that any form matches."""
        kinds = (self.exact, self.stem, self.part, self.joined, self.fold, self.prefixes, self.phrases, self.together)
        return functools.reduce(operator.or_, itertools.chain.from_iterable(forms.values() for forms in kinds), 0)

    def match_word(self, word: norwegian.Word) -> int:
        """The groups that the word matches by itself."""
        groups = self.exact.get(word.exact, 0) | self.stem.get(word.stem, 0)
        if self.part:
            for part in norwegian.split_compound(word.stem):
                groups |= self.part.get(part, 0)
        if self.fold:
            for form in self._list_folded_forms(word):
                groups |= self.fold.get(form, 0)
        for prefix, prefix_groups in self.prefixes.items():
            if word.exact.startswith(prefix):
                groups |= prefix_groups
        return groups

    def _list_folded_forms(self, word: norwegian.Word) -> Iterator[str]:
        """The word's forms without æ, ø and å, as `documents` indexes them for this kind of text."""
        if self.source == "body":
            if not word.exact.isascii():
                yield fold(word.exact)
            return
        if word.fold or not word.exact.isascii():
            yield from (fold(word.exact), word.fold or fold(word.stem))
        if self.source in {"title", "job"}:
            yield from (fold(part) for part in norwegian.split_compound(word.stem) if not part.isascii())


# Readable text -> field of the document -> which form of the text's words the field has.
_SOURCES: dict[str, dict[str, str]] = {
    "title": {"title": "exact", "title_stem": "stem", "parts": "part", "joined": "joined", "title_fold": "fold", "fold": "fold"},
    "job": {"job": "exact", "job_stem": "stem", "parts": "part", "fold": "fold"},
    "employer": {"employer": "exact", "employer_stem": "stem", "fold": "fold"},
    "place": {"location": "exact", "fold": "fold"},
    "body": {
        **{"body": "exact", "body_text": "exact", "body_denied": "exact"},
        **{"body_stem": "stem", "body_denied_stem": "stem", "body_fold": "fold"},
    },
}


class Highlighter:
    """Highlights the matches of one search in the ads of one page. Caches the groups of each word.

    `compiled`: the query as it was run, see `Page.compiled`. `ads`: number of ads on the page.
    """

    def __init__(self, compiled: CompiledQuery, ads: int = 1) -> None:
        self.max_text_length = _PAGE_TEXT_LENGTH // max(1, ads)
        self._wanted = {source: _WantedForms(source) for source in _SOURCES}
        self._word_groups: defaultdict[tuple[str, bool], dict[norwegian.Word, int]] = defaultdict(dict)
        self._token_groups: dict[bool, TokenGroups] = {}
        self._short_spans: dict[str, dict[str, list[MatchSpan]]] = {source: {} for source in _SOURCES}
        node = compiled.condition
        for number, group in enumerate(node.must if isinstance(node, All) else ()):
            for leaf, together in _find_leaves(group):
                self._add_wanted(leaf, together, 1 << number)
        self._is_empty = not any(map(bool, self._wanted.values()))

    def __bool__(self) -> bool:
        """Whether there is anything to highlight."""
        return not self._is_empty

    @property
    def needs_body(self) -> bool:
        """Whether a snippet is possible, so that the ads' texts have to be fetched."""
        return bool(self._wanted["body"]) or self._has_place

    @property
    def _has_place(self) -> bool:
        """Whether the query names a place: an ad without location is matched by the places in its text, see `documents`."""
        wanted = self._wanted["place"]
        return not _PLACES_IN_BODY.isdisjoint(wanted.exact) or not _PLACES_IN_BODY_FOLDED.isdisjoint(wanted.fold)

    def highlight_employer(self, text: str) -> Segments:
        return self._highlight(text, "employer")

    def highlight_place(self, text: str) -> Segments:
        return self._highlight(text, "place")

    def highlight_ad(self, vacancy: Vacancy, prepared: PreparedAd) -> HighlightedAd:
        """Highlights an ad. A snippet is looked for in the first `max_text_length` characters of the prepared text."""
        locations = [Workplace(*values) for values in prepared.locations]
        title_spans = self._find_shown_spans(vacancy.title, "title", prepared)
        employer_spans = self._find_shown_spans(vacancy.employer_name, "employer", prepared)
        shown = combine_groups(title_spans) | combine_groups(employer_spans)
        for place in ad_names.list_place_names(locations):
            shown |= combine_groups(self._find_spans(place, "place"))
        occupation, occupation_spans = self._find_occupation(prepared, shown)
        shown |= combine_groups(occupation_spans)
        snippet: Segments = ()
        without_location = not any(location.path for location in locations)
        if self._wanted["body"].groups & ~shown or (without_location and self._has_place):
            snippet = self._find_snippet(prepared.text[: self.max_text_length], ~shown, without_location)
        return HighlightedAd(
            split_text(vacancy.title, title_spans),
            split_text(vacancy.employer_name, employer_spans),
            split_text(occupation, occupation_spans),
            snippet,
        )

    def _find_occupation(self, prepared: PreparedAd, shown: int) -> tuple[str, list[MatchSpan]]:
        """The name of the ad's occupation that matches most of the groups not yet shown, with its spans."""
        best: tuple[int, str, list[MatchSpan]] = (0, "", [])
        if self._wanted["job"]:
            for name in prepared.job_names:
                spans = self._find_shown_spans(name, "job", prepared)
                new_groups = (combine_groups(spans) & ~shown).bit_count()
                if new_groups > best[0]:
                    best = (new_groups, name, spans)
        return best[1:]

    def _add_wanted(self, leaf: Term | Prefix | Phrase, together: tuple[str, ...], bit: int) -> None:
        for source, fields in _SOURCES.items():
            form = fields.get(leaf.field)
            if form is None:
                continue
            wanted = self._wanted[source]
            if isinstance(leaf, Prefix):
                wanted.prefixes[leaf.value] = wanted.prefixes.get(leaf.value, 0) | bit
            elif isinstance(leaf, Phrase):
                wanted.phrases[leaf.words] = wanted.phrases.get(leaf.words, 0) | bit
            elif together and form == "stem":
                wanted.together[together] = wanted.together.get(together, 0) | bit
            else:
                forms: dict[str, int] = getattr(wanted, form)
                for value in together or (leaf.value,):
                    forms[value] = forms.get(value, 0) | bit

    def _find_shown_spans(self, text: str, source: str, prepared: PreparedAd) -> list[MatchSpan]:
        """The matches in a short text without words that are redacted in the index, such as a contact's name in a title."""
        redacted = prepared.redactions.get(text)
        text = folding.compose(text)
        spans = self._find_spans(text, source)
        if spans and redacted is not None:
            indexed = {*norwegian.tokenize(redacted)}
            spans = [span for span in spans if indexed.issuperset(norwegian.tokenize(text[span.start : span.end]))]
        return spans

    def _highlight(self, text: str, source: str) -> Segments:
        text = folding.compose(text)
        return split_text(text, self._find_spans(text, source))

    def _find_spans(self, text: str, source: str) -> list[MatchSpan]:
        """The matches in a short composed text, in order."""
        if not self._wanted[source]:
            return []
        known = self._short_spans[source].get(text)
        if known is None:  # ads of a page share employers, places and occupations
            known = self._short_spans[source][text] = self._find_all_spans(text, source)
        return known

    def _find_snippet(self, text: str, wanted_groups: int, without_location: bool) -> Segments:
        """The snippet of a running text. `without_location`: its ad has no place but those named in its text."""
        text = folding.compose(text)
        wanted = self._wanted["body"]
        wanted_places = self._wanted["place"] if without_location else None
        if not wanted and not wanted_places:
            return ()
        if wanted.together:  # words that match only where all of them are in the whole text
            return build_snippet(text, self._find_all_spans(text, "body", without_location), wanted_groups)
        if without_location not in self._token_groups:

            def match_token(token: str) -> int:
                return _match_alone(norwegian.analyse_word(token), wanted, wanted_places)

            possible = wanted.groups | (wanted_places.groups if wanted_places else 0)
            self._token_groups[without_location] = TokenGroups(match_token, possible, wanted.phrases)
        return find_best_snippet(text, self._token_groups[without_location], wanted_groups)

    def _find_all_spans(self, text: str, source: str, without_location: bool = False) -> list[MatchSpan]:
        wanted = self._wanted[source]
        wanted_places = self._wanted["place"] if without_location else None
        normalised, offsets = folding.normalise_with_offsets(text)
        tokens = norwegian.find_tokens(normalised, running=source == "body")
        words = [norwegian.analyse_word(token.group()) for token in tokens]
        if source != "body":
            words = norwegian.correct_place_names(words)
        word_groups = self._word_groups[source, without_location]  # ads of a page share many words
        word_groups.update((word, _match_alone(word, wanted, wanted_places)) for word in {*words} - word_groups.keys())
        groups = [word_groups[word] for word in words]
        if source == "body" and any(groups):
            _prefer_stated(normalised, tokens, groups)
        if wanted.phrases or wanted.joined or wanted.together:
            _match_several(words, wanted, groups)
        if source != "body":
            _match_expanded(normalised, tokens, wanted, groups)
        return _make_spans(tokens, groups, offsets)


def _make_spans(tokens: Sequence[re.Match[str]], groups: Sequence[int], offsets: list[int] | None) -> list[MatchSpan]:
    """The tokens that match a group, at their positions in the text before normalisation."""
    spans = [(*token.span(), bits) for token, bits in zip(tokens, groups, strict=True) if bits]
    if offsets:
        spans = [(offsets[start], offsets[end - 1] + 1, bits) for start, end, bits in spans]
    return [MatchSpan(*span) for span in spans]


def _match_alone(word: norwegian.Word, wanted: _WantedForms, wanted_places: _WantedForms | None) -> int:
    if word.exact == norwegian.BREAK:
        return 0
    groups = wanted.match_word(word)
    if wanted_places and word.exact in _PLACES_IN_BODY:
        groups |= wanted_places.match_word(word)
    return groups


def _find_leaves(node: Node) -> Iterator[tuple[Term | Prefix | Phrase, tuple[str, ...]]]:
    """The conditions on words inside a condition, each with the words that have to be in the same field, if any."""
    match node:
        case Term() | Prefix() | Phrase():
            yield node, ()
        case Best(nodes):
            for child in nodes:
                yield from _find_leaves(child)
        case All(must):
            terms = [child for child in must if isinstance(child, Term)]
            if len(terms) == len(must) > 1 and len({term.field for term in terms}) == 1:
                yield terms[0], tuple(term.value for term in terms)
                return
            for child in must:
                yield from _find_leaves(child)


def _prefer_stated(text: str, tokens: Sequence[re.Match[str]], groups: list[int]) -> None:
    """Removes from `groups` the matches in negations ("ikke fast hjemmekontor") that the text also has outside of one."""
    negated_spans = {*find_negated(text)}
    negated = {index for index, token in enumerate(tokens) if token.span() in negated_spans}
    stated = functools.reduce(operator.or_, (bits for index, bits in enumerate(groups) if index not in negated), 0)
    for index in negated:
        groups[index] &= ~stated


def _match_several(words: Sequence[norwegian.Word], wanted: _WantedForms, groups: list[int]) -> None:
    """Adds to `groups` the matches of several words: phrases, compounds typed as two words, stems that must all match."""
    for phrase, bits in wanted.phrases.items():
        first, size = phrase[0], len(phrase)
        for index, word in enumerate(words):
            if word.exact == first and tuple(other.exact for other in words[index : index + size]) == phrase:
                for inside in range(index, index + size):
                    groups[inside] |= bits
    if wanted.joined:
        for index, (before, after) in enumerate(itertools.pairwise(words)):
            if bits := wanted.joined.get(norwegian.join_compound(before.exact, after.exact), 0):
                groups[index] |= bits
                groups[index + 1] |= bits
    stems = {word.stem for word in words} if wanted.together else set()
    for together, bits in wanted.together.items():
        if stems.issuperset(together):
            for index, word in enumerate(words):
                if word.stem in together:
                    groups[index] |= bits


def _match_expanded(text: str, tokens: Sequence[re.Match[str]], wanted: _WantedForms, groups: list[int]) -> None:
    """Adds to `groups` the matches of expanded abbreviations and of compounds with a shared ending."""
    starts = [token.start() for token in tokens]
    for words, start, end in norwegian.find_abbreviations(text):
        bits = functools.reduce(operator.or_, map(wanted.match_word, words), 0)
        for index in range(bisect_left(starts, start), bisect_left(starts, end)):
            groups[index] = bits
    if wanted.source in {"title", "job"}:
        forms = wanted.joined if wanted.source == "title" else wanted.stem
        for stems, start, end in norwegian.find_shared_endings(text):
            bits = 0
            for stem in stems:
                bits |= forms.get(stem, 0)
                if wanted.source == "title" and not stem.isascii():
                    bits |= wanted.fold.get(fold(stem), 0)
            for index in range(bisect_left(starts, start), bisect_left(starts, end)):
                groups[index] |= bits
