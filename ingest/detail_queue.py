"""Detail queue: the database table of details to fetch, with backoff and quarantine."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from jobsearch.vacancies.suppression import Suppressor, load_suppressor

from .models import DetailTask, FeedState

FIRST_PAUSE = dt.timedelta(seconds=30)
MAX_PAUSE = dt.timedelta(hours=6)
MAX_ATTEMPTS = 8
"""After this many failures in a row, about two hours, an ad is quarantined."""
QUARANTINE_PAUSE = dt.timedelta(hours=24)
FIRST_QUARANTINE_PAUSE = dt.timedelta(hours=1)
"""An unreadable ad is deactivated, so the first retry comes soon: the error may have been temporary."""
MAX_DETAIL = 1000
"""Characters of an error\'s detail that are stored."""

_uniform = random.SystemRandom().uniform


def enqueue(
    lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin, *, statuses: Mapping[UUID, str] | None = None
) -> None:
    """Queues these ads, replacing their rows if already queued: a new line restarts the attempts. Call in a transaction.

    `lines` maps an ad to the time of its line, in feed order; `statuses` maps it to the line's `stated_status`.
    """
    if lines:
        DetailTask.objects.bulk_create(
            _build_rows(lines, origin, statuses or {}),
            update_conflicts=True,
            unique_fields=["uuid"],
            update_fields=[
                *("marker", "line_time", "line_says", "missing_since"),
                *("origin", "state", "attempts", "next_try", "error_code", "error_detail", "error_field", "received", "queued"),
            ],
        )


def enqueue_if_absent(lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin) -> int:
    """Queues the ads that are not queued; waiting, deferred and quarantined rows stay unchanged. Returns how many are new."""
    with transaction.atomic():
        FeedState.lock()
        known = set(DetailTask.objects.filter(uuid__in=list(lines)).values_list("uuid", flat=True))
        fresh = {uuid: time for uuid, time in lines.items() if uuid not in known}
        if fresh:
            DetailTask.objects.bulk_create(_build_rows(fresh, origin, {}), ignore_conflicts=True)
    return len(fresh)


def enqueue_if_newer(lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin, statuses: Mapping[UUID, str]) -> int:
    """Queues the ads that are not already queued for an equally new or newer line. Call in a transaction. Returns how many."""
    FeedState.lock()
    queued = dict(DetailTask.objects.filter(uuid__in=list(lines)).values_list("uuid", "line_time"))
    fresh = {uuid: time for uuid, time in lines.items() if uuid not in queued or _is_later(time, queued[uuid])}
    enqueue(fresh, origin, statuses=statuses)
    return len(fresh)


def _is_later(time: dt.datetime | None, than: dt.datetime | None) -> bool:
    return time is not None and (than is None or time > than)


def _build_rows(
    lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin, statuses: Mapping[UUID, str]
) -> list[DetailTask]:
    marker = FeedState.take_markers(len(lines))
    now = timezone.now()
    return [
        DetailTask(
            uuid=uuid,
            marker=marker + number,
            line_time=time,
            line_says=statuses.get(uuid, ""),
            origin=origin,
            next_try=now,
            queued=now,
        )
        for number, (uuid, time) in enumerate(lines.items())
    ]


def due_tasks(limit: int) -> list[DetailTask]:
    """Returns rows to fetch now, the newest line first: new ads are what users look for."""
    # Rows without a time come last (PostgreSQL's default is first): a re-check must not delay new ads.
    newest = F("line_time").desc(nulls_last=True)
    rows = DetailTask.objects.filter(next_try__lte=timezone.now()).order_by(newest, "-marker")
    return list(rows.only("uuid", "marker", "line_time")[:limit])


def sample_waiting(count: int, *, other_than: Iterable[UUID] = ()) -> list[UUID]:
    """Returns a random sample of the queued ads that have not failed."""
    rows = DetailTask.objects.filter(state=DetailTask.State.WAITING).exclude(uuid__in=list(other_than))
    return list(rows.order_by("?").values_list("uuid", flat=True)[:count])


def count_due() -> int:
    """Counts the rows whose next attempt is due now."""
    return DetailTask.objects.filter(next_try__lte=timezone.now()).count()


def count_by_state() -> dict[str, int]:
    """Counts the rows that are waiting, deferred and quarantined; every state has a key."""
    found = dict(DetailTask.objects.values_list("state").annotate(n=Count("uuid")).order_by())
    return {state.value: found.get(state.value, 0) for state in DetailTask.State}


