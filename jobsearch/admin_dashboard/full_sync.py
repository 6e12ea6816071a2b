"""One whole pass: the feed read to its tip, then the index drained. What `manage.py sync`, the demo and the admin run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from ingest import sync
from ingest.models import Run
from ingest.report import Report
from jobsearch.search import api as search
from jobsearch.vacancies.models import Vacancy

log = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]
INDEX_CHUNK = 500
PATIENCE = 150.0
"""Seconds that another process may hold the index without getting on: longer than the lease of one that has died."""


def follow_to_tip(
    *,
    on_progress: Progress | None = None,
    after_batch: Callable[[], None] | None = None,
    record_as: Run | None = None,
) -> Report:
    """Reads the feed from the stored cursor to the tip, details included, then brings the index up to the record.

    `record_as` is the row of a run that somebody asked for; without one, the pass makes its own.
    Raises what `ingest.sync.run` raises (LeaseHeld, WrongOrigin …), and `search.EngineDown`. What the feed gave is kept even
    where the engine is down: the index catches up later.
    """
    open_index()
    # Somebody asked for this pass, perhaps because what failed is mended: what was put off is tried now, not when its pause ends.
    report = sync.run(on_progress=on_progress, after_batch=after_batch, record_as=record_as, retry_now=True)
    if not report.problem.startswith("database:"):
        drain_index(on_progress)
    return report


def open_index() -> None:
    """Sees to it, before a first load, that there is an index to search in and to fill: an empty one is made at once.

    Where the record holds ads already, a missing index is for the worker to build, and nobody waits for it here.
    An engine that is down is no reason not to follow the feed; the index catches up when it is back.
    """
    if Vacancy.objects.exists():
        return
    try:
        search.index_changes(limit=0)
    except search.EngineDown as error:
        log.warning("The search engine does not answer: %s", error)


def drain_index(on_progress: Progress | None = None) -> int:
    """Takes over into the index every row that is behind, and returns how many documents this process wrote.

    While another process is indexing, waits for it; gives up only when no process makes progress. Does not wait for ads that
    are set aside: the admin lists them.
    """
    written, least, since = 0, search.count_behind(), time.monotonic()
    total = least
    if on_progress and total:
        on_progress("index", 0, total)
    while True:
        report = search.index_changes(limit=INDEX_CHUNK)
        written += report.indexed
        behind = search.count_behind()
        total = max(total, behind)
        if on_progress:
            on_progress("index", total - behind, total)
        if not behind:
            return written
        if behind < least:
            least, since = behind, time.monotonic()
        stuck = not report.indexed and not report.busy and not report.rebuilt
        if stuck or time.monotonic() - since > PATIENCE:
            return written
        if report.busy:
            time.sleep(0.5)
