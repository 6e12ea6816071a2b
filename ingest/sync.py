"""Sync run: follows the feed from the stored cursor to its head, details included. The next run continues after any end."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from ingest.client.errors import FeedUnavailable, UnusablePage
from ingest.client.feed import FeedClient
from ingest.client.tokens import parse_private_token
from jobsearch.core import counters, jobs
from jobsearch.core.jobs import Progress
from jobsearch.core.leases import LeaseLost
from jobsearch.core.logging import log_run
from jobsearch.core.models import Job
from jobsearch.vacancies import store

from . import detail_queue
from .detail_worker import DetailWorker
from .lease import FeedLease, describe_error
from .models import FeedJob, FeedState
from .page_walker import PageWalker
from .report import Hooks, Report
from .stop_signal import Stopped, StopSignals

log = logging.getLogger(__name__)

THREADS = 6
DETAILS_SECONDS = 60.0
DETAILS_SECONDS_AT_HEAD = 300.0
"""How long details are fetched before lines are read again, because ads that end meanwhile stay visible until then."""


def connect(**options: Any) -> FeedClient:
    """A client for NAV_FEED_URL, with the last valid token. Raises `WrongOrigin`. The caller closes it."""
    state = FeedState.get_for_feed(settings.NAV_FEED_URL)
    return FeedClient(
        state.origin,
        **{
            "user_agent": f"jobsearch/0.1 (+{settings.SITE_URL})",
            "private_token": parse_private_token(settings.NAV_FEED_TOKEN),
            "cached_token": state.token,
            "threads": THREADS,
            "on_answer": _count_answer,
            **options,
        },
    )


def run(
    *,
    on_progress: Progress | None = None,
    retry_now: bool = False,
    stop: threading.Event | None = None,
    feed: FeedClient | None = None,
    job_id: int | None = None,
    requested_by: str = "",
) -> Report:
    """Runs one sync: reads pages to the head of the feed, then fetches every detail that is due.

    `on_progress` is called between transactions, after each page and each batch of details. It should take well under a
    minute, because the lease is not renewed meanwhile; an exception that it raises ends the run. `retry_now` also fetches
    details that are deferred after failures. `stop`, SIGTERM and SIGINT end the run after the current transaction; the signal
    is delivered again then. `job_id` is a queued job that this run claims; without one, or where it is not queued any more,
    the run creates its own.

    An error of the feed or of the database is returned in the report (`error_code`, exit code 2). Raises `LeaseHeld` if
    another process follows the feed, `WrongOrigin` if the database belongs to another feed.
    """
    report = Report()
    own_feed = feed is None
    feed = feed or connect()
    try:
        with StopSignals(stop) as signals, FeedLease() as lease:
            jobs.fail_running(FeedJob.SYNC)
            jobs.delete_old_jobs()
            job = jobs.claim(job_id) or jobs.begin(FeedJob.SYNC, requested_by)
            recorder = jobs.ProgressRecorder(job, on_progress)

            def idle() -> None:
                signals.check()
                lease.renew_if_due()
                recorder.note_waiting()

            with log_run(f"job-{job.pk}"), _record_end(job, report):
                _work(feed, lease, report, Hooks(idle, recorder), retry_now)
    except (OperationalError, InterfaceError) as error:
        log.error("The database failed: %s", error)
        report.error_code, report.error_detail = "database", str(error)
    finally:
        if own_feed:
            feed.close()
    return report


@contextlib.contextmanager
def _record_end(job: Job, report: Report) -> Iterator[None]:
    """Stores how the run of the block ended; ends a stop, and raises every other error again.

    Errors of the database pass: the job cannot be stored, so the next run marks it as failed.
    """
    try:
        yield
    except (Stopped, jobs.StopRequested) as stop:
        report.finish(detail_queue.count_by_state())
        by = ("stopped", stop.username) if isinstance(stop, jobs.StopRequested) else ("", "")
        jobs.finish(job, Job.State.STOPPED, result=report.as_json(), error=by)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        cause = ("lease-lost", describe_error(error)) if isinstance(error, LeaseLost) else jobs.describe_bug(error)
        jobs.finish(job, Job.State.FAILED, result=report.as_json(), error=cause)
        raise
    else:
        state = Job.State.FAILED if report.error_code else Job.State.DONE
        jobs.finish(job, state, result=report.as_json(), error=(report.error_code, report.error_detail))


def _work(feed: FeedClient, lease: FeedLease, report: Report, hooks: Hooks, retry_now: bool) -> None:
    error: FeedUnavailable | None = None
    store.close_expired()  # even if the feed is down
    try:
        if retry_now:
            detail_queue.retry_now()
        walk = PageWalker(feed, lease, report, backfill=dt.timedelta(days=settings.FEED_BACKFILL_DAYS), hooks=hooks)
        worker = DetailWorker(feed, lease, report, threads=THREADS, hooks=hooks)
        error = _take_turns(walk, worker)
    except FeedUnavailable as raised:
        error = raised
    if error:
        log.warning("The run ended early: %s", error)
        report.error_code, report.error_detail = error.reason, error.sentence
    _record_health(lease, feed, error)
    counters.flush()
    store.erase_deleted_content()  # once more: a reader may have prevented it after each deletion
    report.finish(detail_queue.count_by_state())


def _take_turns(walk: PageWalker, worker: DetailWorker) -> FeedUnavailable | None:
    """Alternates between lines and details, so that neither an endless feed nor a long queue delays the other.

    Ends when all lines of the feed were read and no detail is due. Returns the error that kept lines from being read.
    """
    error: FeedUnavailable | None = None
    while True:
        try:
            walk.run_turn()
        except UnusablePage as raised:
            error = raised  # the next page cannot be read, but queued details can still be fetched
        if walk.at_head:
            try:
                walk.check_head()
            except FeedUnavailable as raised:
                error = raised
        if error:
            worker.run()
            return error
        if worker.run(DETAILS_SECONDS_AT_HEAD if walk.at_head else DETAILS_SECONDS) and walk.at_head:
            return None


def _count_answer(seconds: float, failed: bool) -> None:
    counters.add(counters.FEED_ANSWERS, seconds=seconds)
    if failed:
        counters.add(counters.FEED_ERRORS)


def _record_health(lease: FeedLease, feed: FeedClient, error: FeedUnavailable | None) -> None:
    with transaction.atomic():
        lease.fence()
        state = FeedState.objects.get(id=1)
        state.token = feed.tokens.public
        if error is None:
            state.error_code, state.error_detail, state.error_since = "", "", None
        else:
            state.error_since = state.error_since if state.error_code else timezone.now()
            state.error_code, state.error_detail = error.reason, error.sentence
        state.save(update_fields=["token", "error_code", "error_detail", "error_since"])
