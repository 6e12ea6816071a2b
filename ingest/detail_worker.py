"""Detail worker: fetches the queued details in several threads and writes them in one, fifty ads per transaction.

An answer is written only if no new line has arrived for its ad since the request (the row's marker is unchanged). Otherwise
an old answer could overwrite a newer one, or reactivate an ad that was closed meanwhile.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable
from uuid import UUID

from ingest.client.errors import AdNotFound, FeedUnavailable, Unauthorized
from ingest.client.feed import FeedClient
from ingest.client.parsing import DetailFormatError, InactiveDetail
from jobsearch.vacancies.ad_data import VacancyData
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .circuit_breaker import CircuitBreaker, ControlAds
from .detail_writer import write_batch
from .fetch_pool import DetailFetchPool, FetchResult, run_in_thread
from .lease import FeedLease
from .precomputing import Precomputer, wait_for_tasks
from .report import Hooks, Report
from .stop_signal import Stopped

log = logging.getLogger(__name__)

BATCH_SIZE = 50
"""Ads written in one transaction."""
MAX_PENDING = 120
"""Requests under way or waiting for a thread: enough to keep the threads busy during a long write."""
MAX_BATCH_SECONDS = 1.0
"""A batch that is not full is written after this time, so that fetched ads soon become visible."""
CONTROL_ADS = 3
SAMPLE_SIZE = 12
"""Ads requested as probes: control ads that should be found, and a sample of the whole queue if none of them is."""
_random = random.SystemRandom()


class DetailWorker:
    """Fetches all due details. Raises `FeedUnavailable` (outage, token), `LeaseLost`, and what `idle` raises."""

    def __init__(
        self,
        feed: FeedClient,
        lease: FeedLease,
        report: Report,
        *,
        threads: int,
        hooks: Hooks,
    ) -> None:
        self._feed, self._lease, self._report, self._threads = feed, lease, report, threads
        self._hooks = hooks
        self._breaker = CircuitBreaker(feed)
        self._outstanding: dict[UUID, int] = {}
        self._batch: list[FetchResult] = []
        self._batch_since = 0.0
        self._queue_empty = False
        self._done, self._total = 0, 0

    def run(self, seconds: float = float("inf")) -> bool:
        """Fetches until nothing is due, or for this many seconds. Returns whether nothing is due any more."""
        self._total = self._done + detail_queue.count_due()
        self._queue_empty = False
        until = time.monotonic() + seconds
        precomputer = Precomputer()
        pool = DetailFetchPool(self._feed, self._threads, precomputer)
        try:
            while self._has_work(pool):
                self._hooks.idle()
                if result := pool.take_result():
                    self._handle_result(result)
                out_of_time = time.monotonic() > until
                if self._breaker.should_probe or (out_of_time and self._breaker.held_ads):
                    self._probe_feed(pool)
                self._flush_if_due()
                if out_of_time:
                    self._flush_all()
                    return False
            return True
        except (Stopped, FeedUnavailable):
            self._flush(self._batch)  # so that answered details are not requested again
            raise
        finally:
            pool.close()
            precomputer.close()
            self._outstanding.clear()

    def _has_work(self, pool: DetailFetchPool) -> bool:
        """Keeps the threads busy; at the end writes the last batch and decides about held results. False when nothing is due."""
        while True:
            self._refill(pool)
            if pool.pending:
                return True
            if self._batch:
                self._flush_all()
            elif self._breaker.held_ads:
                self._probe_feed(pool)
            elif self._queue_empty:
                return False

    def _refill(self, pool: DetailFetchPool) -> None:
        if pool.pending > MAX_PENDING // 2 or (self._queue_empty and pool.pending):
            return
        rows = detail_queue.due_tasks(MAX_PENDING + len(self._outstanding))
        wanted = [row for row in rows if row.uuid not in self._outstanding][: max(0, MAX_PENDING - pool.pending)]
        pool.expect([row.uuid for row in wanted])
        for row in wanted:
            self._outstanding[row.uuid] = row.marker
            pool.submit(row.uuid, row.marker)
        self._queue_empty = not wanted

    def _handle_result(self, result: FetchResult) -> None:
        outcome = result.outcome
        if isinstance(outcome, Unauthorized):
            raise outcome
        if not isinstance(outcome, Exception):
            self._add([*self._breaker.release_proved(result.number, readable=not isinstance(outcome, InactiveDetail)), result])
            return
        if not isinstance(outcome, FeedUnavailable | AdNotFound | DetailFormatError):
            log.error("Parsing the detail of ad %s failed.", result.uuid, exc_info=outcome)
        self._breaker.hold(result)

    def _probe_feed(self, pool: DetailFetchPool) -> None:
        pool.pause()
        self._flush_all()  # first: ads that were answered just now are the best control ads
        held = self._breaker.held_ads
        controls = ControlAds(_choose_control_ads(held), detail_queue.sample_waiting(SAMPLE_SIZE, other_than=held))
        self._add(run_in_thread(lambda: self._breaker.probe_feed(controls), self._hooks.idle))
        pool.resume()

    def _add(self, results: list[FetchResult]) -> None:
        if results and not self._batch:
            self._batch_since = time.monotonic()
        self._batch += results

    def _list_ready(self) -> list[FetchResult]:
        """The results whose ads are not being computed any more."""
        return [result for result in self._batch if result.task is None or not result.task.is_waited_for]

    def _flush_if_due(self) -> None:
        """Writes a full batch, or one that has waited for long, of the results that are ready; the others stay."""
        if not self._batch:
            return
        ready = self._list_ready()
        if len(ready) >= BATCH_SIZE or (ready and time.monotonic() - self._batch_since > MAX_BATCH_SECONDS):
            self._flush(ready[:BATCH_SIZE])

    def _flush_all(self) -> None:
        """Writes all results, each as soon as its ad is not being computed any more."""
        ready = self._list_ready()
        if any(not isinstance(result.outcome, VacancyData) for result in ready):
            self._flush(ready)  # it may close an ad, which does not wait for others
        wait_for_tasks(result.task for result in self._batch if result.task)
        self._flush(self._batch)

    def _flush(self, batch: list[FetchResult]) -> None:
        written_now = {id(result) for result in batch}
        self._batch = [result for result in self._batch if id(result) not in written_now]
        self._batch_since = time.monotonic()
        if not batch:
            return
        written = write_batch(batch, self._lease, self._report)
        self._queue_empty = self._queue_empty and written
        for result in batch:
            del self._outstanding[result.uuid]
        self._done += len(batch)
        self._total = max(self._total, self._done)
        self._hooks.progress("details", self._done, self._total)


def _choose_control_ads(other_than: Iterable[UUID]) -> list[UUID]:
    """Chooses ads whose detail the feed should have.

    These are active ads that were fetched recently, and a closed one, for which the feed keeps a detail with status only. Random,
    so that the same unusual ad does not decide each time.
    """
    rows = Vacancy.objects.exclude(uuid__in=list(other_than))
    recent = rows.filter(status=Vacancy.Status.ACTIVE).order_by("-checked").values_list("uuid", flat=True)[:50]
    ended = rows.filter(status=Vacancy.Status.INACTIVE, closed_reason=Vacancy.Closed.FEED)
    closed = ended.order_by("-closed_at").values_list("uuid", flat=True)[:50]
    return [*_sample(list(recent), CONTROL_ADS), *_sample(list(closed), 1)]


def _sample(uuids: list[UUID], count: int) -> list[UUID]:
    return _random.sample(uuids, min(count, len(uuids)))
