"""Masking: deletes title and employer of closed ads whose source has withdrawn those too."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from .models import Purge, Vacancy

BLANKS = {  # field: its value in a masked ad
    "title": "",
    "job_title": "",
    "employer_name": "",
    "employer_orgnr": "",
}


def has_names(row: Vacancy) -> bool:
    """Whether an ad has a title or an employer."""
    return any(getattr(row, name) for name in BLANKS)


def mask_vacancies(uuids: Collection[UUID]) -> int:
    """Deletes title and employer of those of the ads that are closed; returns how many had any. Needs an open transaction."""
    now = timezone.now()
    rows = Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=list(uuids), status=Vacancy.Status.INACTIVE)
    touched = [row for row in rows if has_names(row)]
    for row in touched:
        for name, value in BLANKS.items():
            setattr(row, name, value)
        row.version += 1
        row.changed = now
    Vacancy.objects.bulk_update(touched, [*BLANKS, "version", "changed"])
    Purge.objects.bulk_create(Purge(kind=Purge.Kind.MASKED, uuid=row.uuid, moment=now) for row in touched)
    return len(touched)


def find_unmasked(uuids: Collection[UUID]) -> set[UUID]:
    """Those of the ads that are closed and still have a title or an employer."""
    named = Q()
    for name in BLANKS:
        named |= ~Q(**{name: ""})
    rows = Vacancy.objects.filter(named, uuid__in=list(uuids), status=Vacancy.Status.INACTIVE)
    return set(rows.values_list("uuid", flat=True))
