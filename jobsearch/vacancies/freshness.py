"""Data freshness: the time that pages show as "data as of"."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max

from .models import Vacancy


def get_last_feed_time() -> dt.datetime | None:
    """The time of the feed's newest line about any stored ad, or None if there are no ads."""
    newest: dt.datetime | None = Vacancy.objects.aggregate(newest=Max("line_time"))["newest"]
    return newest
