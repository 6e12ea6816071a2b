"""Data freshness: the time that pages show as "data as of"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Max

from .models import Vacancy


def get_last_feed_time() -> dt.datetime | None:
    """The time of the feed's newest line about any stored ad, or None if there are no ads."""
    newest: dt.datetime | None = Vacancy.objects.aggregate(newest=Max("line_time"))["newest"]
    return newest


def find_feed_time(vacancies: Sequence[Vacancy]) -> dt.datetime | None:
    """The same from ads that were read by `for_lists`; a query only where there are none."""
    return vacancies[0].feed_time if vacancies else get_last_feed_time()  # type: ignore[attr-defined]  # an annotation