def defer(uuid: UUID, marker: int, code: str, detail: str) -> None:
    """Records a temporary failure: retried with exponential backoff, and quarantined after `MAX_ATTEMPTS`."""
    row = DetailTask.objects.filter(uuid=uuid, marker=marker).first()
    if row is None:
        return
    row.attempts += 1
    give_up = row.attempts >= MAX_ATTEMPTS
    pause = QUARANTINE_PAUSE if give_up else min(FIRST_PAUSE * 2 ** (row.attempts - 1), MAX_PAUSE)
    row.state = DetailTask.State.QUARANTINED if give_up else DetailTask.State.DEFERRED
    row.next_try = timezone.now() + pause * _uniform(0.75, 1.25)
    row.error_code, row.error_detail = code, detail[:MAX_DETAIL]
    row.save(update_fields=["attempts", "state", "next_try", "error_code", "error_detail"])


def defer_missing(uuid: UUID, marker: int, code: str, detail: str) -> None:
    """Records an unconfirmed 404: retried with exponential backoff, and never quarantined."""
    row = DetailTask.objects.filter(uuid=uuid, marker=marker).first()
    if row is None:
        return
    row.attempts += 1
    row.missing_since = row.missing_since or timezone.now()
    row.state, row.error_code, row.error_detail = DetailTask.State.DEFERRED, code, detail[:MAX_DETAIL]
    pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 20), MAX_PAUSE)
    row.next_try = timezone.now() + pause * _uniform(0.75, 1.25)
    row.save(update_fields=["attempts", "missing_since", "state", "next_try", "error_code", "error_detail"])


def quarantine(uuid: UUID, marker: int, code: str, detail: str, *, field: str = "", received: str = "") -> None:
    """Quarantines an ad at once: its detail cannot be parsed, and an early retry would give the same.

    `field`: the field that is wrong; `received`: the detail without contacts.
    """
    row = DetailTask.objects.filter(uuid=uuid, marker=marker).first()
    if row is None:
        return
    row.attempts += 1
    suppressor = load_suppressor()
    row.state, row.error_code = DetailTask.State.QUARANTINED, code
    row.error_detail = suppressor.clean_line(detail[:MAX_DETAIL])
    row.error_field, row.received = field, suppressor.clean_line(received)
    pause = FIRST_QUARANTINE_PAUSE if row.attempts == 1 else QUARANTINE_PAUSE
    row.next_try = timezone.now() + pause * _uniform(0.75, 1.25)
    row.save(update_fields=["attempts", "state", "next_try", "error_code", "error_detail", "error_field", "received"])


def retry_now(uuids: Iterable[UUID] | None = None) -> int:
    """Makes deferred rows (all, or these) due at once; their attempts stay counted. Returns how many."""
    rows = DetailTask.objects.filter(state=DetailTask.State.DEFERRED, next_try__gt=timezone.now())
    if uuids is not None:
        rows = rows.filter(uuid__in=list(uuids))
    with transaction.atomic():
        FeedState.lock()
        return rows.update(next_try=timezone.now())


def release_quarantined(uuids: Iterable[UUID] | None = None) -> int:
    """Returns quarantined rows (all, or these) to the queue with their attempts reset, for an administrator. Returns how many."""
    with transaction.atomic():
        FeedState.lock()
        rows = DetailTask.objects.filter(state=DetailTask.State.QUARANTINED).order_by("line_time")
        if uuids is not None:
            rows = rows.filter(uuid__in=list(uuids))
        found = list(rows.values_list("uuid", "line_time", "line_says"))
        lines = {uuid: time for uuid, time, _status in found}
        enqueue(lines, DetailTask.Origin.ADMIN, statuses={uuid: status for uuid, _time, status in found})
    return len(lines)


def discard_quarantined(uuids: Iterable[UUID] | None = None) -> int:
    """Removes quarantined rows (all, or these) from the queue, for an administrator. Returns how many."""
    with transaction.atomic():
        FeedState.lock()
        rows = DetailTask.objects.filter(state=DetailTask.State.QUARANTINED)
        if uuids is not None:
            rows = rows.filter(uuid__in=list(uuids))
        return rows.delete()[0]


def erase_received(suppressor: Suppressor) -> int:
    """Removes suppressed persons from the copies of details that cannot be read; returns how many changed."""
    changed = 0
    for row in DetailTask.objects.exclude(received="", error_detail=""):
        cleaned = suppressor.clean_line(row.received), suppressor.clean_line(row.error_detail)
        if cleaned != (row.received, row.error_detail):
            changed += DetailTask.objects.filter(pk=row.pk).update(received=cleaned[0], error_detail=cleaned[1])
    return changed
