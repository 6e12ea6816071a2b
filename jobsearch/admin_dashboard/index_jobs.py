"""Rebuilding and checking as runs: taken by one worker, told about while they last, and ended with a report or a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from ingest.models import Run
from jobsearch.search import api as search

from . import consistency, error_messages

NOTE_SECONDS = 1.0
MOST_LISTED = 200
"""Differences kept in a run's report. `manage.py check_truth` lists them all."""


class Notes:
    """Writes a run's progress into its row, once a second; `seen` tells a run at work from one whose process is gone."""

    def __init__(self, run: Run) -> None:
        self._run, self._phase, self._began, self._noted = run, "", 0.0, 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._began, self._noted = phase, now, 0.0
        if now - self._noted < NOTE_SECONDS:
            return
        self._noted = now
        rate = round(done / (now - self._began), 1) if now > self._began else 0.0
        told = {"phase": phase, "done": done, "total": total, "rate": rate, "seen": timezone.now().isoformat()}
        Run.objects.filter(pk=self._run.pk).update(progress=told)


def rebuild(run_id: int) -> None:
    """Builds a new index, unless the run was taken by another worker or is no longer wanted."""

    def work(notes: Notes) -> dict[str, Any]:
        report = search.rebuild(lambda done, total: notes("index", done, total))
        if report.busy:
            raise AlreadyUnderWay
        return {"documents": report.indexed, "seconds": round(report.seconds, 1)}

    _perform(run_id, work)


def check(run_id: int, *, with_feed: bool) -> None:
    """Compares, and keeps the first differences in the report."""

    def work(notes: Notes) -> dict[str, Any]:
        began = time.monotonic()
        outcome = consistency.check(with_feed=with_feed, on_progress=notes)
        report: dict[str, Any] = {"differences": len(outcome.found), "with_feed": with_feed}
        if outcome.found:
            report["found"] = [f"{one.uuid} {one.sentence}".strip() for one in outcome.found[:MOST_LISTED]]
        return report | {"seconds": round(time.monotonic() - began, 1)}

    _perform(run_id, work)


class AlreadyUnderWay(Exception):
    """The same is being done by another process."""


def _perform(run_id: int, work: Callable[[Notes], dict[str, Any]]) -> None:
    # A message may come twice, or after the row was taken out of the queue: who changes the state does the work.
    taken = Run.objects.filter(pk=run_id, state=Run.State.QUEUED).update(state=Run.State.RUNNING, started=timezone.now())
    if not taken:
        return
    run = Run.objects.get(pk=run_id)
    try:
        report = work(Notes(run))
    except AlreadyUnderWay:
        run.finish(Run.State.SKIPPED)
    except Exception as error:
        trouble = error_messages.of(error)
        problem = f"{trouble.reason}: {trouble.sentence}" if trouble else f"{type(error).__name__}: {error}"
        run.finish(Run.State.FAILED, error=problem)
        if trouble is None:
            raise
    else:
        run.finish(Run.State.DONE, report=report)
