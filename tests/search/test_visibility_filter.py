"""Visibility filter: the same for an hour, so that engines keep answers, and right at each midnight at which ads end."""

from __future__ import annotations

import datetime as dt

from jobsearch.search.conditions import All, Range
from jobsearch.search.query.compiler import build_visibility_filter
from jobsearch.search.timestamps import epoch
from jobsearch.vacancies.visibility import OSLO, compute_visible_until

SECOND = dt.timedelta(seconds=1)


def is_shown(ends: dt.datetime, now: dt.datetime) -> bool:
    match build_visibility_filter(now):
        case All((Range("visible_until", int(least), None),), ()):
            return epoch(ends) >= least
    raise AssertionError


def test_an_ad_is_shown_until_the_midnight_at_which_it_ends():
    # Two years, with the days on which the clock is changed, and days of later decades.
    days = [dt.date(2026, 1, 1) + n * dt.timedelta(days=1) for n in range(730)]
    days += [dt.date(year, month, 15) for year in range(1980, 2200, 10) for month in (1, 7)]
    for day in days:
        ends = compute_visible_until(dt.datetime.combine(day, dt.time(), tzinfo=OSLO))
        assert is_shown(ends, ends - SECOND)
        assert is_shown(ends, ends - dt.timedelta(minutes=90))
        assert not is_shown(ends, ends)
        assert not is_shown(ends, ends + SECOND)


def test_it_is_the_same_from_one_hour_to_the_next():
    first = dt.datetime(2026, 11, 29, 21, tzinfo=dt.UTC)
    filters = {build_visibility_filter(first + dt.timedelta(minutes=n)) for n in range(60)}
    assert len(filters) == 1
    assert build_visibility_filter(first + dt.timedelta(hours=1)) not in filters
