"""Current failures of services (mail server, webhook, search engine, broker), in a table that the admin shows."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from .models import ServiceFailure

MAIL, WEBHOOK, ENGINE, BROKER = "mail", "webhook", "engine", "broker"
_MAX_DETAIL = 300


def note_failure(name: str, detail: str) -> None:
    """Stores that the service fails. `detail` is a sentence without personal data: it is shown and sent in alarms."""
    now = timezone.now()
    values = {"detail": _shorten(detail), "last": now}
    ServiceFailure.objects.update_or_create(name=name, defaults=values, create_defaults={**values, "since": now})


def note_first_failure(name: str, detail: str, now: dt.datetime) -> ServiceFailure:
    """Stores that the service fails, unless that is stored already: for readers, which must not write at each reading."""
    failure = ServiceFailure(name=name, detail=_shorten(detail), since=now, last=now)
    ServiceFailure.objects.bulk_create([failure], ignore_conflicts=True)
    return failure


def note_success(name: str) -> None:
    """Deletes the stored failure of the service."""
    ServiceFailure.objects.filter(name=name).delete()


def _shorten(detail: str) -> str:
    return " ".join(detail.split())[:_MAX_DETAIL]
