"""Following the feed: one run from the stored cursor to the tip, details included. Whatever ends it, the next goes on."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from ingest.client.errors import FeedUnavailable, Unauthorized, UnusablePage
from ingest.client.feed import FeedClient
from ingest.client.tokens import parse_private_token
from jobsearch.core.leases import LeaseLost
from jobsearch.vacancies import store

from . import detail_queue
from .detail_worker import DetailWorker
from .lease import FeedLease, describe_error
from .models import FeedState, Run
from .page_walker import PageWalker
from .report import Hooks, Progress, Report
from .stop_signal import Stopped, StopSignals

log = logging.getLogger(__name__)

THREADS = 6
DETAILS_SECONDS = 60.0
DETAILS_SECONDS_AT_HEAD = 300.0
"""How long details are fetched before lines are read again: what has ended meanwhile may not be shown for much longer."""
RUNS_KEPT = dt.timedelta(days=14)
_PROGRESS_EVERY = 1.0  # seconds between two notes of progress in the run's row


def connect(**options: Any) -> FeedClient:
    """The feed of the settings, with the token that was found last. Raises `WrongOrigin`. To be closed by the caller."""
    state = FeedState.bound(settings.NAV_FEED_URL)
    return FeedClient(
        state.origin,
        **{
            "user_agent": f"jobsearch/0.1 (+{settings.SITE_URL})",
            "private_token": parse_private_token(settings.NAV_FEED_TOKEN),
            "cached_token": state.token,
            "threads": THREADS,
            **options,
        },
    )


def run(
    *,
    on_progress: Progress | None = None,
    after_batch: Callable[[], None] | None = None,
    retry_now: bool = False,
    stop: threading.Event | None = None,
    feed: FeedClient | None = None,
    record_as: Run | None = None,
    requested_by: str = "",
) -> Report:
    """Reads pages to the tip, then fetches every detail that is due.

    `after_batch` is called between transactions, after each batch that wrote something; it should take well under a
    minute, for the lease is not renewed meanwhile. `retry_now` also tries what was put off after failures. `stop`, SIGTERM
    and SIGINT end the run after the transaction under way; the signal is delivered again then. `record_as` is the row of a
    run that somebody asked for.

    The feed's or the database's trouble is told by the report (`problem`, exit code 2). Raises `LeaseHeld` if another
    process follows the feed, `WrongOrigin` if the database belongs to another one.
    """
    report = Report()
    own_feed = feed is None
    feed = feed or connect()
    try:
        with StopSignals(stop) as signals, FeedLease() as lease:
            row = _begin(record_as, requested_by)
            notes = _Notes(row, on_progress)

            def idle() -> None:
                signals.check()
                lease.renew_if_due()

            try:
                _work(feed, lease, report, Hooks(idle, notes, after_batch or _nothing), retry_now)
                row.finish(_state_of(report), report=report.as_json(), error=report.problem)
            except Stopped:
                report.finish(detail_queue.count_by_state())
                row.finish(Run.State.STOPPED, report=report.as_json())
            except LeaseLost as error:
                row.finish(Run.State.FAILED, report=report.as_json(), error=f"lease-lost: {describe_error(error)}")
                raise
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:
                row.finish(Run.State.FAILED, report=report.as_json(), error=f"{type(error).__name__}: {error}")
                raise
    except (OperationalError, InterfaceError) as error:
        log.error("The database failed: %s", error)
        report.problem = f"database: {error}"
    finally:
        if own_feed:
            feed.close()
    return report


def _work(feed: FeedClient, lease: FeedLease, report: Report, hooks: Hooks, retry_now: bool) -> None:
    problem: FeedUnavailable | None = None
    store.close_expired()  # whatever becomes of the feed
    try:
        if retry_now:
            detail_queue.retry_now()
        walk = PageWalker(feed, lease, report, backfill=dt.timedelta(days=settings.FEED_BACKFILL_DAYS), hooks=hooks)
        worker = DetailWorker(feed, lease, report, threads=THREADS, hooks=hooks)
        problem = _take_turns(walk, worker)
    except FeedUnavailable as error:
        problem = error
    if problem:
        log.warning("The run ended early: %s", problem)
        report.problem = str(problem)
    _note_health(lease, feed, problem)
    store.erase_deleted_content()  # once more: somebody may have been reading each time that something was deleted
    report.finish(detail_queue.count_by_state())


def _take_turns(walk: PageWalker, worker: DetailWorker) -> FeedUnavailable | None:
    """Lines and details by turns: neither a feed that never ends nor a long queue of details holds up the other.

    Ends when all lines of the feed were read and no detail is due. Returns what kept the lines from being read.
    """
    problem: FeedUnavailable | None = None
    while True:
        try:
            walk.run_turn()
        except UnusablePage as error:
            problem = error  # the pages lead nowhere, but the details that are owed are to be had
        if walk.at_head:
            try:
                walk.check_head()
            except FeedUnavailable as error:
                problem = error
        if problem:
            worker.run()
            return problem
        if worker.run(DETAILS_SECONDS_AT_HEAD if walk.at_head else DETAILS_SECONDS) and walk.at_head:
            return None


def _note_health(lease: FeedLease, feed: FeedClient, problem: FeedUnavailable | None) -> None:
    lease.fence()
    state = FeedState.objects.get(id=1)
    state.token = feed.tokens.public
    state.token_problem = str(problem) if isinstance(problem, Unauthorized) else ""
    if problem is None:
        state.problem_since = None
    elif not state.problem:
        state.problem_since = timezone.now()
    state.problem = str(problem) if problem else ""
    state.save(update_fields=["token", "token_problem", "problem", "problem_since"])


def _begin(row: Run | None, requested_by: str) -> Run:
    """The row of this run. Holding the lease proves that no other sync is at work, whatever its row says."""
    now = timezone.now()
    Run.objects.filter(kind=Run.Kind.SYNC, state=Run.State.RUNNING).update(state=Run.State.FAILED, finished=now, error="silent")
    Run.objects.filter(finished__lt=now - RUNS_KEPT).delete()
    row = row or Run(kind=Run.Kind.SYNC, requested_by=requested_by)
    row.state, row.started = Run.State.RUNNING, now
    row.save()
    return row


def _state_of(report: Report) -> str:
    return Run.State.FAILED if report.problem else Run.State.DONE


class _Notes:
    """Tells progress to the caller each time, and to the run's row once a second."""

    def __init__(self, row: Run, listener: Progress | None) -> None:
        self._row, self._listener = row, listener
        self._phase, self._began, self._noted = "", 0.0, 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._began, self._noted = phase, now, 0.0
        if self._listener:
            self._listener(phase, done, total)
        if now - self._noted < _PROGRESS_EVERY:
            return
        self._noted = now
        rate = round(done / (now - self._began), 1) if now > self._began else 0.0
        Run.objects.filter(pk=self._row.pk).update(progress={"phase": phase, "done": done, "total": total, "rate": rate})


def _nothing() -> None:
    return None
