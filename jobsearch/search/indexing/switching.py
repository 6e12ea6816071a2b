"""Switch to another index, a new one or the previous one: brought up to date first, then made the live index."""

from __future__ import annotations

import time

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
PASSES = 5


class RebuildFailed(Exception):
    """The new index, or the previous one, did not become the live index; the present one stays."""


def put_in_service(in_use: Engine, index: Index, lease: Lease, started: float) -> int:
    """Brings an index to the database's present state and switches to it; returns the number of ads that differed."""
    differed = 0
    for attempt in range(PASSES):  # while the old index still follows the database
        found = catching_up.catch_up(index)
        differed += found.differed
        lease.renew()
        last = attempt == PASSES - 1
        if found.differed >= chunks.SIZE and not last:
            continue
        with Lease("writes", WRITES_SECONDS, wait=WRITES_SECONDS + 30) as writes:
            # During this lease no other process marks a changed row as indexed, so it stays pending and the next indexing run
            # takes it. Nothing is analysed here: that could take long, and all other writers wait.
            rows = Vacancy.objects.count()
            settled = catching_up.catch_up_without_analysis(index)
            differed += settled.differed - len(settled.unwritten)
            before = IndexState.objects.first()
            if found.stale or settled.stale or (before and index.read_sequence() > before.sequence):
                raise RebuildFailed("The index holds newer ads than the database, so it stays out. Run manage.py rebuild_index.")
            if settled.unwritten - found.unwritten and not last:
                continue
            writes.renew()
            lease.renew()
            rows, documents = min(rows, Vacancy.objects.count()), index.count()  # ads come and go while we count
            if documents < (rows - len(settled.unwritten)) * 0.99:
                raise RebuildFailed(f"The new index holds {documents} of {rows} ads, so the old one stays. Run it again.")
            # The old index may have ads that this one lacks: they are pending again, so that ended ones are left out of results.
            for some in batched(settled.unwritten, chunks.SIZE):
                Vacancy.objects.filter(uuid__in=some).update(indexed_version=0)
            sequence = max(before.sequence if before else 0, 0) + 1
            make_live(in_use, index, sequence, documents, started)
        return differed
    raise AssertionError("unreachable")


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
