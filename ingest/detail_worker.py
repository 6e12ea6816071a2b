"""Fetching the details that are owed: several threads ask, one writes, fifty ads in a transaction.

An answer is written only if no new line has come for its ad since it was asked for (the row's marker is the same); the
other way round an old answer could overwrite a newer one, or reopen an ad that was closed meanwhile.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable
from uuid import UUID

from ingest.client.errors import EntryGone, FeedDown, Unauthorized
from ingest.client.feed import Feed
from ingest.client.parsing import BadEntry, Gone
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .circuit_breaker import Breaker, Controls
from .detail_writer import write
from .fetch_pool import DetailPool, Fetched, call
from .lease import Lease
from .report import Hooks, Report
from .stop_signal import Stopped

log = logging.getLogger(__name__)

BATCH = 50
"""Ads written in one transaction."""
ASKED_AHEAD = 120
"""Questions under way or waiting for a thread: enough for the threads to go on through a long write."""
LONGEST_HELD = 1.0
"""Seconds after which a batch is written though it is not full, so that what was fetched can be seen."""
CONTROLS = 3
SAMPLE = 12
"""Ads asked for to make sure: of those that ought to be there, and of the whole queue where none of them is."""
_chance = random.SystemRandom()


class Drain:
    """Empties the queue of what is due. Raises `FeedDown` (outage, token), `LeaseLost`, and what `idle` raises."""

    def __init__(
        self,
        feed: Feed,
        lease: Lease,
        report: Report,
        *,
        threads: int,
        hooks: Hooks,
    ) -> None:
        self._feed, self._lease, self._report, self._threads = feed, lease, report, threads
        self._hooks = hooks
        self._breaker = Breaker(feed)
        self._outstanding: dict[UUID, int] = {}
        self._batch: list[Fetched] = []
        self._batch_since = 0.0
        self._nothing_more = False
        self._done, self._total = 0, 0

    def run(self, seconds: float = float("inf")) -> bool:
        """Fetches until nothing is due, or for that long. Returns whether nothing is due any more."""
        self._total = self._done + detail_queue.count_due()
        self._nothing_more = False
        until = time.monotonic() + seconds
        pool = DetailPool(self._feed, self._threads)
        try:
            while self._work_left(pool):
                self._hooks.idle()
                if result := pool.get():
                    self._take(result)
                out_of_time = time.monotonic() > until
                if self._breaker.suspicious or (out_of_time and self._breaker.held):
                    self._judge(pool)
                if len(self._batch) >= BATCH or (self._batch and time.monotonic() - self._batch_since > LONGEST_HELD):
                    self._flush()
                if out_of_time:
                    self._flush()
                    return False
            return True
        except (Stopped, FeedDown):
            self._flush()  # what was answered is not asked for again
            raise
        finally:
            pool.close()
            self._outstanding.clear()

    def _work_left(self, pool: DetailPool) -> bool:
        """Keeps the threads busy; at the end settles what is still open. False when nothing is due any more."""
        while True:
            self._refill(pool)
            if pool.pending:
                return True
            if self._batch:
                self._flush()
            elif self._breaker.held:
                self._judge(pool)
            elif self._nothing_more:
                return False

    def _refill(self, pool: DetailPool) -> None:
        if pool.pending > ASKED_AHEAD // 2 or (self._nothing_more and pool.pending):
            return
        rows = detail_queue.due(ASKED_AHEAD + len(self._outstanding))
        asked = 0
        for row in rows:
            if row.uuid not in self._outstanding and pool.pending < ASKED_AHEAD:
                self._outstanding[row.uuid] = row.marker
                pool.ask(row.uuid, row.marker)
                asked += 1
        self._nothing_more = not asked

    def _take(self, result: Fetched) -> None:
        outcome = result.outcome
        if isinstance(outcome, Unauthorized):
            raise outcome
        if not isinstance(outcome, Exception):
            self._add([*self._breaker.proved(result.number, readable=not isinstance(outcome, Gone)), result])
            return
        if not isinstance(outcome, FeedDown | EntryGone | BadEntry):
            log.error("Reading the detail of ad %s failed.", result.uuid, exc_info=outcome)
        self._breaker.hold(result)

    def _judge(self, pool: DetailPool) -> None:
        pool.pause()
        self._flush()  # what was just answered is what is best asked for
        held = self._breaker.held
        controls = Controls(_ought_to_be_there(held), detail_queue.sample(SAMPLE, other_than=held))
        self._add(call(lambda: self._breaker.judge(controls), self._hooks.idle))
        pool.resume()

    def _add(self, results: list[Fetched]) -> None:
        if results and not self._batch:
            self._batch_since = time.monotonic()
        self._batch += results

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if not batch:
            return
        written = write(batch, self._lease, self._report)
        self._nothing_more = self._nothing_more and written
        for result in batch:
            del self._outstanding[result.uuid]
        self._done += len(batch)
        self._total = max(self._total, self._done)
        self._hooks.progress("details", self._done, self._total)
        self._hooks.after_batch()


def _ought_to_be_there(other_than: Iterable[UUID]) -> list[UUID]:
    """Some ads of which the feed has a detail, unless it is ill: active ones that were fetched lately, and closed ones,
    of which it keeps the bare status. Chosen at random, so that no odd one decides always."""
    rows = Vacancy.objects.exclude(uuid__in=list(other_than))
    recent = rows.filter(status=Vacancy.Status.ACTIVE).order_by("-checked").values_list("uuid", flat=True)[:50]
    ended = rows.filter(status=Vacancy.Status.INACTIVE, closed_reason=Vacancy.Closed.FEED)
    closed = ended.order_by("-closed_at").values_list("uuid", flat=True)[:50]
    return [*_some(list(recent), CONTROLS), *_some(list(closed), 1)]


def _some(uuids: list[UUID], count: int) -> list[UUID]:
    return _chance.sample(uuids, min(count, len(uuids)))
