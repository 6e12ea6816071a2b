"""What is active: decided here, at the moment of reading, and nowhere else.

An ad is active while the feed says so and its last day (`expires`, inclusive, Oslo time) has not passed, and no
administrator has hidden it. NAV's terms: nothing of an inactive ad but that it was; contact information never.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from .models import Vacancy

OSLO = ZoneInfo("Europe/Oslo")


def compute_visible_until(expires: dt.datetime) -> dt.datetime:
    """The first instant at which an ad with this `expires` is no longer active: midnight in Oslo after its day.

    `expires` is usually the *start* of the last day (local midnight), so the whole of that day counts.
    """
    day = min(max(get_oslo_date(expires), dt.date(1900, 1, 1)), dt.date(9998, 12, 31))  # what databases hold in any time zone
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=OSLO)


def get_oslo_date(moment: dt.datetime) -> dt.date:
    """The day of a moment in Oslo. Of the first and the last year of the calendar the day as written: a change of zone could
    leave the calendar (OverflowError)."""
    return moment.astimezone(OSLO).date() if dt.MINYEAR < moment.year < dt.MAXYEAR else moment.date()


def is_active(vacancy: Vacancy, now: dt.datetime | None = None, *, hidden: bool = False) -> bool:
    """The rule for a row already in hand; `Vacancy.objects.active()` is the same for a query."""
    return vacancy.status == "ACTIVE" and not hidden and vacancy.visible_until > (now or timezone.now())


def active_condition(now: dt.datetime | None = None) -> Q:
    """The same rule as `is_active` in the database's words, but for what an administrator has hidden."""
    return Q(status="ACTIVE", visible_until__gt=now or timezone.now())
