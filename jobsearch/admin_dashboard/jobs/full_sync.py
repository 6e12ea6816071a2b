"""Full sync: the feed read to its head, and the index brought up to date. Run by `manage.py sync`, `start` and the demo."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

from django.db import connection, connections

from ingest import sync
from ingest.report import Report
from jobsearch.core import logging as private_logs
from jobsearch.core.jobs import Progress
from jobsearch.core.leases import LeaseHeld
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.vacancies.models import Vacancy

log = logging.getLogger(__name__)
INDEX_CHUNK = 500
BESIDE_SECONDS = 2.0
"""Pause between two indexing runs beside a sync. A short sync ends before the first."""
LEASE_WAIT = 30.0
"""Seconds that `start` and the demo wait for another process that reads the feed: a worker of the last start may be ending."""
PATIENCE = 150.0
"""Seconds without progress before waiting for another process's indexing ends: longer than the lease of a dead one."""


def follow_to_head(*, on_progress: Progress | None = None, wait: float = 0) -> Report:
    """Reads the feed from the stored cursor to its head, details included, then brings the index up to date.

    Raises what `ingest.sync.run` raises (LeaseHeld, WrongOrigin …), and `search.EngineDown`. What was read from the feed is
    kept even where the engine is down: the index catches up later. `wait`: seconds to wait for another process that follows
    the feed, such as a worker of the last start that is ending.
    """
    open_index()
    until = time.monotonic() + wait
    # Started by a person, perhaps after fixing what failed: deferred details are retried now, not when their pause ends.
    with _index_beside():
        while True:
            try:
                report = sync.run(on_progress=on_progress, retry_now=True)
                break
            except LeaseHeld:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
    if report.error_code != "database":
        drain_index(on_progress)
    return report


@contextlib.contextmanager
def _index_beside() -> Iterator[None]:
    """Indexes what the sync has stored while it runs, in a thread: a first load waits for the feed most of the time.

    What the thread has not done at the end, or could not do, is left to `drain_index`.
    """
    if connection.in_atomic_block:  # another connection would not see what this one has written
        yield
        return
    ended = threading.Event()

    thread = threading.Thread(target=_index_until, args=(ended,), name="index-beside-sync")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _index_until(ended: threading.Event) -> None:
    """Indexing runs until the event is set. A first load takes hours, so one that fails is tried again; the first is logged."""
    has_failed = False
    while not ended.wait(BESIDE_SECONDS):
        try:
            indexing.index_changes(should_stop=ended.is_set)
            has_failed = False
        except Exception as error:  # the sync itself continues; `drain_index` raises a lasting error
            if not has_failed:
                reason = str(error) if isinstance(error, search.EngineDown) else private_logs.format_places(error)
                log.warning("Indexing beside the sync fails, and is tried again: %s", reason)
            has_failed = True
            connections.close_all()  # the next run may need a new one
    connections.close_all()


def open_index() -> None:
    """Creates an empty index before a first load, so that searches work meanwhile.

    Where the database already holds ads, a missing index is built by the worker, and this returns at once. An engine that is
    down does not prevent the sync; the index catches up later.
    """
    if Vacancy.objects.exists():
        return
    try:
        indexing.index_changes(limit=0)
    except search.EngineDown as error:
        log.warning("The search engine does not answer: %s", error)


def drain_index(on_progress: Progress | None = None) -> int:
    """Indexes every row that is not yet indexed, and returns how many documents this process wrote.

    While another process is indexing, waits for it; ends when no process makes progress. Does not wait for ads that are set
    aside: the admin lists them.
    """
    written, least, since = 0, indexing.count_behind(), time.monotonic()
    total = least
    if on_progress and total:
        on_progress("index", 0, total)
    while True:
        report = indexing.index_changes(limit=INDEX_CHUNK)
        written += report.indexed
        behind = indexing.count_behind()
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
