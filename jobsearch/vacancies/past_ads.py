"""Past ads: dates and municipality of ads that ended before the first load read their lines, for the statistics.

Such an ad has no detail any more and is never stored. Its lines still have its dates and its municipality, of which a row is kept
until it is counted. Titles and employers of the lines are not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from jobsearch.taxonomy import places


class PastAd(models.Model):
    """An ad that had ended before the first load read its lines. Deleted when the statistics have counted it."""

    uuid = models.UUIDField(primary_key=True)
    opened = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True, db_index=True)
    place = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("tidligere stilling")
        verbose_name_plural = _("tidligere stillinger")

    def __str__(self) -> str:
        return str(self.uuid)


@dataclass(frozen=True, slots=True)
class Mention:
    """One line about an ad. `municipality`: the name in the line, which can be empty or "?"."""

    uuid: UUID
    time: dt.datetime
    is_active: bool
    municipality: str


def record_mentions(mentions: Iterable[Mention]) -> None:
    """Stores when each ad was first active and when it ended; in the order of the feed. Needs an open transaction."""
    rows: dict[UUID, PastAd] = {}
    mentions = list(mentions)
    stored = PastAd.objects.in_bulk({mention.uuid for mention in mentions})
    for mention in mentions:
        row = rows.setdefault(mention.uuid, stored.get(mention.uuid) or PastAd(uuid=mention.uuid))
        if mention.is_active:
            row.opened, row.closed = row.opened or mention.time, None
        elif row.closed is None:
            row.closed = mention.time
        row.place = places.build_path("", "", mention.municipality) or row.place
    changed = sorted(rows.values(), key=lambda row: row.uuid)
    PastAd.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["uuid"], update_fields=["opened", "closed", "place"]
    )


def end_recording() -> None:
    """Deletes the rows of ads that have not ended: these are stored from their details. Needs an open transaction."""
    PastAd.objects.filter(closed__isnull=True).delete()


def list_countable(limit: int) -> list[PastAd]:
    """Past ads that can be counted: none while the first load still reads lines."""
    if PastAd.objects.filter(closed__isnull=True).exists():
        return []
    return list(PastAd.objects.order_by("uuid")[:limit])
