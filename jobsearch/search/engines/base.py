"""Interface of a search engine: requests, answers, writes, and the operations on an index."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

from jobsearch.search.conditions import Node, RangesCount, TermsCount


@dataclass(frozen=True, slots=True)
class Hit:
    """An ad that matches. `score` is its relevance, and has no meaning in any other order of the hits."""

    uuid: UUID
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """One search as plain values.

    `match` gives scores; `always` and the values of `chosen` only filter. `counts`: facet -> what to count; a facet's count
    leaves out its own entry of `chosen`. `today`: the day number for the order by deadline.
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
    """One page of hits, their total number, and the counts as facet -> value -> number of ads."""

    hits: tuple[Hit, ...]
    total: int
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Write:
    """One ad's document. None for an ad that may not be shown: the index then keeps only its version, until it is purged."""

    uuid: UUID
    version: int
    document: Mapping[str, Any] | None
    purge: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Result of a write. `stale`: the index kept a newer version of these ads. `failed`: uuid -> the engine's error."""

    done: int = 0
    stale: tuple[UUID, ...] = ()
    failed: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """An ad's state in an index. `visible_until` in epoch seconds, 0 for an ad without a document."""

    version: int
    visible_until: int


@dataclass(frozen=True, slots=True)
class Health:
    """State of an engine and its live index. `detail`: why it is not `ok`."""

    name: str
    version: str
    ok: bool
    docs: int
    detail: str = ""


class Index(Protocol):
    """One index: the live one, or a new one that is being filled."""

    name: str

    def write(self, writes: Sequence[Write]) -> Written: ...

    def refresh(self) -> None:
        """Makes everything written visible to searches."""

    def read_stored(self, uuids: Iterable[UUID]) -> dict[UUID, Stored]: ...

    def iterate_stored(self) -> Iterator[tuple[UUID, Stored]]: ...

    def count(self) -> int:
        """Number of ads, those without a document included."""

    def get_identity(self) -> str:
        """Name of this index, compared with the database's state so that state of another index is not used."""

    def write_sequence(self, sequence: int) -> None:
        """Stores the database's sequence number of writes.

        A database with a lower number than its index was restored from a backup.
        """

    def read_sequence(self) -> int: ...

    def close(self) -> None: ...


class Engine(Protocol):
    """A search engine with one live index."""

    name: str

    def search(self, request: Request) -> Answer:
        """One page of hits. Raises EngineDown, IndexMissing."""

    def count_hits(self, requests: Sequence[Request]) -> list[int]:
        """Number of hits of each request, in one round trip; `size` and `counts` are ignored. Raises as `search`."""

    def count_many(self, requests: Sequence[Request]) -> list[Mapping[str, Mapping[str, int]]]:
        """The `counts` of each request under all of its filters, in one round trip and without hits. Raises as `search`."""

    def find_many(self, requests: Sequence[Request]) -> list[tuple[UUID, ...]]:
        """The first `size` hits of each request, in any order and in one round trip; `counts` are ignored. Raises as `search`."""

    def scan(self, request: Request) -> Generator[UUID]:
        """Every hit, the newest first, as the index was at the first one.

        `size` hits are fetched at a time; `sort`, `offset` and `counts` are ignored. Raises EngineDown, IndexMissing at any hit.
        """

    def get_live_index(self) -> Index:
        """The live index. Raises IndexMissing where there is none with this schema."""

    def create_index(self) -> Index:
        """Creates an empty index beside the live one, invisible to searches."""

    def switch(self, index: Index) -> None:
        """Makes a filled index the live one in one step and deletes the replaced one, unless the engine keeps a previous one."""

    def open_previous_index(self) -> Index:
        """The index that was live before, unchanged since; the engine does not delete it while it is open. Raises NoPrevious."""

    def discard(self, index: Index) -> None: ...

    def prune(self) -> int:
        """Deletes what unfinished builds left; returns their number."""

    def erase(self, *, at_once: bool = False) -> bool:
        """Removes deleted text from the index's files where it is old enough. True where only a rebuild removes it.

        Called every few seconds. `at_once`: whatever its age, and with it the previous index, which has the same text.
        """

    def check_health(self) -> Health: ...

    def close(self) -> None: ...


Area = Literal["matching", "filters", "counts", "order", "visibility", "scan", "operation"]
EVEN: tuple[Area, ...] = ("matching", "filters", "counts", "order", "visibility", "scan")
"""Areas in which both engines can do the same and no limit may be declared: results may not depend on SEARCH_URL."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What an engine cannot do, as text for the person who chooses one, and the alternative."""

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
"""Everything that one engine can do and the other cannot. The contract tests print and check it."""
