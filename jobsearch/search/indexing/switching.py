"""Switch to another index, a new one or the previous one: brought up to date first, then made the live index."""

from __future__ import annotations

import time
from collections.abc import Iterable, Set
from uuid import UUID

from django.utils import timezone

from jobsearch.core.batches import batched
from jobsearch.core.leases import Lease
from jobsearch.search.engines.base import Engine, Index
from jobsearch.search.models import IndexState
from jobsearch.search.schema import fingerprint
from jobsearch.vacancies.models import Vacancy

from . import catching_up, chunks
from .index_contents import mark_all_indexed
from .live_index_writes import WRITES_SECONDS

REBUILD_SECONDS = 180  # renewed with each chunk; for a lost machine; a dead process of this machine blocks nothing
REBUILD_WAIT = 2.0  # seconds; a process that saw an index in the middle of a switch holds the lease only to look again
PASSES = 5  # after so many it switches, even if many ads differ or need an analysis


class RebuildFailed(Exception):
    """The new index, or the previous one, did not become the live index; the present one stays."""


def catch_up_and_switch(in_use: Engine, index: Index, lease: Lease, started: float) -> int:
    """Brings an index to the database's present state and makes it the live one; returns the number of ads that differed.

    It catches up again while many ads differ: the old index still follows the database. The rest is done under the lease
    "writes": no other process marks a changed row as indexed then, so it stays pending and the next indexing run takes it.

    `lease`: "rebuild", which the caller holds. `started`: see `make_live`. Raises RebuildFailed.
    """
    passes = differed = 0
    while True:
        found = catching_up.catch_up(index)
        differed += found.differed
        lease.renew()
        passes += 1
        is_last = passes == PASSES
        if found.differed >= chunks.SIZE and not is_last:
            continue
        with Lease("writes", WRITES_SECONDS, wait=WRITES_SECONDS + 30) as writes:
            rows = Vacancy.objects.count()
            # Nothing is analysed here: that could take long, and all other writers wait.
            rest = catching_up.catch_up_without_analysis(index)
            differed += rest.differed - len(rest.unwritten)
            state = IndexState.objects.first()
            _check_not_newer(index, found.stale | rest.stale, state)
            if rest.unwritten - found.unwritten and not is_last:
                continue  # these ads can be analysed before the switch
            writes.renew()
            lease.renew()
            rows, documents = min(rows, Vacancy.objects.count()), index.count()  # ads come and go while we count
            _check_nearly_complete(documents, rows, len(rest.unwritten))
            _mark_pending(rest.unwritten)
            make_live(in_use, index, state.sequence + 1 if state else 1, documents, started)
        return differed


def _check_not_newer(index: Index, stale: Set[UUID], state: IndexState | None) -> None:
    """Raises RebuildFailed where the database is older than the index: it was restored from a backup."""
    if stale or (state and index.read_sequence() > state.sequence):
        raise RebuildFailed("The index holds newer ads than the database, so it stays out. Run manage.py rebuild_index.")


def _check_nearly_complete(documents: int, rows: int, unwritten: int) -> None:
    """Raises RebuildFailed where more than one of a hundred ads is missing, those known to be unwritten not counted."""
    if documents < (rows - unwritten) * 0.99:
        raise RebuildFailed(f"The new index holds {documents} of {rows} ads, so the old one stays. Run it again.")


def _mark_pending(unwritten: Iterable[UUID]) -> None:
    """Marks ads as pending again: the old index may have their present version, this one has not.

    Searches leave out the ended ones among them.
    """
    for some in batched(unwritten, chunks.SIZE):
        Vacancy.objects.filter(uuid__in=some).update(indexed_version=0)


def make_live(in_use: Engine, index: Index, sequence: int, documents: int, started: float) -> None:
    """Switches to an index that is up to date, and records it. `started`: of its making, in seconds of `time.monotonic`."""
    index.write_sequence(sequence)
    in_use.switch(index)
    IndexState.objects.update_or_create(
        id=1,
        defaults={
            "identity": index.get_identity(),
            "fingerprint": fingerprint(),
            "sequence": sequence,
            "documents": documents,
            "built": timezone.now(),
            "seconds": time.monotonic() - started,
        },
    )
    mark_all_indexed(index)
