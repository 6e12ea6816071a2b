"""Fetching the details that are owed: several threads ask, one writes, fifty ads in a transaction.

An answer is written only if no new line has come for its ad since it was asked for (the row's marker is the same); the
other way round an old answer could overwrite a newer one, or reopen an ad that was closed meanwhile.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from jobsearch.vacancies import record
from jobsearch.vacancies.data import VacancyData
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .breaker import Breaker
from .errors import EntryGone, FeedDown, LeaseHeld, Unauthorized
from .feed import Feed
from .fetching import DetailPool, Fetched, call
from .lease import Lease
from .messages import BadEntry, Gone
from .models import DetailTask
from .report import Hooks, Report
from .stopping import Stopped

log = logging.getLogger(__name__)

BATCH = 50
"""Ads written in one transaction."""
ASKED_AHEAD = 120
"""Questions under way or waiting for a thread: enough for the threads to go on through a long write."""
LONGEST_HELD = 1.0
"""Seconds after which a batch is written though it is not full, so that what was fetched can be seen."""
CONTROLS = 3


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

    def run(self) -> None:
        self._total = detail_queue.count_due()
        pool = DetailPool(self._feed, self._threads)
        try:
            while self._work_left(pool):
                self._hooks.idle()
                if result := pool.get():
                    self._take(result)
                if self._breaker.suspicious:
                    self._judge(pool)
                if len(self._batch) >= BATCH or (self._batch and time.monotonic() - self._batch_since > LONGEST_HELD):
                    self._flush()
        except (Stopped, FeedDown):
            self._flush()  # what was answered is not asked for again
            raise
        finally:
            pool.close()

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
        if isinstance(outcome, FeedDown | EntryGone):
            self._breaker.hold(result)
            return
        if isinstance(outcome, Exception) and not isinstance(outcome, BadEntry):
            log.error("Reading the detail of ad %s failed.", result.uuid, exc_info=outcome)
        self._add([*self._breaker.proved(result.number), result])

    def _judge(self, pool: DetailPool) -> None:
        pool.pause()
        controls = _held_as_active(self._breaker.held)
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
        self._write(batch)
        for result in batch:
            del self._outstanding[result.uuid]
        self._done += len(batch)
        self._total = max(self._total, self._done)
        self._hooks.progress("details", self._done, self._total)
        self._hooks.after_batch()

    def _write(self, batch: list[Fetched]) -> None:
        """All in one transaction; if an ad cannot be stored, each in one of its own, and that ad is set apart."""
        try:
            erase = self._commit(batch)
        except (OperationalError, InterfaceError, LeaseHeld):
            raise  # the database's trouble, or ours; no ad's
        except Exception as error:
            if len(batch) > 1:
                for result in batch:
                    self._write([result])
                return
            log.exception("Ad %s cannot be stored.", batch[0].uuid)
            unstorable = BadEntry("not-stored", f"The ad cannot be stored ({type(error).__name__}).")
            erase = self._commit([Fetched(0, batch[0].uuid, batch[0].marker, unstorable)])
        if erase:
            record.erase_traces()

    def _commit(self, batch: list[Fetched]) -> bool:
        """One transaction. Answers whether something was deleted that must not be found in a file."""
        report = self._report
        with transaction.atomic():
            self._lease.fence()
            rows = DetailTask.objects.select_for_update().filter(uuid__in=[result.uuid for result in batch])
            tasks = {row.uuid: row for row in rows}
            valid = [result for result in batch if result.uuid in tasks and tasks[result.uuid].marker == result.marker]
            entries = [result.outcome for result in valid if isinstance(result.outcome, VacancyData)]
            gone = [result.uuid for result in valid if isinstance(result.outcome, Gone | EntryGone)]
            times = {uuid: row.line_time for uuid, row in tasks.items() if row.line_time}
            outcomes = record.store(entries, line_times=times) if entries else {}
            closed = record.close(gone, Vacancy.Closed.WITHDRAWN, line_times=times) if gone else 0
            DetailTask.objects.filter(uuid__in=[*outcomes, *gone]).delete()
            for result in valid:
                if isinstance(result.outcome, FeedDown):
                    detail_queue.defer(result.uuid, result.marker, str(result.outcome))
                elif isinstance(result.outcome, BadEntry):
                    detail_queue.quarantine(result.uuid, result.marker, f"{result.outcome.reason}: {result.outcome}")
                elif isinstance(result.outcome, Exception) and not isinstance(result.outcome, EntryGone):
                    detail_queue.quarantine(result.uuid, result.marker, f"unreadable: {type(result.outcome).__name__}")
        for outcome in outcomes.values():
            setattr(report, outcome.value, getattr(report, outcome.value) + 1)
        report.closed += closed
        report.gone += len(gone)
        report.superseded += len(batch) - len(valid)
        self._nothing_more = self._nothing_more and len(valid) == len(batch)
        return bool(closed or report.expired)


def _held_as_active(other_than: Iterable[UUID]) -> list[UUID]:
    """Some ads that were fetched lately and should be there still. Chosen at random, so that no odd one decides always."""
    rows = Vacancy.objects.active().exclude(uuid__in=list(other_than))
    recent = rows.order_by("-checked").values_list("uuid", flat=True)[:50]
    return list(Vacancy.objects.filter(uuid__in=list(recent)).order_by("?").values_list("uuid", flat=True)[:CONTROLS])
