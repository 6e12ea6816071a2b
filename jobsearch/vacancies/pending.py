"""What a follower of the record (the search) has not taken over yet, and how it says that it has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, PositiveBigIntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from jobsearch.core.keyset import iterate_batches

from . import visibility
from .models import Moderation, Tombstone, Vacancy

BY_CHANGE = Coalesce(F("changed"), F("changed"))
"""To sort by without the index on `changed`: SQLite would walk through the whole table by it, every few seconds, where the
partial index of what is behind holds a handful of rows."""
RELATED = ("locations", "contacts", "occupations", "categories")


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is behind. `vacancy` is None where the ad is past its retention: nothing of it may be kept."""

    uuid: UUID
    version: int
    vacancy: Vacancy | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """A row that is behind and may not be shown. `forgotten`: past its retention, so nothing of it may be kept."""

    uuid: UUID
    version: int
    forgotten: bool


def list_changes(limit: int, leave_out: Exists | None = None) -> list[Change]:
    """At most `limit` changes, the newest first: what people look for is what appeared last.

    `leave_out`: rows that the follower has put off, as a condition on `uuid` and `version`.
    """
    rows = Vacancy.objects.not_indexed().order_by(BY_CHANGE.desc())
    stones = Tombstone.objects.filter(version__gt=F("indexed_version"))
    if leave_out is not None:
        rows, stones = rows.exclude(leave_out), stones.exclude(leave_out)
    found = list(_changes(rows.prefetch_related(*RELATED).defer("raw")[:limit]))
    if len(found) < limit:
        found += [Change(stone.uuid, stone.version, None) for stone in stones[: limit - len(found)]]
    return found


def list_removals(limit: int, now: dt.datetime, leave_out: Exists | None = None) -> list[Removal]:
    """At most `limit` of the changes that take an ad out of sight: closed, expired, hidden or forgotten.

    They can be carried out without reading an ad, so a follower does them before all others.
    """
    hidden = Exists(Moderation.objects.filter(uuid=OuterRef("uuid"), hidden=True))
    rows = Vacancy.objects.not_indexed().filter(~visibility.active_condition(now) | Q(hidden)).order_by(BY_CHANGE)
    stones = Tombstone.objects.filter(version__gt=F("indexed_version"))
    if leave_out is not None:
        rows, stones = rows.exclude(leave_out), stones.exclude(leave_out)
    found = [Removal(uuid, version, False) for uuid, version in rows.values_list("uuid", "version")[:limit]]
    if len(found) < limit:
        rest = stones.values_list("uuid", "version")[: limit - len(found)]
        found += [Removal(uuid, version, True) for uuid, version in rest]
    return found


def count_changes(leave_out: Exists | None = None) -> int:
    rows, stones = Vacancy.objects.not_indexed(), Tombstone.objects.filter(version__gt=F("indexed_version"))
    if leave_out is not None:
        rows, stones = rows.exclude(leave_out), stones.exclude(leave_out)
    return rows.count() + stones.count()


def iterate_all(batch_size: int = 500) -> Iterator[list[Change]]:
    """Every ad in the database in batches by uuid, for a rebuild. See `core.keyset` for what concurrent writes change."""
    for rows in iterate_batches(Vacancy.objects.prefetch_related(*RELATED).defer("raw"), batch_size):
        yield list(_changes(rows))


def read_changes(uuids: Iterable[UUID]) -> list[Change]:
    """The present state of these ads; a uuid that the record does not know is left out."""
    return list(_changes(Vacancy.objects.filter(uuid__in=list(uuids)).prefetch_related(*RELATED).defer("raw")))


def mark_indexed(done: Iterable[tuple[UUID, int]]) -> None:
    """Says that these versions are in the index. A row that has changed since stays behind: its version is higher."""
    versions = dict(done)
    if not versions:
        return
    for model in (Vacancy, Tombstone):
        cases = [When(uuid=uuid, then=Value(version)) for uuid, version in versions.items()]
        rows = model.objects.filter(uuid__in=versions, indexed_version__lt=F("version"))
        with transaction.atomic():
            # Locked in the record's order first: an UPDATE of many rows takes them as it finds them.
            list(rows.select_for_update().order_by("uuid").values_list("uuid"))
            rows.update(indexed_version=Case(*cases, default=F("indexed_version"), output_field=PositiveBigIntegerField()))


def _changes(rows: Iterable[Vacancy]) -> Iterator[Change]:
    rows = list(rows)
    hidden = set(Moderation.objects.filter(uuid__in=[row.uuid for row in rows], hidden=True).values_list("uuid", flat=True))
    for row in rows:
        yield Change(row.uuid, row.version, row, row.uuid in hidden)
