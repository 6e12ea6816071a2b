"""Scheduler of Celery beat: the intervals of the settings are defaults, written to the database once.

An administrator changes them there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from . import heartbeats
from .models import Heartbeat

_DEFAULT = re.compile(r"Standard: (\d+) s")


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # django-celery-beat has no type hints
    """django-celery-beat's scheduler, whose start would overwrite an administrator's intervals by those of the settings."""

    _next_heartbeat = 0.0

    def setup_schedule(self) -> None:
        write_defaults(self.app.conf.beat_schedule)

    def tick(self, *arguments: Any, **options: Any) -> float:
        """Sends what is due. Called every few seconds, so it also stores the heartbeat."""
        if time.monotonic() >= self._next_heartbeat:
            self._next_heartbeat = time.monotonic() + heartbeats.BEAT_SECONDS
            heartbeats.record(Heartbeat.Role.BEAT)
        return float(super().tick(*arguments, **options))


@transaction.atomic
def write_defaults(schedule: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Writes missing rows, and new defaults where the old ones were not changed; returns the names of the written rows.

    A row's description has the default that it was written with: an interval that differs was set by an administrator.
    """
    written = []
    for name, entry in schedule.items():
        seconds = int(entry["schedule"])
        row = PeriodicTask.objects.filter(name=name).first() or PeriodicTask(name=name)
        if row.pk and row.task == entry["task"] and (_default(row) == seconds or not _is_untouched(row)):
            continue
        if row.pk is None or _is_untouched(row):
            row.interval = _interval(seconds)
            row.expire_seconds = entry.get("options", {}).get("expires")
            row.description = f"Standard: {seconds} s"
        row.task = entry["task"]
        row.save()
        written.append(name)
    return written


def _default(row: PeriodicTask) -> int | None:
    match = _DEFAULT.search(row.description or "")
    return int(match[1]) if match else None


def _is_untouched(row: PeriodicTask) -> bool:
    interval = row.interval
    return bool(interval and interval.period == IntervalSchedule.SECONDS and interval.every == _default(row))


def _interval(seconds: int) -> IntervalSchedule:
    # Not get_or_create: the table may have the same interval twice, created by an administrator.
    same = IntervalSchedule.objects.filter(every=seconds, period=IntervalSchedule.SECONDS).first()
    return same or IntervalSchedule.objects.create(every=seconds, period=IntervalSchedule.SECONDS)
