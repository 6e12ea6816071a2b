"""What a follower of the record (the search) has not taken over yet, and how it says that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, PositiveBigIntegerField, Value, When

from .models import Moderation, Tombstone, Vacancy

RELATED = ("locations", "contacts", "occupations", "categories")


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is behind. `vacancy` is None where the ad is past its retention: nothing of it may be kept."""

    uuid: UUID
    version: int
    vacancy: Vacancy | None
    hidden: bool = False


def behind(limit: int) -> list[Change]:
    """At most `limit` changes, the newest first: what people look for is what appeared last."""
    rows = Vacancy.objects.behind_index().order_by("-changed")[:limit]
    found = list(_changes(rows.prefetch_related(*RELATED)))
    if len(found) < limit:
        stones = Tombstone.objects.filter(version__gt=F("indexed_version"))[: limit - len(found)]
        found += [Change(stone.uuid, stone.version, None) for stone in stones]
    return found


def count_behind() -> int:
    return Vacancy.objects.behind_index().count() + Tombstone.objects.filter(version__gt=F("indexed_version")).count()


def everything(chunk: int = 500) -> Iterator[list[Change]]:
    """Every row of the record in chunks, by uuid: for a rebuild. Reads each chunk afresh, so memory stays flat."""
    last: UUID | None = None
    while True:
        rows = Vacancy.objects.order_by("uuid").prefetch_related(*RELATED)
        found = list(_changes((rows.filter(uuid__gt=last) if last else rows)[:chunk]))
        if not found:
            return
        yield found
        last = found[-1].uuid


def of(uuids: Iterable[UUID]) -> list[Change]:
    """The present state of these ads; a uuid that the record does not know is left out."""
    return list(_changes(Vacancy.objects.filter(uuid__in=list(uuids)).prefetch_related(*RELATED)))


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
