"""Moments and days as the whole numbers that an index holds."""

from __future__ import annotations

import datetime as dt

from jobsearch.vacancies.visibility import OSLO

_EPOCH_DAY = dt.date(1970, 1, 1)


def epoch(moment: dt.datetime | None) -> int:
    """Whole seconds since 1970; 0 for None and for earlier moments."""
    return max(0, int(moment.timestamp())) if moment else 0


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH_DAY).days


def get_today(now: dt.datetime) -> int:
    """Day number of this moment's date in Oslo."""
    return day_number(now.astimezone(OSLO).date())
