"""Celery task of the statistics."""

from __future__ import annotations

import logging

from celery import shared_task

from . import counting

log = logging.getLogger(__name__)


@shared_task
def count_market() -> None:
    """Counts new and closed ads, and the active ads of each day that has ended. What is due is read from the database."""
    try:
        counting.count_market()
    except counting.CountedElsewhere:
        log.info("Another process counts the market; the next task continues.")
