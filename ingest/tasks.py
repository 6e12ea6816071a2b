"""Celery tasks of the feed: wake-ups without logic. A lost message costs one interval; a duplicate finds the lease held."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from celery import shared_task

from ingest.client.errors import FeedError, WrongOrigin
from ingest.client.feed import FeedClient
from jobsearch.core import jobs
from jobsearch.core.leases import LeaseError, LeaseHeld
from jobsearch.core.models import Job

from . import detail_queue, replay, sync
from .lease import describe_error
from .models import JobKind


@shared_task
def follow_feed(job_id: int | None = None) -> dict[str, Any] | None:
    """One sync run to the head of the feed. `job_id` is a job that an administrator started."""
    try:
        return sync.run(job_id=job_id).as_json()
    except LeaseError as error:
        if isinstance(error, LeaseHeld) and (job := jobs.claim(job_id)):  # the process that holds the lease does the work
            jobs.finish(job, Job.State.SKIPPED, error=("lease-held", describe_error(error)))
    except WrongOrigin as error:
        job = jobs.claim(job_id) or jobs.begin(JobKind.SYNC)
        jobs.finish(job, Job.State.FAILED, error=("wrong-origin", str(error)))
    return None


@shared_task
def replay_overlap(job_id: int | None = None) -> Mapping[str, Any] | None:
    """Reads the lines of the last days again and queues missed ones; the next sync run fetches their details."""

    def work() -> dict[str, int]:
        with _feed() as feed:
            return replay.replay_overlap(feed)

    return _run(JobKind.REPLAY, job_id, work)


@shared_task
def recheck_active(job_id: int | None = None) -> Mapping[str, Any] | None:
    """Queues a slice of the active ads for another fetch."""
    return _run(JobKind.RECHECK, job_id, lambda: {"queued": replay.enqueue_recheck()})


@shared_task
def retry_quarantined(job_id: int | None = None) -> Mapping[str, Any] | None:
    """Resets every quarantined ad and fetches them at once."""
    counts = _run(JobKind.RETRY, job_id, lambda: {"queued": detail_queue.release_quarantined() + detail_queue.retry_now()})
    follow_feed.delay()
    return counts


@contextlib.contextmanager
def _feed() -> Iterator[FeedClient]:
    feed = sync.connect(threads=1)
    try:
        yield feed
    finally:
        feed.close()


def _run(kind: JobKind, job_id: int | None, work: Callable[[], dict[str, int]]) -> Mapping[str, Any] | None:
    """Runs the work as a job; errors of the feed are recorded in its row and nowhere else.

    Does nothing where the given job cannot be claimed: its message was delivered twice, or it was cancelled.
    """
    job = jobs.begin(kind) if job_id is None else jobs.claim(job_id)
    return jobs.run(job, lambda _progress: work(), _classify) if job else None


def _classify(error: Exception) -> tuple[str, str] | None:
    if isinstance(error, FeedError):
        return error.reason, error.sentence
    if isinstance(error, WrongOrigin):
        return "wrong-origin", str(error)
    return None
