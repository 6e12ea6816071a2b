"""Jobs on the search index: rebuild, and consistency check."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from jobsearch.core import jobs
from jobsearch.search import indexing

from . import consistency, error_messages

MAX_LISTED = 200
"""Differences kept in a job's result. `manage.py check_consistency` lists them all."""


def rebuild(job_id: int) -> None:
    """Builds a new index, if the job is still queued."""

    def work(progress: jobs.ProgressRecorder) -> Mapping[str, Any]:
        report = indexing.rebuild(lambda done, total: progress("index", done, total))
        if report.busy:
            raise jobs.AlreadyRunning
        return {"documents": report.indexed, "seconds": round(report.seconds, 1)}

    if job := jobs.claim(job_id):
        jobs.run(job, work, _classify)


def check(job_id: int, *, with_feed: bool) -> None:
    """Compares database and index (and feed), if the job is still queued; keeps the first differences in the result."""

    def work(progress: jobs.ProgressRecorder) -> Mapping[str, Any]:
        started = time.monotonic()
        outcome = consistency.check(with_feed=with_feed, on_progress=progress)
        result: dict[str, Any] = {"differences": len(outcome.found), "with_feed": with_feed}
        if outcome.found:
            result["found"] = [f"{one.uuid} {one.sentence}".strip() for one in outcome.found[:MAX_LISTED]]
        return result | {"seconds": round(time.monotonic() - started, 1)}

    if job := jobs.claim(job_id):
        jobs.run(job, work, _classify)


def _classify(error: Exception) -> tuple[str, str] | None:
    known = error_messages.classify_exception(error)
    return (known.code, known.sentence) if known else None
