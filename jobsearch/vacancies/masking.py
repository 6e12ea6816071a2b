"""Masked ads: their source has withdrawn title and employer too, so nothing tells any more which ad it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from .models import Vacancy

BLANKS = {"title": "", "job_title": "", "employer_name": "", "employer_orgnr": ""}


def has_names(row: Vacancy) -> bool:
    return any(getattr(row, name) for name in BLANKS)


def mask_vacancies(uuids: Collection[UUID], now: dt.datetime | None = None) -> int:
    """Deletes title and employer of those ads that are closed; returns how many had any. Needs an open transaction."""
    now = now or timezone.now()
    rows = Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=list(uuids), status=Vacancy.Status.INACTIVE)
    touched = [row for row in rows if has_names(row)]
    for row in touched:
        for name, value in BLANKS.items():
            setattr(row, name, value)
        row.version += 1
        row.changed = now
    Vacancy.objects.bulk_update(touched, [*BLANKS, "version", "changed"])
    return len(touched)


def find_unmasked(uuids: Collection[UUID]) -> set[UUID]:
    """Those of the ads that are closed and keep a title or an employer."""
    kept = Q()
    for name in BLANKS:
        kept |= ~Q(**{name: ""})
    rows = Vacancy.objects.filter(kept, uuid__in=list(uuids), status=Vacancy.Status.INACTIVE)
    return set(rows.values_list("uuid", flat=True))
