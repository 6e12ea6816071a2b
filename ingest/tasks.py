"""Celery tasks: wake-ups without logic. One that is lost costs an interval; one that comes twice finds the lease held."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from celery import shared_task

from ingest.client.errors import FeedError, WrongOrigin
from ingest.client.feed import FeedClient
from jobsearch.core.leases import LeaseError, LeaseHeld

from . import detail_queue, replay, sync
from .lease import describe_error
from .models import Run


@shared_task
def follow_feed(run_id: int | None = None) -> dict[str, Any] | None:
    """One run to the tip. `run_id` is the row of a run that an administrator asked for."""
    asked_for = Run.objects.filter(pk=run_id).first() if run_id else None
    try:
        return sync.run(record_as=asked_for).as_json()
    except LeaseError as error:
        if asked_for and isinstance(
            error, LeaseHeld
        ):  # nobody waits for the others: the one that holds the lease does their work
            asked_for.finish(Run.State.SKIPPED, error=f"lease-held: {describe_error(error)}")
    except WrongOrigin as error:
        row = asked_for or Run.objects.create(kind=Run.Kind.SYNC)
        row.finish(Run.State.FAILED, error=f"wrong-origin: {error}")
    return None


@shared_task
def replay_overlap(run_id: int | None = None) -> dict[str, int] | None:
    """Walks the last days again and queues what was missed; the next run fetches it."""

    def work() -> dict[str, int]:
        with _feed() as feed:
            return replay.replay_overlap(feed)

    return _recorded(Run.Kind.REPLAY, run_id, work)


@shared_task
def recheck_active(run_id: int | None = None) -> dict[str, int] | None:
    """Queues a slice of the active ads for another look."""
    return _recorded(Run.Kind.RECHECK, run_id, lambda: {"queued": replay.enqueue_recheck()})


@shared_task
def retry_quarantined(run_id: int | None = None) -> dict[str, int] | None:
    """Gives every ad in quarantine a fresh start, and fetches at once."""
    counts = _recorded(Run.Kind.RETRY, run_id, lambda: {"queued": detail_queue.release_quarantined() + detail_queue.retry_now()})
    follow_feed.delay()
    return counts


@contextlib.contextmanager
def _feed() -> Iterator[FeedClient]:
    feed = sync.connect(threads=1)
    try:
        yield feed
    finally:
        feed.close()


def _recorded(kind: Run.Kind, run_id: int | None, work: Callable[[], dict[str, int]]) -> dict[str, int] | None:
    """Does the work and writes in a run's row how it went; the feed's trouble is told there and nowhere else."""
    row = (Run.objects.filter(pk=run_id).first() if run_id else None) or Run(kind=kind)
    row.state = Run.State.RUNNING
    row.save()
    try:
        counts = work()
    except FeedError as error:
        row.finish(Run.State.FAILED, error=str(error))
        return None
    except WrongOrigin as error:
        row.finish(Run.State.FAILED, error=f"wrong-origin: {error}")
        return None
    except Exception as error:
        row.finish(Run.State.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    row.finish(Run.State.DONE, report=counts)
    return counts
