"""Which words of an ad a search has met, for its reader to see.

Made from the conditions that the engines got (`matching.compile_words`) and the analysis that the documents got (`text`), so
that what is marked is what was met: an inflected form, a part of a compound, two words for one, another name, a word typed
without æ, ø and å; never a word that was excluded, nor one that stands where the search does not look for it.

Nothing here is HTML: a text comes back in pieces, and who shows them escapes each.
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
from jobsearch.search.analysis.lexicon import EVERYDAY_PLACES, PLACES
from jobsearch.search.analysis.negation import find_negated
from jobsearch.search.conditions import All, Best, Node, Phrase, Prefix, Term
from jobsearch.search.indexing import documents
from jobsearch.search.query.compiled_query import CompiledQuery
from jobsearch.vacancies import html, redaction

from .snippets import Mark, Pieces, cut, groups_of, passage

if TYPE_CHECKING:
    from jobsearch.vacancies.models import Vacancy

LOOKED_AT = 20_000
"""Characters of an ad's HTML in which a passage is looked for, at most: the whole of nearly every ad."""
_PAGE = 400_000  # characters that all ads of a page share: a page of a hundred huge ads takes no seconds
_UNSURE = 200  # characters at the end of a cut text, where half an e-mail address or name would escape redaction
_BLANKS = re.compile(r"[^\S\n]+")
_NAMED_PLACES = PLACES - EVERYDAY_PLACES
_NAMED_FOLDED = frozenset(map(norwegian.fold, _NAMED_PLACES))


@dataclass(frozen=True, slots=True)
class Marked:
    """An ad's short texts in pieces. `occupation` and `passage` are empty where the texts above already show why the ad is
    a hit; `occupation` is then the one name that tells, `passage` some 160 characters of the ad's text, without contacts."""

    title: Pieces = ()
    employer: Pieces = ()
    occupation: Pieces = ()
    passage: Pieces = ()


@dataclass(slots=True)
class _Looked:
    """What is looked for in one kind of readable text: form of a word -> the groups of the query that it meets, as bits."""

    source: str
    exact: dict[str, int] = field(default_factory=dict)
    stem: dict[str, int] = field(default_factory=dict)
    part: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    fold: dict[str, int] = field(default_factory=dict)
    prefixes: dict[str, int] = field(default_factory=dict)
    phrases: dict[tuple[str, ...], int] = field(default_factory=dict)
    together: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Stems that count only where all of them stand in the text."""

    def __bool__(self) -> bool:
        names = ("exact", "stem", "part", "joined", "fold", "prefixes", "phrases", "together")
        return any(getattr(self, name) for name in names)

    def of(self, word: norwegian.Word) -> int:
        """The groups that the word meets by itself."""
        groups = self.exact.get(word.exact, 0) | self.stem.get(word.stem, 0)
        if self.part:
            for part in norwegian.parts(word.stem):
                groups |= self.part.get(part, 0)
        if self.fold:
            for form in self._folds(word):
                groups |= self.fold.get(form, 0)
        for start, bits in self.prefixes.items():
            if word.exact.startswith(start):
                groups |= bits
        return groups

    def _folds(self, word: norwegian.Word) -> Iterator[str]:
        """The word's forms without æ, ø and å, as `documents` writes them for this kind of text."""
        if self.source == "body":
            if not word.exact.isascii():
                yield norwegian.fold(word.exact)
            return
        if word.fold or not word.exact.isascii():
            yield from (norwegian.fold(word.exact), word.fold or norwegian.fold(word.stem))
        if self.source in {"title", "job"}:
            yield from (norwegian.fold(part) for part in norwegian.parts(word.stem) if not part.isascii())


