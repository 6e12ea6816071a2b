"""The index follows the database, and is built anew when it must be.

Invariant: the index in service holds, of each ad, at least the version that its row calls indexed. What breaks it (another
engine, a changed schema, a restored database) is noticed by `must_rebuild`, and the next indexing run rebuilds.

No ad waits for another: what is to leave the index is written first and without any analysis (`remove_ended`), documents are made
outside the lease "writes" and with a bound (`analyser`), and what cannot be indexed is set aside (`set_aside`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.search.engines.base import Engine, Index, IndexMissing, Write, Written
from jobsearch.search.engines.registry import engine
from jobsearch.search.models import IndexState, SetAside
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Vacancy

from . import quarantine
from .analysis_process import Failure, analyse
from .documents import fingerprint, removal_of
from .index_contents import batched, note_all, purge_unknown, restored
from .index_contents import versions as present_versions

log = logging.getLogger(__name__)
CHUNK = 500  # rows; some 5 MB of documents, half a second of an index's time
WRITES_SECONDS = 120  # a chunk takes about one; a worker that died holds the others up for so long
INDEXING_SECONDS = 120  # renewed with each chunk, which takes about one, and some forty at worst
LEASE_WAIT = 5.0  # seconds; a chunk of another process takes about one
REBUILD_SECONDS = 180  # renewed with each chunk; for a machine that is gone, a dead process of this one holds nothing up
PASSES = 5
Progress = Callable[[int, int], None]


class RebuildFailed(Exception):
    """The new index, or the previous one, was not put into service; the one in service goes on."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How many ads differed. `stale`: the index holds newer versions of these than the database. `unwritten`: it does not hold
    the present version of these, because they are set aside or were not to be analysed."""

    differed: int
    stale: frozenset[UUID] = frozenset()
    unwritten: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Report:
    """What an indexing run did. `failed`: set aside by this run. `busy`: another one is at it, nothing was done.
    `rebuilt`: why, "" for not."""

    indexed: int = 0
    stale: int = 0
    failed: int = 0
    seconds: float = 0.0
    busy: bool = False
    rebuilt: str = ""


def index_changes(limit: int | None = None, should_stop: Callable[[], bool] | None = None) -> Report:
    """Takes over what is behind, `CHUNK` rows at a time, the newest first; builds the index where there is none.

    `limit` bounds the documents; ads that are to leave the index are all taken, before each chunk. Raises EngineDown; what was
    not noted as indexed is taken again by the next run.
    """
    started, began = time.monotonic(), timezone.now()
    in_use = engine()
    if reason := must_rebuild(in_use):
        return rebuild(reason=reason, needed=must_rebuild)
    done = _Done()
    try:
        done.indexed += remove_ended(began)
        if (limit is None or done.indexed < limit) and quarantine.count_behind(began):
            # One run analyses at a time: several would make the same documents, and occupy every process of a worker.
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
    """Chunk after chunk; True where the database turns out to be older than the index."""
    while (limit is None or done.indexed < limit) and not (should_stop and should_stop()):
        wanted = CHUNK if limit is None else min(CHUNK, limit - done.indexed)
        found = pending.list_changes(wanted, quarantine.leave_out(began))
        if not found:
            break
        written = _index_chunk(in_use, found)
        done.stale += len(written.stale)
        done.indexed += written.done
        if written.stale and restored(in_use, written.stale):
            return True
        if not written.done and not written.stale and done.failed.issuperset(written.failed):
            break  # switched since we looked, or nothing but what this run has tried
        done.failed.update(written.failed)
        lease.renew()
        done.indexed += remove_ended(began)
    return False


def remove_ended(began: dt.datetime | None = None) -> int:
    """Takes closed, expired, hidden and forgotten ads out of the index in service; returns how many.

    Analyses nothing, so no ad can hold it up: it runs before each chunk of an indexing run, during a rebuild, and as a task of
    its own. Raises LeaseHeld, EngineDown.
    """
    began = began or timezone.now()
    in_use = engine()
    removed, failed = 0, set[UUID]()
    while found := pending.list_removals(CHUNK, timezone.now(), quarantine.leave_out_ended(began)):
        written = _write_to_current(in_use, [Write(one.uuid, one.version, None, purge=one.forgotten) for one in found])
        if written is None:
            break
        removed += written.done
        if not written.done and failed.issuperset(written.failed):
            break  # nothing but what was refused before; or the database was restored, and the next indexing run rebuilds
        failed.update(written.failed)
    return removed


def _index_chunk(in_use: Engine, found: list[pending.Change]) -> Written:
    """`failed`: set aside, by the analysis or by the engine."""
    analysed = analyse(found, timezone.now())
    quarantine.note((change.uuid, change.version, failure) for change, failure in analysed.failed)
    failed = {change.uuid: failure.reason for change, failure in analysed.failed}
    written = (_write_to_current(in_use, analysed.writes) if analysed.writes else None) or Written()
    return Written(written.done, written.stale, {**failed, **written.failed})


def _write_to_current(in_use: Engine, writes: list[Write]) -> Written | None:
    """Writes into the index in service and notes it; None where that index is to be built anew. Raises LeaseHeld."""
    with Lease("writes", WRITES_SECONDS, wait=LEASE_WAIT) as lease:
        if must_rebuild(in_use):
            return None
        index = in_use.current()
        try:
            # The database counts first, then the index is told: whatever is killed in between, the index is never ahead.
            IndexState.objects.update(sequence=F("sequence") + 1)
            written = index.write(writes)
            index.mark(IndexState.objects.get().sequence)
            index.refresh()
        finally:
            index.close()
        left = {*written.stale, *written.failed}
        done = [(write.uuid, write.version) for write in writes if write.uuid not in left]
        with transaction.atomic():
            pending.mark_indexed(done)  # ads' rows before the search's own: one order for all
            lease.renew()
            note_written(writes, written)
    return Written(len(done), written.stale, written.failed)


def note_written(writes: Iterable[Write], written: Written) -> None:
    """Sets aside what the engine refused, and takes back what it holds now."""
    left = {*written.stale, *written.failed}
    quarantine.take_back([write.uuid for write in writes if write.uuid not in left])
    versions = {write.uuid: write.version for write in writes}
    refused = SetAside.Reason.REFUSED
    quarantine.note((uuid, versions[uuid], Failure(refused, str(error))) for uuid, error in written.failed.items())


def must_rebuild(in_use: Engine) -> str:
    """Why the index in service cannot be followed up and has to be built anew; "" where it can. Raises EngineDown."""
    state = IndexState.objects.first()
    if state is None:
        return "none has been built"
    if state.fingerprint != fingerprint():
        return "its schema has changed"
    identity = in_use.identity()
    if not identity:
        return "there is none where SEARCH_URL points"
    if identity != state.identity:
        return "SEARCH_URL points at another one"
    try:
        index = in_use.current()
    except IndexMissing as error:
        return str(error)
    try:
        return "the database is older than the index" if index.marked() > state.sequence else ""
    finally:
        index.close()


def rebuild(
    progress: Progress | None = None,
    *,
    reason: str = "it was asked for",
    needed: Callable[[Engine], str] | None = None,
) -> Report:
    """Builds a fresh index from the record, brings it up to date, and puts it into service in one step.

    `needed` is asked once more when nobody else can be at it: whoever looked in the middle of a switch saw an index that the
    record did not know yet. Searching, and indexing into the old one, go on meanwhile. Raises EngineDown, RebuildFailed.
    """
    started = time.monotonic()
    in_use = engine()
    try:
        with Lease("rebuild", REBUILD_SECONDS) as lease:
            if needed and not needed(in_use):
                return Report(seconds=time.monotonic() - started)
            log.info("The search index is built: %s", reason)
            in_use.prune()
            index = in_use.fresh()
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
    for chunk in pending.iterate_all(CHUNK):
        _write_changes(index, chunk, lease.renew)
        done += len(chunk)
        lease.renew()
        _remove_meanwhile()
        if progress:
            progress(done, max(total, done))
    index.refresh()
    return done


def _remove_meanwhile() -> None:
    """A rebuild may be all that a worker's processes do for minutes; what ends meanwhile leaves the index in service."""
    with contextlib.suppress(LeaseHeld, IndexMissing):  # another process writes it, or there is none yet
        remove_ended()


