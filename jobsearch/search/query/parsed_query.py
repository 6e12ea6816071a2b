"""What is asked for, taken apart: the clauses that `words` makes of a query and `matching` turns into conditions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jobsearch.search.analysis import norwegian, synonyms

from .entities import Meaning, Recognised


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word. `alone`: nothing else is asked for beside it. `joins`: stems of it written together with a neighbour.

    `headline`: no running text can meet it, because it is, or is half of, the name of an occupation. `also`: other names.
    `place`: it is meant as the name of a place, though it is also an everyday word.
    """

    word: norwegian.Word
    alone: bool = False
    joins: tuple[str, ...] = ()
    headline: bool = False
    also: tuple[synonyms.Name, ...] = ()
    place: bool = False


@dataclass(frozen=True, slots=True)
class WantedPhrase:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WantedPrefix:
    start: str


@dataclass(frozen=True, slots=True)
class WantedName:
    """Any of the other names of what several words name."""

    names: tuple[synonyms.Name, ...]


@dataclass(frozen=True, slots=True)
class WantedFacet:
    """One of these values of a facet, or the words that name it, side by side."""

    facet: str
    values: tuple[str, ...]
    words: tuple[str, ...]


Clause = Wanted | WantedPhrase | WantedPrefix | WantedName | WantedFacet
Alternative = tuple[Clause, ...]


@dataclass(slots=True)
class Item:
    """A part of the query as typed, `shown` to the reader: words, a phrase, a prefix.

    `either`: one of a choice with the item before it. `listed`: it follows a comma, a slash, "og" or "eller", which makes it
    one of a choice if both are occupations or both are places. `after_or`: it follows "eller".
    `others`: more ways to be found. `meaning`: the value of a facet that its words name.
    """

    clauses: list[Clause]
    shown: str
    minus: bool = False
    plain: bool = False
    either: bool = False
    listed: bool = False
    after_or: bool = False
    others: tuple[Alternative, ...] = ()
    meaning: Meaning | None = None

    @property
    def words(self) -> list[norwegian.Word]:
        return [clause.word for clause in self.clauses if isinstance(clause, Wanted)]

    @property
    def apart(self) -> bool:
        """Whether more than a blank parts it from the item before."""
        return self.either or self.listed


@dataclass(frozen=True, slots=True)
class Parsed:
    """Every group of `must` has to be met by one of its alternatives; no alternative of `never` may be.

    `empty`: nothing was typed. With neither that nor anything to look for, nothing is found: "???" is no word of any ad.
    """

    must: tuple[tuple[Alternative, ...], ...] = ()
    never: tuple[Alternative, ...] = ()
    uuid: UUID | None = None
    empty: bool = False
    understood: str = ""
    dropped: tuple[str, ...] = ()
    plain_words: tuple[str, ...] = ()
    """The words in order, where all that is asked for is words side by side."""
    recognised: tuple[Recognised, ...] = ()