# Where the fields of a document come from: readable text -> what of its words a field holds.
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
    """Marks what one search has met, in the ads of one page: it remembers the words it has seen.

    `compiled`: the query as it was run, see `Page.compiled`. `ads`: number of ads on the page.
    """

    def __init__(self, compiled: CompiledQuery, ads: int = 1) -> None:
        self.reach = min(LOOKED_AT, _PAGE // max(1, ads))
        self._looked = {source: _Looked(source) for source in _SOURCES}
        self._alone: defaultdict[tuple[str, bool], dict[norwegian.Word, int]] = defaultdict(dict)
        node = compiled.condition
        for number, group in enumerate(node.must if isinstance(node, All) else ()):
            for leaf, together in _leaves(group):
                self._look_for(leaf, together, 1 << number)

    def __bool__(self) -> bool:
        """Whether there is anything to mark."""
        return any(map(bool, self._looked.values()))

    @property
    def reads_text(self) -> bool:
        """Whether a passage can be found at all: else nobody has to fetch the ads' texts."""
        return bool(self._looked["body"]) or self._names_place

    @property
    def _met_by_text(self) -> int:
        """The groups of the query that a running text can meet."""
        looked, groups = self._looked["body"], 0
        for forms in (looked.exact, looked.stem, looked.fold, looked.prefixes, looked.phrases):
            groups = functools.reduce(operator.or_, forms.values(), groups)
        return groups

    @property
    def _names_place(self) -> bool:
        """Whether a place is asked for: of an ad that states none, the text is believed, see `documents`."""
        place = self._looked["place"]
        return not _NAMED_PLACES.isdisjoint(place.exact) or not _NAMED_FOLDED.isdisjoint(place.fold)

    def title(self, value: str) -> Pieces:
        return self._pieces(value, "title")

    def employer(self, value: str) -> Pieces:
        return self._pieces(value, "employer")

    def place(self, value: str) -> Pieces:
        return self._pieces(value, "place")

    def occupation(self, value: str) -> Pieces:
        return self._pieces(value, "job")

    def snippet(self, value: str, *, nowhere: bool = False) -> Pieces:
        """The passage of a plain text that shows best what was met in it, or nothing. `nowhere`: its ad names no place."""
        value = folding.compose(value)
        return passage(value, self._marks(value, "body", nowhere), ~0)

    def marked(self, vacancy: Vacancy, opening: str = "") -> Marked:
        """The ad's texts. `opening`: up to `reach` characters of its HTML, where `reads_text` asks for them.

        Reads `contacts`, `locations`, `occupations` and `categories`, which a list has fetched beforehand.
        """
        contacts = list(vacancy.contacts.all())
        locations = list(vacancy.locations.all())
        places = documents.list_place_names(locations)
        redactor = redaction.Redactor(contacts, vacancy.employer_name, *places)
        title = self._short(vacancy.title, "title", redactor)
        employer = self._short(vacancy.employer_name, "employer", redactor)
        shown = groups_of(title) | groups_of(employer)
        for place in places:
            shown |= groups_of(self._marks(place, "place"))
        name, job = self._occupation(vacancy, redactor, shown)
        body: Pieces = ()
        unshown = self._met_by_text & ~(shown | groups_of(job))
        nowhere = not any(location.path for location in locations)
        if opening and (unshown or (nowhere and self._names_place)):
            readable = _readable(opening[: self.reach], len(opening) >= self.reach, redactor, vacancy.title)
            body = passage(readable, self._marks(readable, "body", nowhere), ~(shown | groups_of(job)))
        return Marked(cut(vacancy.title, title), cut(vacancy.employer_name, employer), cut(name, job), body)

    def _occupation(self, vacancy: Vacancy, redactor: redaction.Redactor, shown: int) -> tuple[str, list[Mark]]:
        """The name of the occupation that meets most of what the texts above it do not show."""
        best: tuple[int, str, list[Mark]] = (0, "", [])
        if self._looked["job"]:
            for name in documents.list_job_names(vacancy):
                marks = self._short(name, "job", redactor)
                more = (groups_of(marks) & ~shown).bit_count()
                if more > best[0]:
                    best = (more, name, marks)
        return best[1:]

    def _look_for(self, leaf: Term | Prefix | Phrase, together: tuple[str, ...], bit: int) -> None:
        for source, fields in _SOURCES.items():
            form = fields.get(leaf.field)
            if form is None:
                continue
            looked = self._looked[source]
            if isinstance(leaf, Prefix):
                looked.prefixes[leaf.value] = looked.prefixes.get(leaf.value, 0) | bit
            elif isinstance(leaf, Phrase):
                looked.phrases[leaf.words] = looked.phrases.get(leaf.words, 0) | bit
            elif together and form == "stem":
                looked.together[together] = looked.together.get(together, 0) | bit
            else:
                forms: dict[str, int] = getattr(looked, form)
                for value in together or (leaf.value,):
                    forms[value] = forms.get(value, 0) | bit

    def _short(self, value: str, source: str, redactor: redaction.Redactor) -> list[Mark]:
        """The marks of a short text, without those on what the index was not given: the name of a contact in a title."""
        value = folding.compose(value)
        marks = self._marks(value, source)
        if marks:
            known = {*norwegian.tokens(redactor.redact_title(value))}
            marks = [mark for mark in marks if known.issuperset(norwegian.tokens(value[mark.start : mark.end]))]
        return marks

    def _pieces(self, value: str, source: str) -> Pieces:
        value = folding.compose(value)
        return cut(value, self._marks(value, source))

    def _marks(self, value: str, source: str, nowhere: bool = False) -> list[Mark]:
        """What is met in a composed text, in its order. `nowhere`: the ad has no place but what its text names."""
        looked = self._looked[source]
        places = self._looked["place"] if nowhere else None
        if not looked and not places:
            return []
        plain, written = folding.normalise_in_place(value)
        tokens = norwegian.located(plain, running=source == "body")
        words = [norwegian.word(token.group()) for token in tokens]
        if source != "body":
            words = norwegian.with_place_names(words)
        alone = self._alone[source, nowhere]  # ads of a page repeat each other's words
        alone.update((word, _alone(word, looked, places)) for word in {*words} - alone.keys())
        found = [alone[word] for word in words]
        if source == "body" and any(found):
            _prefer_stated(plain, tokens, found)
        if looked.phrases or looked.joined or looked.together:
            _mark_several(words, looked, found)
        if source != "body":
            _mark_in_full(plain, tokens, looked, found)
        spans = [token.span() for token in tokens]
        if written:
            spans = [(written[start], written[end - 1] + 1) for start, end in spans]
        return [Mark(*span, groups) for span, groups in zip(spans, found, strict=True) if groups]


def _alone(word: norwegian.Word, looked: _Looked, places: _Looked | None) -> int:
    if word.exact == norwegian.BREAK:
        return 0
    return looked.of(word) | (places.of(word) if places and word.exact in _NAMED_PLACES else 0)


def _leaves(node: Node) -> Iterator[tuple[Term | Prefix | Phrase, tuple[str, ...]]]:
    """The conditions on words inside a condition, each with the words of its field without which it says nothing."""
    match node:
        case Term() | Prefix() | Phrase():
            yield node, ()
        case Best(nodes):
            for one in nodes:
                yield from _leaves(one)
        case All(must):
            terms = [one for one in must if isinstance(one, Term)]
            if len(terms) == len(must) > 1 and len({term.field for term in terms}) == 1:
                yield terms[0], tuple(term.value for term in terms)
                return
            for one in must:
                yield from _leaves(one)


def _prefer_stated(value: str, tokens: Sequence[re.Match[str]], found: list[int]) -> None:
    """Takes away the marks of words that the text denies ("ikke fast hjemmekontor"), where it states them elsewhere."""
    denied = {*find_negated(value)}
    places = {place for place, token in enumerate(tokens) if token.span() in denied}
    stated = functools.reduce(operator.or_, (groups for place, groups in enumerate(found) if place not in places), 0)
    for place in places:
        found[place] &= ~stated


def _mark_several(words: Sequence[norwegian.Word], looked: _Looked, found: list[int]) -> None:
    """Adds to `found` what several words of the text meet between them."""
    for phrase, bits in looked.phrases.items():
        first, size = phrase[0], len(phrase)
        for place, word in enumerate(words):
            if word.exact == first and tuple(one.exact for one in words[place : place + size]) == phrase:
                for inside in range(place, place + size):
                    found[inside] |= bits
    if looked.joined:
        for place, (before, after) in enumerate(itertools.pairwise(words)):
            if bits := looked.joined.get(norwegian.joined(before.exact, after.exact), 0):
                found[place] |= bits
                found[place + 1] |= bits
    stems = {word.stem for word in words} if looked.together else set()
    for wanted, bits in looked.together.items():
        if stems.issuperset(wanted):
            for place, word in enumerate(words):
                if word.stem in wanted:
                    found[place] |= bits


def _mark_in_full(value: str, tokens: Sequence[re.Match[str]], looked: _Looked, found: list[int]) -> None:
    """Short forms are met as what they stand for, and what is written once for several words as each of them."""
    starts = [token.start() for token in tokens]
    for words, start, end in norwegian.short_forms(value):
        groups = functools.reduce(operator.or_, map(looked.of, words), 0)
        for place in range(bisect_left(starts, start), bisect_left(starts, end)):
            found[place] = groups
    if looked.source in {"title", "job"}:
        forms = looked.joined if looked.source == "title" else looked.stem
        for stems, start, end in norwegian.shared(value):
            groups = 0
            for stem in stems:
                groups |= forms.get(stem, 0)
                if looked.source == "title" and not stem.isascii():
                    groups |= looked.fold.get(norwegian.fold(stem), 0)
            for place in range(bisect_left(starts, start), bisect_left(starts, end)):
                found[place] |= groups


def _readable(opening: str, cut: bool, redactor: redaction.Redactor, title: str) -> str:
    """The plain text of an ad's HTML without its contacts, composed, blanks single."""
    if cut and opening.rfind("<") > opening.rfind(">"):
        opening = opening[: opening.rfind("<")]
    plain = folding.compose(redactor.redact_text(html.extract_text(opening), keep=redactor.redact_title(title)))
    if cut:
        plain = plain[: max(0, plain.rfind(" ", 0, max(0, len(plain) - _UNSURE)))]
    return _BLANKS.sub(" ", plain)