def put_in_service(in_use: Engine, index: Index, lease: Lease, started: float) -> int:
    """Brings an index to the database's present state and switches to it; returns how many ads differed until then."""
    differed = 0
    for attempt in range(PASSES):  # while the old index is still followed up
        found = catch_up(index)
        differed += found.differed
        lease.renew()
        last = attempt == PASSES - 1
        if found.differed >= CHUNK and not last:
            continue
        with Lease("writes", WRITES_SECONDS, wait=WRITES_SECONDS + 30) as writes:
            # While we hold this, no row that changes is noted as indexed by another process, so it stays behind and the next
            # indexing run takes it. Nothing is analysed here: that could take long, and all other writing waits.
            rows = Vacancy.objects.count()
            settled = _settle(index)
            differed += settled.differed - len(settled.unwritten)
            before = IndexState.objects.first()
            if found.stale or settled.stale or (before and index.marked() > before.sequence):
                raise RebuildFailed("The index holds newer ads than the database, so it stays out. Run manage.py rebuild_index.")
            if settled.unwritten - found.unwritten and not last:
                continue
            writes.renew()
            lease.renew()
            rows, documents = min(rows, Vacancy.objects.count()), index.count()  # ads come and go while we count
            if documents < (rows - len(settled.unwritten)) * 0.99:
                raise RebuildFailed(f"The new index holds {documents} of {rows} ads, so the old one stays. Run it again.")
            # The old index may have what this one lacks: behind again, so that what has ended of it is left out of answers.
            for some in batched(settled.unwritten):
                Vacancy.objects.filter(uuid__in=some).update(indexed_version=0)
            sequence = max(before.sequence if before else 0, 0) + 1
            index.mark(sequence)
            in_use.switch(index)
            IndexState.objects.update_or_create(
                id=1,
                defaults={
                    "identity": in_use.identity(),
                    "fingerprint": fingerprint(),
                    "sequence": sequence,
                    "documents": documents,
                    "built": timezone.now(),
                    "seconds": time.monotonic() - started,
                },
            )
            note_all(index)
        return differed
    raise AssertionError("unreachable")


