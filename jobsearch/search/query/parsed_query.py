"""Parsed query: the groups of clauses that `parser` makes of the typed text and `compiler` turns into conditions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jobsearch.search.analysis import norwegian, synonyms

from .entities import Entity, RecognisedEntity


@dataclass(frozen=True, slots=True)
class WordClause:
    """One word.

    `alone`: the query consists of this word only. `joined_stems`: stems of the compounds that it forms with a neighbour.
    `headline_only`: it does not match in running text, because it is, or is half of, the name of an occupation.
    `synonyms`: other names that match too. `is_place`: it is meant as a place name, though it is also an everyday word.
    `stated`: a text that only denies the word does not match: "ikke natt" keeps "uten nattarbeid og natt".
    """

    word: norwegian.Word
    alone: bool = False
    joined_stems: tuple[str, ...] = ()
    headline_only: bool = False
    synonyms: tuple[synonyms.Synonym, ...] = ()
    is_place: bool = False
    stated: bool = False


@dataclass(frozen=True, slots=True)
class PhraseClause:
    """Exact words side by side, in this order."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrefixClause:
    """A word that starts with these letters."""

    prefix: str


@dataclass(frozen=True, slots=True)
class CompoundClause:
    """A word of the title that begins with this word, as "nattåpen" does with "natt", unless it is the name of a place."""

    word: str


@dataclass(frozen=True, slots=True)
class SynonymClause:
    """Any of the synonyms of a name of several words."""

    synonyms: tuple[synonyms.Synonym, ...]


@dataclass(frozen=True, slots=True)
class FacetClause:
    """One of these values of a facet, or the words that name it, side by side."""

    facet: str
    values: tuple[str, ...]
    words: tuple[str, ...]


Clause = WordClause | PhraseClause | PrefixClause | CompoundClause | SynonymClause | FacetClause
Alternative = tuple[Clause, ...]
"""Clauses that must all match."""
Alternatives = tuple[Alternative, ...]
"""Of which one must match."""


@dataclass(slots=True)
class QueryItem:
    """A part of the query as typed: words, a phrase or a prefix. `text` is what the page shows of it.

    `minus`: it is excluded. `plain`: words without quotation marks, minus or star. `either`: an alternative to the item before
    it. `listed`: it follows a comma, a slash, "og" or "eller", which makes it an alternative if both items are occupations or
    both are places. `after_or`: it follows "eller". `extra_alternatives`: more ways to match. `entity`: the facet value that
    its words name. `in_phrase`: a word of a phrase of sentences ("first time"), which names nothing. `start`, `end`: its position
    in the text.
    """

    clauses: list[Clause]
    text: str
    minus: bool = False
    plain: bool = False
    either: bool = False
    listed: bool = False
    after_or: bool = False
    extra_alternatives: Alternatives = ()
    entity: Entity | None = None
    in_phrase: bool = False
    start: int = 0
    end: int = 0

    @property
    def words(self) -> list[norwegian.Word]:
        return [clause.word for clause in self.clauses if isinstance(clause, WordClause)]

    @property
    def single_word(self) -> str:
        """The word of an item of one plain word that names no facet value and is not excluded; "" for any other item."""
        if not self.plain or self.minus or self.entity or len(self.clauses) != 1:
            return ""
        clause = self.clauses[0]
        return clause.word.exact if isinstance(clause, WordClause) else ""

    @property
    def is_separated(self) -> bool:
        """Whether there is more than whitespace between this item and the one before it."""
        return self.either or self.listed


@dataclass(frozen=True, slots=True)
class Wish:
    """A requirement or a working condition that the visitor does without: "uten erfaring", "uten nattarbeid".

    `kind` is one of `requirement_kinds`; `words` are those that were typed.
    """

    kind: str
    is_condition: bool
    words: str


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The query as conditions on words: of every group in `must` one alternative has to match, and none in `never` may.

    `empty`: nothing was typed, so every ad matches. A query that is not empty but has no clauses matches nothing: "???" is no
    word of any ad. `understood` and `dropped` are shown on the page: the query as it was run, and the words left out.
    """

    must: tuple[Alternatives, ...] = ()
    never: Alternatives = ()
    uuid: UUID | None = None
    empty: bool = False
    understood: str = ""
    dropped: tuple[str, ...] = ()
    plain_words: tuple[str, ...] = ()
    """The words in order, where the query consists of plain words only."""
    typed_words: tuple[str, ...] = ()
    """The same with the words left out: "vil du bli lokfører" is the whole title of an ad."""
    recognised: tuple[RecognisedEntity, ...] = ()
    common_words: tuple[str, ...] = ()
    """Words of the lists of sentences that are searched for, the one that says least first; see `alternatives`."""
    choices: tuple[tuple[Alternatives, ...], ...] = ()
    """The groups that are lists, each as its items' alternatives: an ad that matches several items of a list comes first."""
    wishes: tuple[Wish, ...] = ()
    is_open: bool = False
    """Whether the words name no kind of job, so that only ads which state the wish are an answer: "jobb uten erfaring"."""
