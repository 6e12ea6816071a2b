"""The index follows the record, and is built anew when it must be.

Invariant: the index in service holds, of each ad, at least the version that its row calls indexed. Whoever breaks it (another
engine, a changed schema, a restored database) is noticed by `must_rebuild`, and the next indexing run rebuilds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobsearch.vacancies import changes
from jobsearch.vacancies.models import Tombstone, Vacancy

from .documents import fingerprint, write_of
from .engine import Engine, Index, IndexMissing, Write, Written
from .engines import engine
from .leases import Busy, Lease
from .models import IndexState

log = logging.getLogger(__name__)
CHUNK = 500  # rows; some 5 MB of documents, half a second of an index's time
WRITES_SECONDS = 120  # a chunk takes about one; a worker that died holds the others up for so long
REBUILD_SECONDS = 180  # renewed with each chunk; for a machine that is gone, a dead process of this one holds nothing up
PASSES = 5
Progress = Callable[[int, int], None]


class RebuildFailed(Exception):
    """The new index, or the previous one, was not put into service; the one in service goes on."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How many ads differed. `stale`: the index holds newer versions of these than the record. `failed`: it refused them."""

    differed: int
    stale: frozenset[UUID] = frozenset()
    failed: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Report:
    """What an indexing run did. `busy`: another one is at it, nothing was done. `rebuilt`: why, "" for not."""

    indexed: int = 0
    stale: int = 0
    failed: int = 0
    seconds: float = 0.0
    busy: bool = False
    rebuilt: str = ""


def index_changes(limit: int | None = None, should_stop: Callable[[], bool] | None = None) -> Report:
    """Takes over what is behind, `CHUNK` rows at a time, the newest first; builds the index where there is none.

    Raises EngineDown; what was not noted as indexed is taken again by the next run.
    """
    started = time.monotonic()
    in_use = engine()
    if reason := must_rebuild(in_use):
        return rebuild(reason=reason, needed=must_rebuild)
    indexed = stale = 0
    failed: dict[UUID, str] = {}
    while (limit is None or indexed < limit) and not (should_stop and should_stop()):
        wanted = CHUNK if limit is None else min(CHUNK, limit - indexed)
        if not changes.count_behind():
            break
        try:
            with Lease("writes", WRITES_SECONDS, wait=5) as lease:
                if must_rebuild(in_use):
                    break  # switched since we looked
                index = in_use.current()
                try:
                    done, refused, errors = _index_chunk(index, lease, wanted)
                finally:
                    index.close()
        except Busy:
            return Report(indexed, stale, len(failed), time.monotonic() - started, busy=not indexed)
        for uuid, error in errors.items():
            log.error("Ad %s was refused by the search engine: %s", uuid, error)
        failed.update(errors)
        stale += len(refused)
        indexed += done
        if refused and restored(in_use, refused):
            return rebuild(reason="the database is older than the index")
        if not done:
            break
    return Report(indexed, stale, len(failed), time.monotonic() - started)


def _index_chunk(index: Index, lease: Lease, wanted: int) -> tuple[int, tuple[UUID, ...], dict[UUID, str]]:
    now = timezone.now()
    writes = [write_of(change, now) for change in changes.behind(wanted)]
    if not writes:
        return 0, (), {}
    # The record counts first, then the index is told: whatever is killed in between, the index is never ahead.
    IndexState.objects.update(sequence=F("sequence") + 1)
    written = index.write(writes)
    index.mark(IndexState.objects.get().sequence)
    index.refresh()
    left = {*written.stale, *written.failed}
    done = [(write.uuid, write.version) for write in writes if write.uuid not in left]
    with transaction.atomic():
        lease.renew()
        changes.mark_indexed(done)
    return len(done), written.stale, dict(written.failed)


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


def restored(in_use: Engine, uuids: tuple[UUID, ...]) -> bool:
    """Whether the index holds versions that these rows have not reached: then the database is a backup of an earlier day."""
    index = in_use.current()
    try:
        held = index.stored(uuids)
    finally:
        index.close()
    reached = dict(Vacancy.objects.filter(uuid__in=uuids).values_list("uuid", "version"))
    reached |= dict(Tombstone.objects.filter(uuid__in=uuids).values_list("uuid", "version"))
    return any(found.version > reached.get(uuid, 0) for uuid, found in held.items())


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
    except Busy:
        return Report(busy=True)
    return Report(done, seconds=time.monotonic() - started, rebuilt=reason)


