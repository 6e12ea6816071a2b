"""Counts of the detail queue's errors by code."""

from __future__ import annotations

from django.db.models import Count

from ingest.models import DetailTask

FAILED = (DetailTask.State.DEFERRED, DetailTask.State.QUARANTINED)


def count_errors() -> list[tuple[str, int]]:
    """Error codes of deferred and quarantined details with their number of rows, the most frequent first."""
    rows = DetailTask.objects.filter(state__in=FAILED).exclude(error_code="").order_by()
    return list(rows.values_list("error_code").annotate(n=Count("uuid")).order_by("-n", "error_code"))
