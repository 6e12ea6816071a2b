"""Jobs on the search index: rebuild, rollback, and consistency check with or without repair."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from jobsearch.core import jobs
from jobsearch.core.models import Job
from jobsearch.search import indexing

from . import consistency, error_messages

MAX_LISTED = 200
"""Differences kept in a job's result. `manage.py check_consistency` lists them all."""


def rebuild(job_id: int) -> None:
    """Builds a new index, if the job is still queued."""
    run_claimed(job_id, lambda job, progress: _describe(indexing.rebuild(lambda done, total: progress("index", done, total))))


def rollback(job_id: int) -> None:
    """Makes the previous index the live one again, if the job is still queued."""
    run_claimed(job_id, lambda job, progress: _describe(indexing.rollback()))


def check(job_id: int, *, with_feed: bool, repair: bool = False) -> None:
    """Compares database and index (and feed), and repairs what differs if `repair`, if the job is still queued.

    Keeps the first of the differences that are left in the result.
    """

    def work(job: Job, progress: jobs.Progress) -> Mapping[str, Any]:
        started = time.monotonic()
        outcome = consistency.check(with_feed=with_feed, repair=repair, on_progress=progress)
        result: dict[str, Any] = {"differences": len(outcome.found)}
        if repair:
            result |= {"mended": len(outcome.repaired), "left": len(outcome.left)}
        result["with_feed"] = with_feed
        if outcome.left:
            result["found"] = [f"{one.uuid} {one.sentence}".strip() for one in outcome.left[:MAX_LISTED]]
        return result | {"seconds": round(time.monotonic() - started, 1)}

    run_claimed(job_id, work)


def run_claimed(
    job_id: int,
    work: Callable[[Job, jobs.Progress], Mapping[str, Any]],
    classify: Callable[[Exception], tuple[str, str] | None] = error_messages.classify_for_job,
) -> None:
    """Runs the work of a job, unless it is not queued any more. `classify` as in `jobs.run`."""
    if job := jobs.claim(job_id):
        jobs.run(job, lambda progress: work(job, progress), classify)


def _describe(report: indexing.Report) -> Mapping[str, Any]:
    if report.busy:
        raise jobs.AlreadyRunning
    return {"documents": report.indexed, "seconds": round(report.seconds, 1)}
