"""The durable queue of details to fetch: how rows get in, are put off, and are given another chance."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from .models import DetailTask, FeedState

FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=6)
ATTEMPTS = 8
"""So many failures in a row, some two hours of them, and an ad is set apart."""
QUARANTINE_PAUSE = dt.timedelta(hours=24)
FIRST_QUARANTINE_PAUSE = dt.timedelta(hours=1)
"""An unreadable ad is closed, so it is asked for soon the first time: what could not be read may have been a moment's."""

_uniform = random.SystemRandom().uniform


def put(lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin, *, says: Mapping[UUID, str] | None = None) -> None:
    """Queues these ads afresh, whatever stood in the queue for them: a new line is a new chance. In a transaction.

    `lines` maps an ad to the time of its line, in feed order; `says` to what that line says (`DetailTask.Says`).
    """
    if lines:
        DetailTask.objects.bulk_create(
            _rows(lines, origin, says or {}),
            update_conflicts=True,
            unique_fields=["uuid"],
            update_fields=[
                *("marker", "line_time", "line_says", "missing_since"),
                *("origin", "state", "attempts", "next_try", "reason", "queued"),
            ],
        )


def put_if_absent(lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin) -> int:
    """Queues those ads that are not queued; what waits, is put off or set apart stays so. Returns how many are new."""
    with transaction.atomic():
        FeedState.lock()
        known = set(DetailTask.objects.filter(uuid__in=list(lines)).values_list("uuid", flat=True))
        fresh = {uuid: time for uuid, time in lines.items() if uuid not in known}
        if fresh:
            DetailTask.objects.bulk_create(_rows(fresh, origin, {}), ignore_conflicts=True)
    return len(fresh)


def put_if_newer(lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin, says: Mapping[UUID, str]) -> int:
    """Queues those ads that are not queued for a line as new as this one. In a transaction. Returns how many."""
    FeedState.lock()
    queued = dict(DetailTask.objects.filter(uuid__in=list(lines)).values_list("uuid", "line_time"))
    fresh = {uuid: time for uuid, time in lines.items() if uuid not in queued or _is_later(time, queued[uuid])}
    put(fresh, origin, says=says)
    return len(fresh)


def _is_later(time: dt.datetime | None, than: dt.datetime | None) -> bool:
    return time is not None and (than is None or time > than)


def _rows(lines: Mapping[UUID, dt.datetime | None], origin: DetailTask.Origin, says: Mapping[UUID, str]) -> list[DetailTask]:
    marker = FeedState.take_markers(len(lines))
    now = timezone.now()
    return [
        DetailTask(
            uuid=uuid,
            marker=marker + number,
            line_time=time,
            line_says=says.get(uuid, ""),
            origin=origin,
            next_try=now,
            queued=now,
        )
        for number, (uuid, time) in enumerate(lines.items())
    ]


def due(limit: int) -> list[DetailTask]:
    """What may be fetched now, the newest line first: that is what people look for."""
    # Those without a time come last, which PostgreSQL would put first: a re-check must not hold up what is new.
    newest = F("line_time").desc(nulls_last=True)
    rows = DetailTask.objects.filter(next_try__lte=timezone.now()).order_by(newest, "-marker")
    return list(rows.only("uuid", "marker", "line_time")[:limit])


def sample(count: int, *, other_than: Iterable[UUID] = ()) -> list[UUID]:
    """Some ads from all over the queue that have not failed, chosen at random."""
    rows = DetailTask.objects.filter(state=DetailTask.State.WAITING).exclude(uuid__in=list(other_than))
    return list(rows.order_by("?").values_list("uuid", flat=True)[:count])


def count_due() -> int:
    return DetailTask.objects.filter(next_try__lte=timezone.now()).count()


def counts() -> dict[str, int]:
    """How many rows are waiting, deferred, quarantined; every state is named."""
    found = dict(DetailTask.objects.values_list("state").annotate(n=Count("uuid")).order_by())
    return {state.value: found.get(state.value, 0) for state in DetailTask.State}


def defer(uuid: UUID, marker: int, reason: str) -> None:
    """One more failure that time may mend: tried again after a pause that doubles, and set apart after `ATTEMPTS`."""
    row = DetailTask.objects.filter(uuid=uuid, marker=marker).first()
    if row is None:
        return
    row.attempts += 1
    apart = row.attempts >= ATTEMPTS
    pause = QUARANTINE_PAUSE if apart else min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    row.state = DetailTask.State.QUARANTINED if apart else DetailTask.State.DEFERRED
    row.next_try = timezone.now() + pause * _uniform(0.75, 1.25)
    row.reason = reason[:1000]
    row.save(update_fields=["attempts", "state", "next_try", "reason"])


def defer_missing(uuid: UUID, marker: int, reason: str) -> None:
    """A 404 that nothing proves: tried again after a pause that doubles, and not counted as the ad's failure for ever."""
    row = DetailTask.objects.filter(uuid=uuid, marker=marker).first()
    if row is None:
        return
    row.attempts += 1
    row.missing_since = row.missing_since or timezone.now()
    row.state, row.reason = DetailTask.State.DEFERRED, reason[:1000]
    pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 20), LONGEST_PAUSE)
    row.next_try = timezone.now() + pause * _uniform(0.75, 1.25)
    row.save(update_fields=["attempts", "missing_since", "state", "next_try", "reason"])


def quarantine(uuid: UUID, marker: int, reason: str) -> None:
    """Sets an ad apart at once: what it sends cannot be read, and asking again soon gives the same."""
    row = DetailTask.objects.filter(uuid=uuid, marker=marker).first()
    if row is None:
        return
    row.attempts += 1
    row.state, row.reason = DetailTask.State.QUARANTINED, reason[:1000]
    pause = FIRST_QUARANTINE_PAUSE if row.attempts == 1 else QUARANTINE_PAUSE
    row.next_try = timezone.now() + pause * _uniform(0.75, 1.25)
    row.save(update_fields=["attempts", "state", "next_try", "reason"])


def retry_now(states: Collection[str] = (DetailTask.State.DEFERRED,), uuids: Iterable[UUID] | None = None) -> int:
    """Makes put-off rows due at once; their attempts stay counted. Returns how many."""
    rows = DetailTask.objects.filter(state__in=list(states), next_try__gt=timezone.now())
    if uuids is not None:
        rows = rows.filter(uuid__in=list(uuids))
    with transaction.atomic():
        FeedState.lock()
        return rows.update(next_try=timezone.now())


def release(uuids: Iterable[UUID] | None = None) -> int:
    """An administrator's retry: quarantined rows (all, or these) start over, with a clean count. Returns how many."""
    with transaction.atomic():
        FeedState.lock()
        rows = DetailTask.objects.filter(state=DetailTask.State.QUARANTINED).order_by("line_time")
        if uuids is not None:
            rows = rows.filter(uuid__in=list(uuids))
        found = list(rows.values_list("uuid", "line_time", "line_says"))
        lines = {uuid: time for uuid, time, _says in found}
        put(lines, DetailTask.Origin.ADMIN, says={uuid: says for uuid, _time, says in found})
    return len(lines)
