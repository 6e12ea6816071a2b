"""Consistency check: finds every difference between the database and the index, and repairs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jobsearch.core.batches import batched
from jobsearch.core.keyset import iterate_batches
from jobsearch.core.leases import Lease
from jobsearch.search.engines.base import Engine, Index, Stored, Write
from jobsearch.search.engines.registry import engine
from jobsearch.search.timestamps import epoch
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Moderation, Tombstone, Vacancy
from jobsearch.vacancies.visibility import is_active

from . import chunks, quarantine
from .live_index import RebuildNeeded, open_live
from .live_index_writes import WRITES_SECONDS
from .rebuilding import rebuild

Progress = Callable[[int, int], None]
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between database and index.

    `kind`: index (there is none that can be compared), missing, extra, stale (the index has an older version), ahead (the
    database has an older version: it was restored from a backup), visibility (shown but closed, or the reverse), set-aside
    (missing or stale because the ad is quarantined). `uuid` is None for `index`.
    """

    kind: str
    uuid: UUID | None
    detail: str


def compare(progress: Progress | None = None) -> list[Difference]:
    """Every difference between database and index. Ads that change during the check are checked a second time.

    Raises EngineDown.
    """
    now = timezone.now()
    in_use = engine()
    try:
        index = open_live(in_use)
    except RebuildNeeded as reason:
        return [Difference("index", None, str(reason))]
    try:
        suspects = list(_find_suspects(index, now, progress))
        return list(_find_differences(index, suspects, now)) if suspects else []
    finally:
        index.close()


def find_document(uuid: UUID) -> Stored | None:
    """What the live index holds of an ad; None for nothing. Raises EngineDown, IndexMissing."""
    index = engine().get_live_index()
    try:
        return index.read_stored([uuid]).get(uuid)
    finally:
        index.close()


def repair(differences: Iterable[Difference]) -> int:
    """Writes the differing ads again; returns the number of repaired differences.

    Rebuilds the index where writing cannot help.
    """
    differences = list(differences)
    if not differences:
        return 0
    if any(one.kind in {"index", "ahead"} for one in differences):
        report = rebuild(reason="the consistency check requested it")
        return 0 if report.busy else len(differences)
    uuids = [one.uuid for one in differences if one.uuid]
    in_use = engine()
    return sum(_repair(in_use, some) for some in batched(uuids, chunks.SIZE))


def _repair(in_use: Engine, uuids: list[UUID]) -> int:
    """Writes these ads again. Analyses before it takes the lease, as an indexing run does; tries quarantined ads once more."""
    known = pending.read_changes(uuids)
    writes, failed = chunks.analyse_all(known)
    with Lease("writes", WRITES_SECONDS, wait=30) as lease:
        index = in_use.get_live_index()
        try:
            held = index.read_stored({*uuids} - {change.uuid for change in known})
            written = index.write([*writes, *(Write(uuid, held[uuid].version, None, purge=True) for uuid in held)])
            index.refresh()
        finally:
            index.close()
        left = {*written.stale, *written.failed, *failed}
        with transaction.atomic():
            pending.mark_indexed((change.uuid, change.version) for change in known if change.uuid not in left)
            lease.renew()
            quarantine.note_written(writes, written)
    return len(uuids) - len(left)


def _find_suspects(index: Index, now: dt.datetime, progress: Progress | None) -> Iterator[UUID]:
    total, done = Vacancy.objects.count(), 0
    for uuids in iterate_batches(Vacancy.objects.values_list("uuid", flat=True), _CHUNK):
        yield from (one.uuid for one in _find_differences(index, uuids, now) if one.uuid)
        done += len(uuids)
        if progress:
            progress(done, max(total, done))
    held = (uuid for uuid, _ in index.iterate_stored())
    for some in batched(held, _CHUNK):
        known = set(Vacancy.objects.filter(uuid__in=some).values_list("uuid", flat=True))
        yield from (uuid for uuid in some if uuid not in known)


def _find_differences(index: Index, uuids: list[UUID], now: dt.datetime) -> Iterator[Difference]:
    for some in batched(uuids, _CHUNK):
        held = index.read_stored(some)
        rows = {row.uuid: row for row in Vacancy.objects.filter(uuid__in=some).only("uuid", "version", "status", "visible_until")}
        hidden = set(Moderation.objects.filter(uuid__in=some, hidden=True).values_list("uuid", flat=True))
        stones = set(Tombstone.objects.filter(uuid__in=some).values_list("uuid", flat=True))
        quarantined = quarantine.find_quarantined({uuid: row.version for uuid, row in rows.items()})
        for uuid in some:
            if found := _find_difference(uuid, rows.get(uuid), held.get(uuid), uuid in hidden, uuid in stones, now):
                known = quarantined.get(uuid) if found.kind in {"missing", "stale"} else None
                yield Difference("set-aside", uuid, f"{known.reason}: {known.detail}") if known else found


def _find_difference(
    uuid: UUID, row: Vacancy | None, held: Stored | None, hidden: bool, forgotten: bool, now: dt.datetime
) -> Difference | None:
    if row is None:
        detail = "past its retention" if forgotten else "it is not in the database"
        return Difference("extra", uuid, detail) if held else None
    if held is None:
        return Difference("missing", uuid, f"version {row.version} is not in the index")
    if held.version != row.version:
        kind = "stale" if held.version < row.version else "ahead"
        return Difference(kind, uuid, f"index has version {held.version}, database {row.version}")
    active = is_active(row, now, hidden=hidden)
    if held.visible_until > epoch(now) and not active:
        return Difference("visibility", uuid, "the index shows it, but it is not active")
    if active and held.visible_until != epoch(row.visible_until):
        return Difference("visibility", uuid, f"index shows it until {held.visible_until}, database {epoch(row.visible_until)}")
    return None
