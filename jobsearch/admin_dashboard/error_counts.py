"""Why details could not be fetched, counted by the short name that a reason begins with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Count

from ingest.models import DetailTask

FAILED = (DetailTask.State.DEFERRED, DetailTask.State.QUARANTINED)


def reasons(states: Sequence[str] = FAILED) -> list[tuple[str, int]]:
    """Short reasons with their number of rows, the most frequent first."""
    rows = DetailTask.objects.filter(state__in=states).order_by().values_list("reason").annotate(n=Count("uuid"))
    found: Counter[str] = Counter()
    for reason, number in rows:
        if short := reason.partition(":")[0].strip()[:60]:
            found[short] += number
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))
