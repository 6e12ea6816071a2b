"""One whole pass: the feed read to its tip, then the index drained. What `manage.py sync`, the demo and the admin run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ingest import sync
from ingest.models import Run
from ingest.report import Report
from jobsearch import search

Progress = Callable[[str, int, int | None], None]
INDEX_CHUNK = 500


def follow_to_tip(
    *,
    on_progress: Progress | None = None,
    after_batch: Callable[[], None] | None = None,
    record_as: Run | None = None,
) -> Report:
    """Reads the feed from the stored cursor to the tip, details included, then brings the index up to the record.

    `record_as` is the row of a run that somebody asked for; without one, the pass makes its own.
    Raises what `ingest.sync.run` raises (LeaseHeld, FeedError …), and `search.EngineDown`. What the feed gave is kept even
    where the engine is down: the index catches up later.
    """
    report = sync.run(on_progress=on_progress, after_batch=after_batch, record_as=record_as)
    drain_index(on_progress)
    return report


def drain_index(on_progress: Progress | None = None) -> int:
    """Takes over into the index every row that is behind; returns how many documents were written."""
    progress = None if on_progress is None else partial(on_progress, "index")
    return search.index_changes(progress=progress).written
