"""Failures of external services (mail server, webhook): the current one of each, in a table that the admin shows."""

from __future__ import annotations

from django.utils import timezone

from .models import ServiceFailure

MAIL, WEBHOOK = "mail", "webhook"
_MAX_DETAIL = 300


def note_failure(name: str, detail: str) -> None:
    """Stores that the service fails. `detail` is a sentence without personal data: it is shown and sent in alarms."""
    now = timezone.now()
    values = {"detail": " ".join(detail.split())[:_MAX_DETAIL], "last": now}
    ServiceFailure.objects.update_or_create(name=name, defaults=values, create_defaults={**values, "since": now})


def note_success(name: str) -> None:
    """Deletes the stored failure of the service."""
    ServiceFailure.objects.filter(name=name).delete()
