"""Celery tasks of vacancies: closing and deleting ads when their time has come, and preparing ads for lists."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from . import prepared_ads, store

TOMBSTONE_DAYS = 400
"""Retention of tombstones, thirteen months. With a tombstone the site answers 410 Gone to links and crawlers, and a late write
cannot bring an ad back into the index. No write waits that long (OpenSearch's previous index is kept for a day), ads live six
months at most, and an older backup of the database is not restored without a rebuild. An ad that returns after its tombstone was
deleted begins at version 1."""


@shared_task
def close_expired() -> int:
    """Closes ads whose last day has passed, which NAV's terms of use require.

    Then erases what an earlier closing could not erase from the database file because the database was being read.
    """
    closed = store.close_expired()
    store.erase_deleted_content()
    return closed


@shared_task
def forget_old() -> int:
    """Replaces ads past their retention with tombstones, deletes tombstones past theirs, and updates the planner's statistics."""
    store.update_statistics()
    now = timezone.now()
    days = max(TOMBSTONE_DAYS, settings.FEED_BACKFILL_DAYS)
    store.delete_tombstones((now - dt.timedelta(days=days)).date())
    return store.replace_with_tombstones(now - dt.timedelta(days=settings.RETENTION_DAYS))


@shared_task
def prepare_stored_ads() -> int:
    """Prepares ads stored before an upgrade for lists: some thousand a minute, so that others can write in between."""
    return prepared_ads.prepare_stored_ads()
