"""Thread pools that fetch and parse, so that requests continue while the database writes. They use no database."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from ingest.client.feed import FeedClient
from ingest.client.parsing import FeedPage, InactiveDetail
from jobsearch.vacancies.ad_data import VacancyData

from .precomputing import Precomputer, Task

Idle = Callable[[], None]
"""Called about twice a second while waiting: renews the lease, and may raise to end the wait."""
_TICK = 0.5  # seconds

T = TypeVar("T")


def run_in_thread(work: Callable[[], T], idle: Idle) -> T:
    """Runs `work` in a thread and returns its result; `idle` is called meanwhile. Raises what `work` raises."""
    results: queue.SimpleQueue[T | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(work())
        except Exception as error:  # passed to the waiting thread, which raises it
            results.put(error)

    threading.Thread(target=run, daemon=True, name="feed-call").start()
    result = _wait(results, idle)
    if isinstance(result, Exception):
        raise result
    return result


def prefetch_pages(
    feed: FeedClient, entry: Callable[[], FeedPage | None], entry_id: str, idle: Idle
) -> Generator[tuple[str, FeedPage], None, None]:
    """Yields the pages from `entry` to the head of the feed, each with the id of its request; fetches up to two pages ahead.

    `entry_id` is empty if the first page is not requested by id. Stops before a page that was already yielded. Raises what
    fetching raises, after the pages before it were yielded.
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
                fetch = _page_fetcher(feed, asked)
            put(None)
        except Exception as error:  # passed to the waiting thread, which raises it
            put(error)

    threading.Thread(target=run, daemon=True, name="feed-pages").start()
    try:
        while (item := _wait(results, idle)) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        ended.set()


def _page_fetcher(feed: FeedClient, page_id: str | None) -> Callable[[], FeedPage]:
    return lambda: feed.fetch_page(page_id or "")


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The result of one detail request: the detail, or the exception instead. `number` counts requests in the order sent.

    `task`: the ad as it is being computed, see `precomputing`; None where it is not.
    """

    number: int
    uuid: UUID
    marker: int
    outcome: VacancyData | InactiveDetail | Exception
    task: Task | None = None


class DetailFetchPool:
    """Thread pool that fetches details. `pending` is the number of submitted requests not yet taken with `take_result`.

    `precomputer`: gets each detail as soon as it is fetched.
    """

    def __init__(self, feed: FeedClient, threads: int, precomputer: Precomputer | None = None) -> None:
        self._feed, self._precomputer = feed, precomputer
        self._requests: queue.SimpleQueue[tuple[UUID, int] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[FetchResult] = queue.SimpleQueue()
        self._last_number = 0
        self._lock = threading.Lock()
        self._closed = False
        self._running = threading.Event()
        self._running.set()
        self.pending = 0
        self._threads = [
            threading.Thread(target=self._run, daemon=True, name=f"feed-detail-{number}") for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def expect(self, uuids: Collection[UUID]) -> None:
        """Tells the precomputer which ads are submitted next."""
        if self._precomputer:
            self._precomputer.expect(uuids)

    def submit(self, uuid: UUID, marker: int) -> None:
        """Queues the fetch of a detail. `marker` is that of the ad's row in the detail queue; it comes back in the result."""
        self.pending += 1
        self._requests.put((uuid, marker))

    def take_result(self) -> FetchResult | None:
        """Returns the next result; None if there is none within half a second."""
        try:
            result = self._results.get(timeout=_TICK)
        except queue.Empty:
            return None
        self.pending -= 1
        return result

    def pause(self) -> None:
        """Stops new requests until `resume`; requests under way are finished."""
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def close(self) -> None:
        """Sends no more requests: each thread ends after its current request. Does not wait for the threads."""
        self._closed = True
        self._running.set()
        for _thread in self._threads:
            self._requests.put(None)

    def _run(self) -> None:
        while (request := self._requests.get()) is not None:
            self._running.wait()
            if self._closed:
                break
            uuid, marker = request
            with self._lock:
                self._last_number += 1
                number = self._last_number
            outcome: VacancyData | InactiveDetail | Exception
            try:
                outcome = self._feed.fetch_detail(uuid)
            except Exception as error:  # becomes the outcome, which the circuit breaker evaluates
                outcome = error
            task = self._precomputer.submit(outcome) if self._precomputer and isinstance(outcome, VacancyData) else None
            self._results.put(FetchResult(number, uuid, marker, outcome, task))


def _wait(results: queue.Queue[T] | queue.SimpleQueue[T], idle: Idle) -> T:
    while True:
        idle()
        try:
            return results.get(timeout=_TICK)
        except queue.Empty:
            continue
