"""Indexing runs and rebuilds: the index follows the database.

Invariant: the live index has at least the version of each ad that its row states as indexed. What breaks it (another engine,
a changed schema, a restored database) is detected by `live_index.must_rebuild`, and the next indexing run rebuilds the index.

No ad waits for another: removals are written first and need no analysis (`remove_ended`), documents are made outside the
lease "writes" and with a time limit (`analysis_process`), and what cannot be indexed is quarantined (`quarantine`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobsearch.core.batches import batched
from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.search.engines.base import Engine, Index, Write, Written
from jobsearch.search.engines.registry import engine
from jobsearch.search.errors import IndexMissing
from jobsearch.search.models import IndexState
from jobsearch.search.schema import analysis_fingerprint, fingerprint
from jobsearch.vacancies import pending, prepared_documents, store
from jobsearch.vacancies.models import Vacancy

from . import quarantine
from .analysis_process import analyse, needs_analysis
from .background_writer import BackgroundWriter
from .documents import make_removal
from .index_contents import is_database_restored, iterate_versions, mark_all_indexed, purge_unknown
from .live_index import RebuildNeeded, must_rebuild, open_live

log = logging.getLogger(__name__)
CHUNK = 250  # rows; some 3 MB of documents, a quarter of a second of an index's time; 500 took 10 MB more and were no faster
WRITES_SECONDS = 120  # a chunk takes about one; a dead worker blocks the others for so long
INDEXING_SECONDS = 120  # renewed between chunks after 30; a chunk takes about one, and some forty at worst
LEASE_WAIT = 5.0  # seconds; a chunk of another process takes about one
REBUILD_WAIT = 2.0  # seconds; a process that saw an index in the middle of a switch holds the lease only to look again
REBUILD_SECONDS = 180  # renewed with each chunk; for a lost machine; a dead process of this machine blocks nothing
PASSES = 5
Progress = Callable[[int, int], None]


class RebuildFailed(Exception):
    """The new index, or the previous one, did not become the live index; the present one stays."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Result of bringing an index up to date.

    `differed`: number of ads. `stale`: the index has newer versions of these than the database. `unwritten`: it does not have the
    present version of these, because they are quarantined or were not to be analysed.
    """

    differed: int
    stale: frozenset[UUID] = frozenset()
    unwritten: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Report:
    """Result of an indexing run.

    `failed`: quarantined by this run. `busy`: another run is active, nothing was done. `rebuilt`: the reason for a rebuild, ""
    for none.
    """

    indexed: int = 0
    stale: int = 0
    failed: int = 0
    seconds: float = 0.0
    busy: bool = False
    rebuilt: str = ""


def index_changes(limit: int | None = None, should_stop: Callable[[], bool] | None = None) -> Report:
    """Indexes the rows that are not yet indexed, `CHUNK` at a time, the newest first; builds the index where there is none.

    `limit`: maximum number of documents; removals are all written, before each chunk. Raises EngineDown; rows that are not marked
    as indexed are indexed again by the next run.
    """
    started, began = time.monotonic(), timezone.now()
    in_use = engine()
    if reason := must_rebuild(in_use):
        return rebuild(reason=reason, needed=must_rebuild)
    done = _Done()
    try:
        done.indexed += remove_ended(began)
        if (limit is None or done.indexed < limit) and quarantine.count_behind(began):
            # Only one run analyses at a time: several would make the same documents and occupy every process of a worker.
            with Lease("indexing", INDEXING_SECONDS, wait=LEASE_WAIT) as lease:
                if _take_over(in_use, began, lease, done, limit, should_stop):
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


def _take_over(
    in_use: Engine, began: dt.datetime, lease: Lease, done: _Done, limit: int | None, should_stop: Callable[[], bool] | None
) -> bool:
    """Indexes chunk after chunk; True where the database is older than the index."""
    while (limit is None or done.indexed < limit) and not (should_stop and should_stop()):
        wanted = CHUNK if limit is None else min(CHUNK, limit - done.indexed)
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


def remove_ended(began: dt.datetime | None = None) -> int:
    """Removes closed, expired, hidden and deleted ads from the live index; returns their number.

    Analyses nothing, so no ad can delay it: it runs before each chunk of an indexing run, during a rebuild, and as its own
    task. Raises LeaseHeld, EngineDown.
    """
    began = began or timezone.now()
    in_use = engine()
    removed, failed = 0, set[UUID]()
    while found := pending.list_removals(CHUNK, timezone.now(), quarantine.exclude_refused(began)):
        written = _write_to_current(in_use, [Write(one.uuid, one.version, None, purge=one.forgotten) for one in found])
        if written is None:
            break
        removed += written.done
        if not written.done and failed.issuperset(written.failed):
            break  # only ads that were refused before; or the database was restored, and the next indexing run rebuilds
        failed.update(written.failed)
    return removed


def _index_chunk(in_use: Engine, found: list[pending.Change]) -> Written:
    """Analyses and writes. `failed`: quarantined by the analysis or the engine."""
    analysed = analyse(found, timezone.now())
    quarantine.add_failures((change.uuid, change.version, failure) for change, failure in analysed.failed)
    failed = {change.uuid: failure.reason for change, failure in analysed.failed}
    written = (_write_to_current(in_use, analysed.writes, analysed.documents) if analysed.writes else None) or Written()
    return Written(written.done, written.stale, {**failed, **written.failed})


def _write_to_current(
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
                put_in_service(in_use, index, lease, started)
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
        for chunk in pending.iterate_all(CHUNK, analysis_fingerprint()):
            now = timezone.now()
            ready = quarantine.filter_ready(chunk, now)
            if any(needs_analysis(change, now) for change in ready):
                writer.finish()  # no process is forked while a thread has locks that it would inherit
            writes, _failed = analyse_all(ready, lease.renew)
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


def put_in_service(in_use: Engine, index: Index, lease: Lease, started: float) -> int:
    """Brings an index to the database's present state and switches to it; returns the number of ads that differed."""
    differed = 0
    for attempt in range(PASSES):  # while the old index still follows the database
        found = catch_up(index)
        differed += found.differed
        lease.renew()
        last = attempt == PASSES - 1
        if found.differed >= CHUNK and not last:
            continue
        with Lease("writes", WRITES_SECONDS, wait=WRITES_SECONDS + 30) as writes:
            # During this lease no other process marks a changed row as indexed, so it stays pending and the next indexing run
            # takes it. Nothing is analysed here: that could take long, and all other writers wait.
            rows = Vacancy.objects.count()
            settled = _settle(index)
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
            for some in batched(settled.unwritten, CHUNK):
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


