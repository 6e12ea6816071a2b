"""Pending changes: rows that the search has not indexed yet, and marking them as indexed.

A row is pending while its `version` is higher than its `indexed_version`, see `models`. The search polls these functions.
"""

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
"""Sorts by `changed` without its index: with it SQLite would read the whole table every few seconds, although the partial index
of rows that are not indexed has only a few."""
RELATED = ("locations", "contacts", "occupations", "categories")


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is not indexed. `vacancy` is None for a tombstone: the ad is past its retention, so its document is deleted."""

    uuid: UUID
    version: int
    vacancy: Vacancy | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """A row that is not indexed and must not be shown. `forgotten`: a tombstone, so its document is deleted."""

    uuid: UUID
    version: int
    forgotten: bool


def list_changes(limit: int, leave_out: Exists | None = None) -> list[Change]:
    """At most `limit` pending changes, the newest first, since people look for the newest ads.

    `leave_out`: a condition on `uuid` and `version` for rows that the search has set aside.
    """
    rows = Vacancy.objects.not_indexed().order_by(BY_CHANGE.desc())
    tombstones = Tombstone.objects.filter(version__gt=F("indexed_version"))
    if leave_out is not None:
        rows, tombstones = rows.exclude(leave_out), tombstones.exclude(leave_out)
    found = list(_build_changes(rows.prefetch_related(*RELATED).defer("raw")[:limit]))
    if len(found) < limit:
        found += [Change(tombstone.uuid, tombstone.version, None) for tombstone in tombstones[: limit - len(found)]]
    return found


def list_removals(limit: int, now: dt.datetime, leave_out: Exists | None = None) -> list[Removal]:
    """At most `limit` pending changes that remove an ad from the results: closed, expired, hidden or past its retention.

    They need no text of the ad, so the search does them before all others.
    """
    hidden = Exists(Moderation.objects.filter(uuid=OuterRef("uuid"), hidden=True))
    rows = Vacancy.objects.not_indexed().filter(~visibility.active_condition(now) | Q(hidden)).order_by(BY_CHANGE)
    tombstones = Tombstone.objects.filter(version__gt=F("indexed_version"))
    if leave_out is not None:
        rows, tombstones = rows.exclude(leave_out), tombstones.exclude(leave_out)
    found = [Removal(uuid, version, False) for uuid, version in rows.values_list("uuid", "version")[:limit]]
    if len(found) < limit:
        rest = tombstones.values_list("uuid", "version")[: limit - len(found)]
        found += [Removal(uuid, version, True) for uuid, version in rest]
    return found


def count_changes(leave_out: Exists | None = None) -> int:
    """The number of pending changes. `leave_out` as in `list_changes`."""
    rows, tombstones = Vacancy.objects.not_indexed(), Tombstone.objects.filter(version__gt=F("indexed_version"))
    if leave_out is not None:
        rows, tombstones = rows.exclude(leave_out), tombstones.exclude(leave_out)
    return rows.count() + tombstones.count()


def iterate_all(batch_size: int = 500) -> Iterator[list[Change]]:
    """Every ad in the database in batches by uuid, for a rebuild. See `core.keyset` for what concurrent writes change."""
    for rows in iterate_batches(Vacancy.objects.prefetch_related(*RELATED).defer("raw"), batch_size):
        yield list(_build_changes(rows))


def read_changes(uuids: Iterable[UUID]) -> list[Change]:
    """The present state of these ads, pending or not; unknown uuids are left out."""
    return list(_build_changes(Vacancy.objects.filter(uuid__in=list(uuids)).prefetch_related(*RELATED).defer("raw")))


def mark_indexed(done: Iterable[tuple[UUID, int]]) -> None:
    """Marks these versions as indexed. A row that has changed since stays pending: its version is higher."""
    versions = dict(done)
    if not versions:
        return
    for model in (Vacancy, Tombstone):
        cases = [When(uuid=uuid, then=Value(version)) for uuid, version in versions.items()]
        rows = model.objects.filter(uuid__in=versions, indexed_version__lt=F("version"))
        with transaction.atomic():
            # First locked in the order of uuids, as everywhere: an UPDATE of many rows locks them in any order.
            list(rows.select_for_update().order_by("uuid").values_list("uuid"))
            rows.update(indexed_version=Case(*cases, default=F("indexed_version"), output_field=PositiveBigIntegerField()))


def _build_changes(rows: Iterable[Vacancy]) -> Iterator[Change]:
    rows = list(rows)
    hidden = Moderation.find_hidden([row.uuid for row in rows])
    for row in rows:
        yield Change(row.uuid, row.version, row, row.uuid in hidden)
