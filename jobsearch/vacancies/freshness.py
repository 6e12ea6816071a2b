"""How new the record is: what the pages call "data as of"."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max

from .models import Vacancy


def get_last_feed_time() -> dt.datetime | None:
    """When the feed last told of any ad that the record holds, or None where it holds none."""
    return Vacancy.objects.aggregate(newest=Max("line_time"))["newest"]