def catch_up(index: Index) -> CaughtUp:
    """Brings an index to the database's present versions, except for quarantined ads."""
    return _catch_up(index, _write_changes)


def _settle(index: Index) -> CaughtUp:
    """Removes ended ads from an index, and returns what else differs. Analyses nothing."""
    return _catch_up(index, _write_removals)


def _catch_up(index: Index, write: Callable[[Index, list[pending.Change]], Written]) -> CaughtUp:
    differed = seen = 0
    stale: set[UUID] = set()
    unwritten: set[UUID] = set()
    for versions in iterate_versions():
        held = index.read_stored(versions)
        behind = [uuid for uuid, version in versions.items() if uuid not in held or held[uuid].version != version]
        for some in batched(behind, CHUNK):
            written = write(index, pending.read_changes(some, analysis_fingerprint()))
            stale.update(written.stale)
            unwritten.update(written.failed)
        differed += len(behind)
        seen += len(versions)
    if differed:
        index.refresh()
    # Compared with the rows that were read, not with those of now: a new ad must not balance one to be removed.
    if index.count() > seen - len(unwritten):
        differed += purge_unknown(index)
    return CaughtUp(differed, frozenset(stale), frozenset(unwritten))


def _write_changes(index: Index, found: list[pending.Change]) -> Written:
    """Analyses and writes; `failed`: all ads that the index does not have, those quarantined before included."""
    trying = quarantine.filter_ready(found, timezone.now())
    tried = {change.uuid for change in trying}
    skipped = {change.uuid: "set aside" for change in found if change.uuid not in tried}
    writes, failed = analyse_all(trying)
    written = _write_all(index, writes)
    quarantine.note_refused(writes, written)
    return Written(written.done, written.stale, {**skipped, **failed, **written.failed})


def analyse_all(found: list[pending.Change], keep: Callable[[], None] | None = None) -> tuple[list[Write], dict[UUID, str]]:
    """The writes for these rows, and the ads that were quarantined instead. `keep` is called every few seconds."""
    writes: list[Write] = []
    failed: dict[UUID, str] = {}
    while found:
        if keep:
            keep()
        analysed = analyse(found, timezone.now())
        quarantine.add_failures((change.uuid, change.version, failure) for change, failure in analysed.failed)
        prepared_documents.save_documents(analysed.documents, analysis_fingerprint())
        failed |= {change.uuid: failure.reason for change, failure in analysed.failed}
        writes += analysed.writes
        found = analysed.left
    return writes, failed


def _write_removals(index: Index, found: list[pending.Change]) -> Written:
    now = timezone.now()
    removals = [removal for change in found if (removal := make_removal(change, now))]
    written = _write_all(index, removals)
    removed = {write.uuid for write in removals}
    left = {change.uuid: "not analysed" for change in found if change.uuid not in removed}
    return Written(written.done, written.stale, {**written.failed, **left})


def _write_all(index: Index, writes: list[Write]) -> Written:
    return index.write(writes) if writes else Written()


def erase(*, at_once: bool = False) -> None:
    """Removes the text of closed ads from the files of the index, within minutes or `at_once`. Raises EngineDown."""
    if engine().erase(at_once=at_once):
        rebuild(reason="the text of closed ads is erased")
