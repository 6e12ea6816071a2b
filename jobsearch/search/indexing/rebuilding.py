"""Rebuild: a new index is built from the database while the old one is searched, then it becomes the live one."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable

from django.utils import timezone

from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.search.engines.base import Engine, Index
from jobsearch.search.engines.registry import engine
from jobsearch.search.errors import IndexMissing
from jobsearch.search.schema import analysis_fingerprint
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Vacancy

from . import chunks, quarantine
from .analysis_process import needs_analysis
from .background_writer import BackgroundWriter
from .live_index_writes import remove_ended
from .report import Report
from .switching import REBUILD_SECONDS, REBUILD_WAIT, catch_up_and_switch

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


def rebuild(
    progress: Progress | None = None,
    *,
    reason: str = "it was asked for",
    needed: Callable[[Engine], str] | None = None,
) -> Report:
    """Builds a new index from the database, brings it up to date, and makes it the live one in one step.

    `needed` is called again under the lease: a process that looked in the middle of a switch saw an index that was not yet in
    the database. Searching, and indexing into the old index, continue meanwhile. Raises EngineDown, RebuildFailed.
    """
    started = time.monotonic()
    in_use = engine()
    try:
        with Lease("rebuild", REBUILD_SECONDS, wait=0 if needed else REBUILD_WAIT) as lease:
            if needed and not needed(in_use):
                return Report(seconds=time.monotonic() - started)
            log.info("The search index is built: %s", reason)
            in_use.prune()
            index = in_use.create_index()
            try:
                done = _fill(index, lease, progress)
                catch_up_and_switch(in_use, index, lease, started)
            except BaseException:
                in_use.discard(index)
                raise
            index.close()
    except LeaseHeld:
        return Report(busy=True)
    return Report(done, seconds=time.monotonic() - started, rebuilt=reason)


def _fill(index: Index, lease: Lease, progress: Progress | None) -> int:
    total, done = Vacancy.objects.count(), 0
    with BackgroundWriter(index, quarantine.note_refused) as writer:
        for chunk in pending.iterate_all(chunks.SIZE, analysis_fingerprint()):
            now = timezone.now()
            ready = quarantine.filter_ready(chunk, now)
            if any(needs_analysis(change, now) for change in ready):
                writer.finish()  # no process is forked while a thread has locks that it would inherit
            writes, _failed = chunks.analyse_all(ready, lease.renew)
            writer.start(writes)
            done += len(chunk)
            lease.renew()
            _remove_meanwhile()
            if progress:
                progress(done, max(total, done))
        writer.finish()
    index.refresh()
    return done


def _remove_meanwhile() -> None:
    """Removes ended ads from the live index: a rebuild may occupy all processes of a worker for minutes."""
    with contextlib.suppress(LeaseHeld, IndexMissing):  # another process writes it, or there is none yet
        remove_ended()


def erase(*, at_once: bool = False) -> None:
    """Removes the text of closed ads from the files of the index, within minutes or `at_once`. Raises EngineDown."""
    if engine().erase(at_once=at_once):
        rebuild(reason="the text of closed ads is erased")
