"""Threads that only fetch and parse, so that the network never waits for the database. None of them touches it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from ingest.client.feed import Feed
from ingest.client.parsing import FeedPage, Gone
from jobsearch.vacancies.ad_data import VacancyData

Idle = Callable[[], None]
"""Called about twice a second while waiting: renews the lease, and may raise to end the wait."""
_TICK = 0.5  # seconds

T = TypeVar("T")


def call(work: Callable[[], T], idle: Idle) -> T:
    """The result of `work`, done in a thread while `idle` goes on being called. Raises what `work` raises."""
    results: queue.SimpleQueue[T | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(work())
        except Exception as error:  # handed over, to be raised where it is waited for
            results.put(error)

    threading.Thread(target=run, daemon=True, name="feed-call").start()
    result = _wait(results, idle)
    if isinstance(result, Exception):
        raise result
    return result


def pages_ahead(
    feed: Feed, entry: Callable[[], FeedPage | None], entry_id: str, idle: Idle
) -> Generator[tuple[str, FeedPage], None, None]:
    """The pages from `entry` to the tip, each with the id that it was asked for by, fetched while others are applied.

    `entry_id` is empty where the first page is not asked for by id. The walk ends before a page that it had already.
    Raises what fetching raises, after the pages before.
    """
    results: queue.Queue[tuple[str, FeedPage] | Exception | None] = queue.Queue(maxsize=2)
    ended = threading.Event()

    def put(item: tuple[str, FeedPage] | Exception | None) -> None:
        while not ended.is_set():
            try:
                return results.put(item, timeout=_TICK)
            except queue.Full:
                continue

    def run() -> None:
        seen: set[str] = set()
        asked: str | None = entry_id
        fetch = entry
        try:
            while asked is not None and asked not in seen and not ended.is_set():
                page = fetch()
                if page is None:
                    break
                asked = asked or page.id
                seen.update((asked, page.id))
                put((asked, page))
                asked = page.next_id
                fetch = _asking(feed, asked)
            put(None)
        except Exception as error:  # handed over, to be raised where it is waited for
            put(error)

    threading.Thread(target=run, daemon=True, name="feed-pages").start()
    try:
        while (item := _wait(results, idle)) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        ended.set()


def _asking(feed: Feed, page_id: str | None) -> Callable[[], FeedPage]:
    return lambda: feed.page(page_id or "")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, or the error in its place. `number` counts the questions in the order in which they were asked."""

    number: int
    uuid: UUID
    marker: int
    outcome: VacancyData | Gone | Exception


class DetailPool:
    """Some threads that fetch details. `pending` is how many were asked for and not yet taken with `get`."""

    def __init__(self, feed: Feed, threads: int) -> None:
        self._feed = feed
        self._asked: queue.SimpleQueue[tuple[UUID, int] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Fetched] = queue.SimpleQueue()
        self._numbers = 0
        self._lock = threading.Lock()
        self._closed = False
        self._going = threading.Event()
        self._going.set()
        self.pending = 0
        self._threads = [
            threading.Thread(target=self._run, daemon=True, name=f"feed-detail-{number}") for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, uuid: UUID, marker: int) -> None:
        self.pending += 1
        self._asked.put((uuid, marker))

    def get(self, timeout: float = _TICK) -> Fetched | None:
        try:
            result = self._results.get(timeout=timeout)
        except queue.Empty:
            return None
        self.pending -= 1
        return result

    def pause(self) -> None:
        """Until `resume`, threads only finish the request that they are in."""
        self._going.clear()

    def resume(self) -> None:
        self._going.set()

    def close(self) -> None:
        """No more questions: threads end after the request they are in, which nobody waits for."""
        self._closed = True
        self._going.set()
        for _thread in self._threads:
            self._asked.put(None)

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            self._going.wait()
            if self._closed:
                break
            uuid, marker = asked
            with self._lock:
                self._numbers += 1
                number = self._numbers
            outcome: VacancyData | Gone | Exception
            try:
                outcome = self._feed.detail(uuid)
            except Exception as error:  # judged by whoever takes the result
                outcome = error
            self._results.put(Fetched(number, uuid, marker, outcome))


def _wait(results: queue.Queue[T] | queue.SimpleQueue[T], idle: Idle) -> T:
    while True:
        idle()
        try:
            return results.get(timeout=_TICK)
        except queue.Empty:
            continue
