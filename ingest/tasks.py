"""Celery tasks of the feed, without logic of their own. A lost message costs one interval; a duplicate finds the lease held."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from ingest.client.errors import FeedError, WrongOrigin
from ingest.client.feed import FeedClient
from jobsearch.core import jobs
from jobsearch.core.leases import LeaseError, LeaseHeld
from jobsearch.core.models import Job
from jobsearch.vacancies.visibility import OSLO

from . import detail_queue, pausing, replay, sync
from .lease import describe_error
from .models import FeedJob

MAX_ADS = 1_000_000
"""Ads of one check of all active ads, some hundred times as many as there are."""


@shared_task
def follow_feed(job_id: int | None = None) -> dict[str, Any] | None:
    """One sync run to the head of the feed. `job_id` is a job that an administrator started, which a pause does not prevent."""
    if job_id is None and pausing.is_paused():
        return None
    try:
        return sync.run(job_id=job_id).as_json()
    except LeaseError as error:
        if isinstance(error, LeaseHeld) and (job := jobs.claim(job_id)):  # the process that holds the lease does the work
            jobs.finish(job, Job.State.SKIPPED, error=("lease-held", describe_error(error)))
    except WrongOrigin as error:
        job = jobs.claim(job_id) or jobs.begin(FeedJob.SYNC)
        jobs.finish(job, Job.State.FAILED, error=("wrong-origin", str(error)))
    return None


@shared_task
def replay_overlap(job_id: int | None = None) -> Mapping[str, Any] | None:
    """Reads the lines of the last days again and queues missed ones; the next sync run fetches their details.

    The argument `since`, a date, makes it read from that day on.
    """

    def work(job: Job, progress: jobs.Progress) -> dict[str, int]:
        overlap = replay.OVERLAP
        if since := job.arguments.get("since"):
            overlap = timezone.now() - dt.datetime.combine(dt.date.fromisoformat(since), dt.time(), tzinfo=OSLO)
        with _feed() as feed:
            return replay.replay_overlap(feed, overlap=overlap, on_progress=progress)

    return None if _is_paused(job_id) else _run(FeedJob.REPLAY, job_id, work)


@shared_task
def recheck_active(job_id: int | None = None) -> Mapping[str, Any] | None:
    """Queues a slice of the active ads for another fetch."""
    if _is_paused(job_id):
        return None
    return _run(FeedJob.RECHECK, job_id, lambda job, progress: {"queued": replay.enqueue_recheck()})


@shared_task
def recheck_all(job_id: int) -> Mapping[str, Any] | None:
    """Queues every active ad for another fetch, and starts a sync run that fetches them."""
    counts = _run(FeedJob.RECHECK, job_id, lambda job, progress: {"queued": replay.enqueue_recheck(MAX_ADS)})
    _start_sync()
    return counts


@shared_task
def fetch_ad(job_id: int) -> Mapping[str, Any] | None:
    """Queues one ad, the argument `uuid`, for another fetch, and starts a sync run that fetches it."""
    counts = _run(FeedJob.FETCH, job_id, lambda job, progress: {"queued": replay.enqueue_checks([UUID(job.arguments["uuid"])])})
    _start_sync()
    return counts


@shared_task
def retry_quarantined(job_id: int | None = None) -> Mapping[str, Any] | None:
    """Resets every quarantined ad and fetches them at once."""

    def work(job: Job, progress: jobs.Progress) -> dict[str, int]:
        return {"queued": detail_queue.release_quarantined() + detail_queue.retry_now()}

    counts = _run(FeedJob.RETRY, job_id, work)
    _start_sync()
    return counts


@shared_task
def discard_quarantined(job_id: int) -> Mapping[str, Any] | None:
    """Removes every quarantined ad from the queue. A later line, or the consistency check, brings an ad back."""
    return _run(FeedJob.DISCARD, job_id, lambda job, progress: {"discarded": detail_queue.discard_quarantined()})


@shared_task
def pause(job_id: int) -> Mapping[str, Any] | None:
    """Pauses reading the feed for the argument `hours`."""

    def work(job: Job, progress: jobs.Progress) -> dict[str, str]:
        return {"until": pausing.pause(int(job.arguments["hours"]), job.requested_by).isoformat(timespec="seconds")}

    return _run(FeedJob.PAUSE, job_id, work)


@shared_task
def resume(job_id: int) -> Mapping[str, Any] | None:
    """Ends a pause, and reads the feed at once."""
    counts = _run(FeedJob.RESUME, job_id, lambda job, progress: {"resumed": pausing.resume()})
    _start_sync()
    return counts


def _start_sync() -> None:
    with contextlib.suppress(OSError, OperationalError):  # the broker does not answer: the schedule starts it
        follow_feed.apply_async(retry=False)


def _is_paused(job_id: int | None) -> bool:
    """Whether this is a run of the schedule during a pause."""
    return job_id is None and pausing.is_paused()


@contextlib.contextmanager
def _feed() -> Iterator[FeedClient]:
    feed = sync.connect(threads=1)
    try:
        yield feed
    finally:
        feed.close()


def _run(kind: FeedJob, job_id: int | None, work: Callable[[Job, jobs.Progress], Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Runs the work as a job; errors of the feed are recorded in its row only.

    Does nothing where the given job cannot be claimed: its message was delivered twice, or it was cancelled.
    """
    job = jobs.begin(kind) if job_id is None else jobs.claim(job_id)
    return jobs.run(job, lambda progress: work(job, progress), _classify) if job else None


def _classify(error: Exception) -> tuple[str, str] | None:
    if isinstance(error, FeedError):
        return error.reason, error.sentence
    if isinstance(error, WrongOrigin):
        return "wrong-origin", str(error)
    return None
