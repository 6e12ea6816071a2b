"""Writer of an index in a thread: one chunk is written while the next one is read from the database and unpacked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from jobsearch.search.engines.base import Index, Write, Written


class BackgroundWriter:
    """Writes one chunk at a time, so that memory holds two of them at most. For a block of one thread.

    `on_written` is called in the caller's thread, so the writing thread needs no database connection.
    """

    def __init__(self, index: Index, on_written: Callable[[list[Write], Written], None]) -> None:
        self._index, self._on_written = index, on_written
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="index-writer")
        self._running: tuple[list[Write], Future[Written]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown()

    def start(self, writes: list[Write]) -> None:
        """Begins to write these, after the chunk before them. Raises what that one raised."""
        self.finish()
        if writes:
            self._running = writes, self._pool.submit(self._index.write, writes)

    def finish(self) -> None:
        """Waits until everything is written. Raises EngineDown."""
        if self._running:
            writes, future = self._running
            self._running = None
            self._on_written(writes, future.result())
