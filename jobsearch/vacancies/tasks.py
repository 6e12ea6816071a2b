"""Celery tasks of the record: what only the clock brings about."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from . import store

TOMBSTONE_DAYS = 400
"""Thirteen months. A tombstone answers "this ad is gone" (410) to links and crawlers, and keeps a late write from bringing an ad
back. No index lives that long with a write under way (OpenSearch's previous one is kept for a day), ads live six months at most,
and an older backup of the database is not restored without a rebuild; an ad that comes back after it begins at version 1."""


@shared_task
def close_expired() -> int:
    """Deletes what ads whose last day has passed may not keep. NAV's terms allow nothing of them to be shown.

    Then what an earlier closing could not erase, because the database was being read.
    """
    closed = store.close_expired()
    store.erase_deleted_content()
    return closed


@shared_task
def forget_old() -> int:
    """Replaces ads past their retention by tombstones, and deletes tombstones past theirs."""
    now = timezone.now()
    days = max(TOMBSTONE_DAYS, settings.FEED_BACKFILL_DAYS)
    store.delete_tombstones((now - dt.timedelta(days=days)).date())
    return store.replace_with_tombstones(now - dt.timedelta(days=settings.RETENTION_DAYS))
