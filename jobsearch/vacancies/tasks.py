"""Celery tasks of the record: what only the clock brings about."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from . import record


@shared_task
def close_expired() -> int:
    """Deletes what ads whose last day has passed may not keep. NAV's terms allow nothing of them to be shown.

    Then what an earlier closing could not erase, because the database was being read.
    """
    closed = record.close_expired()
    record.erase_traces()
    return closed


@shared_task
def forget_old() -> int:
    """Replaces ads past their retention by tombstones."""
    return record.forget(timezone.now() - dt.timedelta(days=settings.RETENTION_DAYS))
