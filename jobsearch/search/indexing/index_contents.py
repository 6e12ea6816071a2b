"""Comparison of an index with the database: versions, ads to delete from it, and rows that it already has."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from jobsearch.core.batches import batched
from jobsearch.core.keyset import iterate_batches
from jobsearch.search.engines.base import Engine, Index, Write
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Tombstone, Vacancy

CHUNK = 500


def is_database_restored(in_use: Engine, uuids: tuple[UUID, ...]) -> bool:
    """Whether the index has newer versions than these rows: then the database was restored from a backup."""
    index = in_use.get_live_index()
    try:
        held = index.read_stored(uuids)
    finally:
        index.close()
    reached = dict(Vacancy.objects.filter(uuid__in=uuids).values_list("uuid", "version"))
    reached |= dict(Tombstone.objects.filter(uuid__in=uuids).values_list("uuid", "version"))
    return any(found.version > reached.get(uuid, 0) for uuid, found in held.items())


def purge_unknown(index: Index) -> int:
    """Deletes ads that the database does not have; returns their number."""
    held = [uuid for uuid, _ in index.iterate_stored()]
    purged = 0
    for some in batched(held, CHUNK):
        known = set(Vacancy.objects.filter(uuid__in=some).values_list("uuid", flat=True))
        stones = dict(Tombstone.objects.filter(uuid__in=some).values_list("uuid", "version"))
        unknown = [uuid for uuid in some if uuid not in known]
        if unknown:
            here = index.read_stored(unknown)
            index.write([Write(uuid, max(stones.get(uuid, 0), here[uuid].version), None, purge=True) for uuid in here])
            purged += len(unknown)
    if purged:
        index.refresh()
    return purged


def mark_all_indexed(index: Index) -> None:
    """Marks the rows that this index has as indexed. After a crash before this they are only written again."""
    behind = list(Vacancy.objects.not_indexed().values_list("uuid", flat=True))
    for some in batched(behind, CHUNK):
        held = index.read_stored(some)
        rows = Vacancy.objects.filter(uuid__in=held).values_list("uuid", "version")
        pending.mark_indexed([(uuid, version) for uuid, version in rows if held[uuid].version == version])


def iterate_versions() -> Iterator[dict[UUID, int]]:
    """Yields the versions of all rows by uuid, in batches."""
    for rows in iterate_batches(Vacancy.objects.values_list("uuid", "version"), 1000):
        yield dict(rows)