def catch_up(index: Index) -> CaughtUp:
    """Brings an index to the database's present versions, but for what is set aside."""
    return _catch_up(index, _write_changes)


def _settle(index: Index) -> CaughtUp:
    """Takes out of an index what has ended, and names what else differs. Analyses nothing."""
    return _catch_up(index, _write_removals)


def _catch_up(index: Index, write: Callable[[Index, list[pending.Change]], Written]) -> CaughtUp:
    differed = seen = 0
    stale: set[UUID] = set()
    unwritten: set[UUID] = set()
    for versions in present_versions():
        held = index.stored(versions)
        behind = [uuid for uuid, version in versions.items() if uuid not in held or held[uuid].version != version]
        for start in range(0, len(behind), CHUNK):
            written = write(index, pending.read_changes(behind[start : start + CHUNK]))
            stale.update(written.stale)
            unwritten.update(written.failed)
        differed += len(behind)
        seen += len(versions)
    if differed:
        index.refresh()
    # Against what was seen, not what is there by now: a new ad must not make up for one that is to go.
    if index.count() > seen - len(unwritten):
        differed += purge_unknown(index)
    return CaughtUp(differed, frozenset(stale), frozenset(unwritten))


def _write_changes(index: Index, found: list[pending.Change], keep: Callable[[], None] | None = None) -> Written:
    """Analyses and writes; `failed` are all that the index does not hold, those set aside before included."""
    trying = quarantine.without_waiting(found, timezone.now())
    tried = {change.uuid for change in trying}
    skipped = {change.uuid: "set aside" for change in found if change.uuid not in tried}
    writes, failed = analyse_all(trying, keep)
    written = _write_all(index, writes)
    note_written([write for write in writes if write.uuid in written.failed], written)
    return Written(written.done, written.stale, {**skipped, **failed, **written.failed})


def analyse_all(found: list[pending.Change], keep: Callable[[], None] | None = None) -> tuple[list[Write], dict[UUID, str]]:
    """The writes for these rows, and the ads that have been set aside instead. `keep` is called every few seconds."""
    writes: list[Write] = []
    failed: dict[UUID, str] = {}
    while found:
        if keep:
            keep()
        analysed = analyse(found, timezone.now())
        quarantine.note((change.uuid, change.version, failure) for change, failure in analysed.failed)
        failed |= {change.uuid: failure.reason for change, failure in analysed.failed}
        writes += analysed.writes
        found = analysed.left
    return writes, failed


def _write_removals(index: Index, found: list[pending.Change]) -> Written:
    now = timezone.now()
    removals = [removal for change in found if (removal := removal_of(change, now))]
    written = _write_all(index, removals)
    removed = {write.uuid for write in removals}
    left = {change.uuid: "not analysed" for change in found if change.uuid not in removed}
    return Written(written.done, written.stale, {**written.failed, **left})


def _write_all(index: Index, writes: list[Write]) -> Written:
    return index.write(writes) if writes else Written()


def erase() -> None:
    """Sees to it that the text of closed ads leaves the files of the index, within minutes. Raises EngineDown."""
    if engine().erase():
        rebuild(reason="the text of closed ads is erased")
