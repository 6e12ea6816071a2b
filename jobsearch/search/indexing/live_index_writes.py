"""Writes to the live index, by one process at a time: it holds the lease "writes"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobsearch.core.leases import Lease
from jobsearch.search.engines.base import Engine, Write, Written
from jobsearch.search.engines.registry import engine
from jobsearch.search.models import IndexState
from jobsearch.search.schema import analysis_fingerprint
from jobsearch.vacancies import pending, prepared_documents, store

from . import chunks, quarantine
from .live_index import RebuildNeeded, open_live

WRITES_SECONDS = 120  # a chunk takes about one; a dead worker blocks the others for so long
LEASE_WAIT = 5.0  # seconds; a chunk of another process takes about one


def remove_ended(began: dt.datetime | None = None) -> int:
    """Removes closed, expired, hidden and deleted ads from the live index; returns their number.

    Analyses nothing, so no ad can delay it: it runs before each chunk of an indexing run, during a rebuild, and as its own
    task. Raises LeaseHeld, EngineDown.
    """
    began = began or timezone.now()
    in_use = engine()
    removed, failed = 0, set[UUID]()
    while found := pending.list_removals(chunks.SIZE, timezone.now(), quarantine.exclude_refused(began)):
        written = write_to_live_index(in_use, [Write(one.uuid, one.version, None, purge=one.forgotten) for one in found])
        if written is None:
            break
        removed += written.done
        if not written.done and failed.issuperset(written.failed):
            break  # only ads that were refused before; or the database was restored, and the next indexing run rebuilds
        failed.update(written.failed)
    return removed


def write_to_live_index(
    in_use: Engine, writes: list[Write], documents: Mapping[UUID, prepared_documents.Analysed] | None = None
) -> Written | None:
    """Writes to the live index and marks the rows as indexed; None where the index must be rebuilt. Raises LeaseHeld.

    `documents`: those to keep for the next rebuild.
    """
    with Lease("writes", WRITES_SECONDS, wait=LEASE_WAIT) as lease:
        try:
            index = open_live(in_use)
        except RebuildNeeded:
            return None
        try:
            # The database counts first, then the index: after a crash in between, the index is never ahead.
            IndexState.objects.update(sequence=F("sequence") + 1)
            written = index.write(writes)
            index.write_sequence(IndexState.objects.get().sequence)
            index.refresh()
        finally:
            index.close()
        left = {*written.stale, *written.failed}
        done = [(write.uuid, write.version) for write in writes if write.uuid not in left]
        with transaction.atomic():
            if documents:
                store.lock_vacancies(write.uuid for write in writes)
            pending.mark_indexed(done)  # rows of ads before the search's own: one order of locks for all
            lease.release()
            quarantine.note_written(writes, written)
            prepared_documents.save_documents(documents or {}, analysis_fingerprint())
    return Written(len(done), written.stale, written.failed)
