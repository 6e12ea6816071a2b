"""What an engine is asked, what it answers, and how an index is written."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

from jobsearch.search.conditions import Node, RangesCount, TermsCount


@dataclass(frozen=True, slots=True)
class Hit:
    uuid: UUID
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """One search as an engine gets it: pure values.

    `match` scores; `always` and the values of `chosen` only filter. `counts` names for each facet what to count; a facet's
    count leaves its own entry of `chosen` out. `today` is the day number that the deadline order needs.
    """

    match: Node
    always: Node
    chosen: Mapping[str, Node]
    counts: Mapping[str, TermsCount | RangesCount]
    sort: str
    offset: int
    size: int
    today: int


@dataclass(frozen=True, slots=True)
class Answer:
    hits: tuple[Hit, ...]
    total: int
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Write:
    """One ad's document, or None where it is past its retention: then only its version stays, until it is purged."""

    uuid: UUID
    version: int
    document: Mapping[str, Any] | None
    purge: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """`stale`: the index holds a newer version of these, and kept it. `failed`: uuid -> the engine's reason."""

    done: int = 0
    stale: tuple[UUID, ...] = ()
    failed: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """What an index holds of one ad. `visible_until` in epoch seconds, 0 for a stripped document."""

    version: int
    visible_until: int


@dataclass(frozen=True, slots=True)
class Health:
    name: str
    version: str
    ok: bool
    docs: int
    detail: str = ""


class Index(Protocol):
    """One concrete index: the one in service, or a fresh one that is being filled."""

    name: str

    def write(self, writes: Sequence[Write]) -> Written: ...

    def refresh(self) -> None:
        """Everything written is seen by searches from now on."""

    def stored(self, uuids: Iterable[UUID]) -> dict[UUID, Stored]: ...

    def everything(self) -> Iterator[tuple[UUID, Stored]]: ...

    def count(self) -> int:
        """Documents, stripped ones included."""

    def mark(self, sequence: int) -> None:
        """Remembers the record's count of indexing runs. A record that counts less than its index has been restored."""

    def marked(self) -> int: ...

    def close(self) -> None: ...


class Engine(Protocol):
    name: str

    def search(self, request: Request) -> Answer:
        """Raises EngineDown, IndexMissing."""

    def totals(self, requests: Sequence[Request]) -> list[int]:
        """How many ads each of them finds, asked for in one go; their `size` and `counts` mean nothing. Raises as `search`."""

    def scan(self, request: Request) -> Generator[UUID]:
        """Every hit, however many, the newest first, as the index was at the first one; `size` of them are asked for at a
        time, `sort`, `offset` and `counts` mean nothing. Raises EngineDown, IndexMissing at any of them."""

    def current(self) -> Index:
        """The index in service. Raises IndexMissing where there is none of this schema."""

    def fresh(self) -> Index:
        """An empty index beside the one in service, unseen by searches."""

    def switch(self, index: Index) -> None:
        """Puts a filled index into service in one step and drops what it replaces, but for the previous one if kept."""

    def previous(self) -> Index:
        """The index that served before the one in service, still as it was when it left, and kept for as long as this takes.
        Raises NoPrevious."""

    def discard(self, index: Index) -> None: ...

    def prune(self) -> int:
        """Removes leftovers of builds that did not finish; returns how many."""

    def identity(self) -> str:
        """Names the index in service, so that the record's notes about another one are not taken for it. "" for none."""

    def erase(self) -> bool:
        """Takes deleted text out of the index's files where it has lain there for long enough; called every few seconds.
        True where only a rebuild does that."""

    def health(self) -> Health: ...

    def close(self) -> None: ...


Area = Literal["matching", "filters", "counts", "order", "visibility", "scan", "operation"]
EVEN: tuple[Area, ...] = ("matching", "filters", "counts", "order", "visibility", "scan")
"""Where both engines can do the same, and nothing may be declared: what a search finds may not depend on SEARCH_URL."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What an engine cannot do, in words for whoever chooses one, and what there is instead."""

    engine: str
    area: Area
    cannot: str
    instead: str


LIMITS: tuple[Limit, ...] = (
    Limit(
        "tantivy",
        "operation",
        "go back to the previous index",
        "manage.py rebuild_index: a previous one would hold the text of ads that have ended since",
    ),
    Limit(
        "tantivy",
        "operation",
        "take deleted text out of its files by itself",
        "the next indexing run after ten minutes builds a fresh index beside it",
    ),
    Limit("tantivy", "operation", "serve several machines", "OpenSearch: its index is files on one machine"),
)
"""Everything that one engine cannot do and the other can. The contract suite prints it and tries it."""
