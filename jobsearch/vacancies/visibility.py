"""Definition of an active ad: the only place that decides which ads may be shown.

An ad is active while the feed says so, its last day (`expires`, inclusive, Oslo time) has not passed, and no administrator
has hidden it. It is decided when an ad is read, so an ad ends at midnight although its row is closed some seconds later.
NAV's terms of use: of an inactive ad only that it existed may be shown, and contact information never.

Two forms of the same rule: `is_active` for a row in memory, `active_condition` for a query. Hidden ads are in a separate
table (`Moderation`), so both get them separately: `is_active` as an argument, `Vacancy.objects.active()` as a subquery.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

OSLO = ZoneInfo("Europe/Oslo")


class Ad(Protocol):
    """The columns of a vacancy that decide its visibility. Not the model itself, which imports this module."""

    @property
    def status(self) -> str: ...

    @property
    def visible_until(self) -> dt.datetime: ...


def compute_visible_until(expires: dt.datetime) -> dt.datetime:
    """The first moment at which an ad with this `expires` is not active: midnight in Oslo after its last day.

    `expires` is usually the *start* of the last day (local midnight), so the whole of that day counts.
    """
    day = min(max(get_oslo_date(expires), dt.date(1900, 1, 1)), dt.date(9998, 12, 31))  # what databases hold in any time zone
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=OSLO)


def get_oslo_date(moment: dt.datetime) -> dt.date:
    """The date of a moment in Oslo.

    In the calendar's first and last year the date as written: converting to another time zone could leave the calendar
    (OverflowError).
    """
    return moment.astimezone(OSLO).date() if dt.MINYEAR < moment.year < dt.MAXYEAR else moment.date()


def is_active(vacancy: Ad, now: dt.datetime | None = None, *, hidden: bool = False) -> bool:
    """Whether an ad may be shown, for a row in memory. `hidden`: whether an administrator has hidden it."""
    return vacancy.status == "ACTIVE" and not hidden and vacancy.visible_until > (now or timezone.now())


def expired_condition(now: dt.datetime | None = None) -> Q:
    """Ads that are still stored as open although their last day has passed: `close_expired` has to close them."""
    return Q(status="ACTIVE", visible_until__lte=now or timezone.now())


def active_condition(now: dt.datetime | None = None) -> Q:
    """The rule of `is_active` as a condition on `Vacancy`, without hidden ads: `Vacancy.objects.active()` excludes those."""
    return Q(status="ACTIVE", visible_until__gt=now or timezone.now())
