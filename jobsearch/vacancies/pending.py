"""Pending changes: rows that the search has not indexed yet, and marking them as indexed.

A row is pending while its `version` is higher than its `indexed_version`, see `models`. The search calls these functions
periodically.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet
from django.db.models.functions import Coalesce

from jobsearch.core.keyset import iterate_batches

from . import prepared_ads, prepared_documents, visibility
from .models import Moderation, Tombstone, Vacancy, hidden_condition

BY_CHANGE = Coalesce(F("changed"), F("changed"))
"""Sorts by `changed` without its index: with it SQLite would read the whole table every few seconds, although the partial index
of rows that are not indexed has only a few."""
_UNUSED = ("raw", "employer_description", "content_hash")  # columns that no document needs


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is not indexed. `vacancy` is None for a tombstone: the ad is past its retention, so its document is deleted.

    `document`: the prepared document of this version, if there is one. Then, and for a closed ad, `vacancy` has no texts.
    """

    uuid: UUID
    version: int
    vacancy: Vacancy | None
    hidden: bool = False
    document: bytes | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """A row that is not indexed and must not be shown. `forgotten`: a tombstone, so its document is deleted."""

    uuid: UUID
    version: int
    forgotten: bool


def list_changes(limit: int, leave_out: Exists | None = None, analysis: str = "") -> list[Change]:
    """At most `limit` pending changes, the newest first, since people look for the newest ads.

    `leave_out`: a condition on `uuid` and `version` for rows that the search has set aside. `analysis` as in `iterate_all`: an
    ad of the feed has a document from the moment when it is stored.
    """
    rows = Vacancy.objects.not_indexed().order_by(BY_CHANGE.desc())
    tombstones = Tombstone.objects.filter(version__gt=F("indexed_version"))
    if leave_out is not None:
        rows, tombstones = rows.exclude(leave_out), tombstones.exclude(leave_out)
    found = _complete_changes(list(_read_briefly(rows)[:limit]), analysis)
    if len(found) < limit:
        found += [Change(tombstone.uuid, tombstone.version, None) for tombstone in tombstones[: limit - len(found)]]
    return found


def list_removals(limit: int, now: dt.datetime, leave_out: Exists | None = None) -> list[Removal]:
    """At most `limit` pending changes that remove an ad from the results: closed, expired, hidden or past its retention.

    They need no text of the ad, so the search does them before all others.
    """
    rows = Vacancy.objects.not_indexed().filter(~visibility.active_condition(now) | Q(hidden_condition())).order_by(BY_CHANGE)
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
    return rows.order_by().values("uuid").union(tombstones.values("uuid"), all=True).count()


def iterate_all(batch_size: int = 500, analysis: str = "") -> Iterator[list[Change]]:
    """Every ad in the database in batches by uuid, for a rebuild. See `core.keyset` for what concurrent writes change.

    `analysis`: changes have the prepared documents that this one made; "" for none.
    """
    for rows in iterate_batches(_read_briefly(Vacancy.objects.all()), batch_size):
        yield _complete_changes(rows, analysis)


def read_changes(uuids: Iterable[UUID], analysis: str = "") -> list[Change]:
    """The present state of these ads, pending or not; unknown uuids are left out. `analysis` as in `iterate_all`."""
    return _complete_changes(list(_read_briefly(Vacancy.objects.filter(uuid__in=list(uuids)))), analysis)


def mark_indexed(done: Iterable[tuple[UUID, int]]) -> None:
    """Marks these versions as indexed. A row that has changed since stays pending: its version is higher."""
    versions = dict(done)
    for model in (Vacancy, Tombstone):
        if not versions:
            return
        pending = model.objects.filter(uuid__in=versions, indexed_version__lt=F("version"))
        with transaction.atomic():
            # First locked in the order of uuids, as everywhere: an UPDATE of many rows locks them in any order. What is locked
            # keeps its version until the end, so one UPDATE needs no version of its own for each row.
            locked = dict(pending.select_for_update().order_by("uuid").values_list("uuid", "version"))
            reached = [uuid for uuid, version in locked.items() if version == versions[uuid]]
            if reached:
                model.objects.filter(uuid__in=reached).update(indexed_version=F("version"))
        versions = {uuid: version for uuid, version in versions.items() if uuid not in locked}


def _read_briefly(rows: QuerySet[Vacancy]) -> QuerySet[Vacancy]:
    """The columns that decide whether an ad may be shown: all that the change of a closed or an analysed ad needs."""
    return rows.only("uuid", "version", "status", "visible_until")


def _read_whole(rows: QuerySet[Vacancy]) -> list[Vacancy]:
    """The rows with all that their documents are made of: one query, and four more where prepared rows are not enough."""
    found = list(rows.select_related("prepared").defer(*_UNUSED))
    prepared_ads.prefetch_incomplete(found)
    return found


def _complete_changes(rows: list[Vacancy], analysis: str) -> list[Change]:
    """Changes of rows that were read briefly. Ads that must be analysed are read again, as they are then."""
    hidden = Moderation.find_hidden([row.uuid for row in rows])
    shown = {row.uuid: row.version for row in rows if visibility.is_active(row, hidden=row.uuid in hidden)}
    documents = prepared_documents.read_documents(shown, analysis) if analysis else {}
    wanted = [uuid for uuid in shown if uuid not in documents]
    whole = _build_changes(_read_whole(Vacancy.objects.filter(uuid__in=wanted))) if wanted else []
    by_uuid = {change.uuid: change for change in whole}
    for row in rows:
        if row.uuid not in shown or row.uuid in documents:
            by_uuid[row.uuid] = Change(row.uuid, row.version, row, row.uuid in hidden, documents.get(row.uuid))
    return [by_uuid[row.uuid] for row in rows if row.uuid in by_uuid]  # one may have been deleted meanwhile


def _build_changes(rows: list[Vacancy]) -> list[Change]:
    # Read after the rows: an ad that is hidden meanwhile gets a higher version, which is not yet that of its row.
    hidden = Moderation.find_hidden([row.uuid for row in rows])
    return [Change(row.uuid, row.version, row, row.uuid in hidden) for row in rows]
