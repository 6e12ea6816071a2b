"""Beat's schedule: the settings' times are defaults, written to the database once; there an administrator changes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

_DEFAULT = re.compile(r"Standard: (\d+) s")


class Scheduler(DatabaseScheduler):
    """Django-celery-beat's, but for its start: that would write the settings' times over an administrator's."""

    def setup_schedule(self) -> None:
        seed(self.app.conf.beat_schedule)


@transaction.atomic
def seed(schedule: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Writes what is missing, and new defaults where the old ones were left alone; returns the names of those rows.

    A row tells in its description which default it was made with: an interval that differs is an administrator's.
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
    told = _DEFAULT.search(row.description or "")
    return int(told[1]) if told else None


def _is_untouched(row: PeriodicTask) -> bool:
    interval = row.interval
    return bool(interval and interval.period == IntervalSchedule.SECONDS and interval.every == _default(row))


def _interval(seconds: int) -> IntervalSchedule:
    # Not get_or_create: an administrator may have made the same interval twice, and nothing forbids it.
    same = IntervalSchedule.objects.filter(every=seconds, period=IntervalSchedule.SECONDS).first()
    return same or IntervalSchedule.objects.create(every=seconds, period=IntervalSchedule.SECONDS)
