"""Indexing runs: write the rows that are not yet indexed to the live index."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.search.engines.base import Engine, Written
from jobsearch.search.engines.registry import engine
from jobsearch.search.schema import analysis_fingerprint
from jobsearch.vacancies import pending

from . import chunks, live_index, live_index_writes, quarantine
from .index_contents import is_database_restored
from .live_index_writes import remove_ended, write_to_live_index
from .rebuilding import rebuild
from .report import Report

INDEXING_SECONDS = 120  # renewed between chunks after 30; a chunk takes about one, and some forty at worst


def index_changes(limit: int | None = None, should_stop: Callable[[], bool] | None = None) -> Report:
    """Indexes the rows that are not yet indexed, `chunks.SIZE` at a time, the newest first; builds the index where there is none.

    `limit`: maximum number of documents; removals are all written, before each chunk. Raises EngineDown; rows that are not marked
    as indexed are indexed again by the next run.
    """
    started, began = time.monotonic(), timezone.now()
    in_use = engine()
    if reason := live_index.must_rebuild(in_use):
        return rebuild(reason=reason, needed=live_index.must_rebuild)
    done = _Done()
    try:
        done.indexed += remove_ended(began)
        if (limit is None or done.indexed < limit) and quarantine.count_behind(began):
            # Only one run analyses at a time: several would make the same documents and occupy every process of a worker.
            with Lease("indexing", INDEXING_SECONDS, wait=live_index_writes.LEASE_WAIT) as lease:
                if _index_chunks(in_use, began, lease, done, limit, should_stop):
                    return rebuild(reason="the database is older than the index")
    except LeaseHeld:
        return done.report(started, busy=not done.indexed)
    return done.report(started)


@dataclass(slots=True)
class _Done:
    indexed: int = 0
    stale: int = 0
    failed: set[UUID] = field(default_factory=set)

    def report(self, started: float, *, busy: bool = False) -> Report:
        return Report(self.indexed, self.stale, len(self.failed), time.monotonic() - started, busy=busy)


def _index_chunks(
    in_use: Engine, began: dt.datetime, lease: Lease, done: _Done, limit: int | None, should_stop: Callable[[], bool] | None
) -> bool:
    """Indexes chunk after chunk; True where the database is older than the index."""
    while (limit is None or done.indexed < limit) and not (should_stop and should_stop()):
        wanted = chunks.SIZE if limit is None else min(chunks.SIZE, limit - done.indexed)
        found = pending.list_changes(wanted, quarantine.exclude_waiting(began), analysis_fingerprint())
        if not found:
            break
        written = _index_chunk(in_use, quarantine.drop_refused_documents(found))
        done.stale += len(written.stale)
        done.indexed += written.done
        if written.stale and is_database_restored(in_use, written.stale):
            return True
        if not written.done and not written.stale and done.failed.issuperset(written.failed):
            break  # the live index was switched meanwhile, or only ads are left that this run has tried
        done.failed.update(written.failed)
        if len(found) < wanted and written.done + len(written.stale) + len(written.failed) == len(found):
            break  # none is left; what has changed meanwhile is for the next run
        lease.renew_if_due()
        done.indexed += remove_ended(began)
    return False


def _index_chunk(in_use: Engine, found: list[pending.Change]) -> Written:
    """Analyses and writes. `failed`: quarantined by the analysis or the engine."""
    analysed, failed = chunks.analyse_chunk(found)
    written = (write_to_live_index(in_use, analysed.writes, analysed.documents) if analysed.writes else None) or Written()
    return Written(written.done, written.stale, {**failed, **written.failed})