def _fill(index: Index, lease: Lease, progress: Progress | None) -> int:
    total, done = Vacancy.objects.count(), 0
    for chunk in changes.everything(CHUNK):
        now = timezone.now()
        _write_all(index, [write_of(change, now) for change in chunk])
        done += len(chunk)
        lease.renew()
        if progress:
            progress(done, max(total, done))
    index.refresh()
    return done


def put_in_service(in_use: Engine, index: Index, lease: Lease, started: float) -> int:
    """Brings an index to the record's present state and switches to it; returns how many ads differed until then."""
    differed = 0
    for _ in range(PASSES):  # while the old index is still followed up, until little is left to do with the door shut
        found = catch_up(index)
        differed += found.differed
        lease.renew()
        if found.differed < CHUNK:
            break
    with Lease("writes", WRITES_SECONDS, wait=WRITES_SECONDS + 30) as writes:
        # Once is enough, however busy the record is: while we hold the door, no row that changes from here on is noted as
        # indexed by anybody, so it stays behind and the next indexing run takes it.
        rows = Vacancy.objects.count()
        found = catch_up(index)
        writes.renew()
        lease.renew()
        rows, documents = min(rows, Vacancy.objects.count()), index.count()  # ads come and go while we count
        if documents < rows * 0.99:
            raise RebuildFailed(f"The new index holds {documents} of {rows} ads, so the old one stays. Run it again.")
        before = IndexState.objects.first()
        if found.stale or (before and index.marked() > before.sequence):
            raise RebuildFailed("The index holds newer ads than the database, so it stays out. Run manage.py rebuild_index.")
        # The old index may have taken what this one refuses: behind again, so that what has ended of it is left out of answers.
        for some in batched(found.failed):
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
        _note_all(index)
    return differed + found.differed


def catch_up(index: Index) -> CaughtUp:
    """Brings an index to the record's present versions."""
    differed = seen = 0
    stale: set[UUID] = set()
    failed: set[UUID] = set()
    for versions in _versions():
        held = index.stored(versions)
        behind = [uuid for uuid, version in versions.items() if uuid not in held or held[uuid].version != version]
        now = timezone.now()
        for start in range(0, len(behind), CHUNK):
            written = _write_all(index, [write_of(change, now) for change in changes.of(behind[start : start + CHUNK])])
            stale.update(written.stale)
            failed.update(written.failed)
        differed += len(behind)
        seen += len(versions)
    if differed:
        index.refresh()
    # Against what was seen, not what is there by now: a new ad must not make up for one that is to go.
    if index.count() > seen - len(failed):
        differed += _purge_unknown(index)
    return CaughtUp(differed, frozenset(stale), frozenset(failed))


def _purge_unknown(index: Index) -> int:
    held = [uuid for uuid, _ in index.everything()]
    purged = 0
    for start in range(0, len(held), CHUNK):
        some = held[start : start + CHUNK]
        known = set(Vacancy.objects.filter(uuid__in=some).values_list("uuid", flat=True))
        stones = dict(Tombstone.objects.filter(uuid__in=some).values_list("uuid", "version"))
        unknown = [uuid for uuid in some if uuid not in known]
        if unknown:
            here = index.stored(unknown)
            index.write([Write(uuid, max(stones.get(uuid, 0), here[uuid].version), None, purge=True) for uuid in here])
            purged += len(unknown)
    if purged:
        index.refresh()
    return purged


def _note_all(index: Index) -> None:
    """Rows that this index has taken over are no longer behind; a crash before this only has them written once more."""
    behind = list(Vacancy.objects.behind_index().values_list("uuid", flat=True))
    for start in range(0, len(behind), CHUNK):
        held = index.stored(behind[start : start + CHUNK])
        rows = Vacancy.objects.filter(uuid__in=held).values_list("uuid", "version")
        changes.mark_indexed([(uuid, version) for uuid, version in rows if held[uuid].version == version])


def _versions() -> Iterator[dict[UUID, int]]:
    rows = Vacancy.objects.order_by("uuid").values_list("uuid", "version")
    last: UUID | None = None
    while found := dict((rows.filter(uuid__gt=last) if last else rows)[:1000]):
        yield found
        last = max(found, key=lambda uuid: uuid.hex)


def batched(uuids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(uuids)
    while some := list(islice(rest, CHUNK)):
        yield some


def _write_all(index: Index, writes: list[Write]) -> Written:
    written = index.write(writes)
    for uuid, error in written.failed.items():
        log.error("Ad %s was refused by the search engine: %s", uuid, error)
    return written


def erase() -> None:
    """Sees to it that the text of closed ads leaves the files of the index, within minutes. Raises EngineDown."""
    if engine().erase():
        rebuild(reason="the text of closed ads is erased")
