"""What an index holds, held against the database: versions, ads it should not have, and rows it has taken over already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from jobsearch.core.keyset import iterate_batches
from jobsearch.search.engines.base import Engine, Index, Write
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Tombstone, Vacancy

CHUNK = 500


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


def purge_unknown(index: Index) -> int:
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


def note_all(index: Index) -> None:
    """Rows that this index has taken over are no longer behind; a crash before this only has them written once more."""
    behind = list(Vacancy.objects.not_indexed().values_list("uuid", flat=True))
    for start in range(0, len(behind), CHUNK):
        held = index.stored(behind[start : start + CHUNK])
        rows = Vacancy.objects.filter(uuid__in=held).values_list("uuid", "version")
        pending.mark_indexed([(uuid, version) for uuid, version in rows if held[uuid].version == version])


def versions() -> Iterator[dict[UUID, int]]:
    for rows in iterate_batches(Vacancy.objects.values_list("uuid", "version"), 1000):
        yield dict(rows)


def batched(uuids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(uuids)
    while some := list(islice(rest, CHUNK)):
        yield some
