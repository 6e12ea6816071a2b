"""Formats of moments and ages for administrators: with seconds today, "i går 16:49" before."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .report_texts import format_duration

UNKNOWN = "–"


def format_moment(moment: dt.datetime | None, now: dt.datetime) -> str:
    """A moment in local time: "16:49:12" today, "i går 16:49", "24. november 16:49", with the year in another year."""
    if moment is None:
        return UNKNOWN
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    if local.date() == today:
        return date_format(local, "H:i:s")
    if local.date() == today - dt.timedelta(days=1):
        return _("i går %(time)s") % {"time": date_format(local, "H:i")}
    return date_format(local, "j. F H:i" if local.year == today.year else "j. F Y H:i")


def format_date_time(moment: dt.datetime | None) -> str:
    """A moment in local time with its date, for texts that are read later, such as alarms: "29.11.2026 16:49"."""
    return date_format(timezone.localtime(moment), "d.m.Y H:i") if moment else UNKNOWN


def format_since(moment: dt.datetime | None, now: dt.datetime) -> str:
    """A moment with its age: "16:49:12 (12 min)"."""
    if moment is None:
        return UNKNOWN
    return f"{format_moment(moment, now)} ({format_duration((now - moment).total_seconds())})"


def format_age(moment: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """How long ago, and when: "3 min 12 s siden (24.11. 08:15)"."""
    if moment is None:
        return UNKNOWN
    age = max(0.0, ((now or timezone.now()) - moment).total_seconds())
    when = date_format(timezone.localtime(moment), "j.n. H:i")
    return _("%(age)s siden (%(when)s)") % {"age": format_duration(age), "when": when}
