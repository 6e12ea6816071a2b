"""Formatting of dates and deadlines in the language of the page: "Frist i morgen", "i går kl. 16.49"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from jobsearch.vacancies import deadlines
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO, get_oslo_date

SOON_DAYS = 3  # a deadline within these days is shown in the "soon" colour
WEEK = 7  # a nearer deadline is shown with the days that are left


@dataclass(frozen=True, slots=True)
class Deadline:
    """A formatted deadline. `tone`, for its colour, is "soon", "past" or ""."""

    text: str
    tone: str = ""
    exact: str = ""
    """Weekday and date, "" for a deadline without a date: for the facts of the ad page."""

    employer_text: str = ""
    """The part of `text` that the employer wrote, for its `lang` attribute."""

    remaining: str = ""
    """The days that are left: "3 dager igjen"; for the ad page, beside `exact`."""

    slot: str = ""
    """The short form of a row in a list: "3 dager igjen (1. des.)"; "" for a text of the employer's own, which may be long."""


def get_today() -> dt.date:
    """Today's date in Oslo."""
    return get_oslo_date(timezone.now())


def get_midnight() -> dt.datetime:
    """The beginning of today in Oslo."""
    return dt.datetime.combine(get_today(), dt.time(), tzinfo=OSLO)


def format_day(value: dt.date, *, weekday: bool = False) -> str:
    """A date as text; with the year only if it is not the current one."""
    return _format_day(value, weekday, value.year == get_today().year, get_language())


@lru_cache(maxsize=2000)
def _format_day(value: dt.date, weekday: bool, is_this_year: bool, _language: str | None) -> str:
    """The date in the active language, which is an argument for the cache only: a page shows the same days many times."""
    if is_this_year:
        pattern = pgettext("datoformat", "l j. F") if weekday else pgettext("datoformat", "j. F")
    else:
        pattern = pgettext("datoformat", "l j. F Y") if weekday else pgettext("datoformat", "j. F Y")
    return date_format(value, pattern)


def format_short_day(value: dt.date) -> str:
    """A date for a narrow place: "1. des.", with the year only if it is not the current one."""
    return _format_short_day(value, value.year == get_today().year, get_language())


@lru_cache(maxsize=2000)
def _format_short_day(value: dt.date, is_this_year: bool, _language: str | None) -> str:
    """The date in the active language, which is an argument for the cache only."""
    return date_format(value, pgettext("datoformat", "j. N") if is_this_year else pgettext("datoformat", "j. N Y"))


def format_deadline(vacancy: Vacancy) -> Deadline | None:
    """The ad's deadline, or None where the ad has none."""
    due, text = vacancy.application_due, vacancy.application_due_text
    if due is None:
        if deadlines.is_soon(text):
            return Deadline(_("Søk snarest"), slot=_("Søk snarest"))
        if deadlines.is_continuous(text):
            return Deadline(_("Løpende"), slot=_("Løpende"))
        text = deadlines.strip_label(text)
        return Deadline(_("Frist: %(text)s") % {"text": text}, employer_text=text) if text else None
    return _format_due(due, get_today(), get_language())


@lru_cache(maxsize=2000)
def _format_due(due: dt.date, today: dt.date, _language: str | None) -> Deadline:
    """A deadline with a date, in the active language, which is an argument for the cache only: ads share few dates."""
    left = (due - today).days
    exact = format_day(due, weekday=True)
    if left < 0:
        return Deadline(_("Fristen er ute"), "past", exact, remaining=_("Fristen er ute"), slot=_("Fristen er ute"))
    tone = "soon" if left <= SOON_DAYS else ""
    if left == 0:
        return Deadline(_("Frist i dag"), tone, exact, remaining=_("Frist i dag"), slot=_("Frist i dag"))
    remaining = ngettext("%(n)s dag igjen", "%(n)s dager igjen", left) % {"n": left}
    short = format_short_day(due)
    if left >= WEEK:
        text, slot = _("Frist %(day)s") % {"day": format_day(due)}, _("Frist %(day)s") % {"day": short}
        return Deadline(text, tone, exact, remaining=remaining, slot=slot)
    slot = ngettext("%(n)s dag igjen (%(day)s)", "%(n)s dager igjen (%(day)s)", left) % {"n": left, "day": short}
    text = _("Frist i morgen") if left == 1 else _("Frist %(day)s") % {"day": exact}
    return Deadline(text, tone, exact, remaining=remaining, slot=slot)


def format_published(time: dt.datetime | None) -> str:
    """The publishing date of an ad: "Publisert i dag"."""
    if time is None:
        return ""
    return _format_published(get_oslo_date(time), get_today(), get_language())


@lru_cache(maxsize=2000)
def _format_published(date: dt.date, today: dt.date, _language: str | None) -> str:
    ago = (today - date).days
    if ago <= 0:
        return _("Publisert i dag")
    if ago == 1:
        return _("Publisert i går")
    return _("Publisert %(day)s") % {"day": format_day(date)}


def format_published_slot(time: dt.datetime | None) -> str:
    """The publishing date of a row in a list: "I dag", "23. nov."."""
    if time is None:
        return ""
    date = get_oslo_date(time)
    ago = (get_today() - date).days
    return _("I dag") if ago <= 0 else _("I går") if ago == 1 else format_short_day(date)


def format_time(value: dt.datetime | None) -> str:
    """Date and time of day in Oslo: "i dag kl. 16.49"."""
    if value is None:
        return ""
    local = value.astimezone(OSLO) if dt.MINYEAR < value.year < dt.MAXYEAR else value
    clock = date_format(local, "H:i")
    date = local.date()
    if date == get_today():
        return _("i dag kl. %(clock)s") % {"clock": clock}
    if (get_today() - date).days == 1:
        return _("i går kl. %(clock)s") % {"clock": clock}
    return _("%(day)s kl. %(clock)s") % {"day": format_day(date), "clock": clock}


def format_new_since(count: int, since: dt.datetime) -> str:
    """Number of new ads: "6 nye siden i går kl. 16.49"."""
    if not count:
        return _("Ingen nye siden %(moment)s") % {"moment": format_time(since)}
    return ngettext("%(n)s ny siden %(moment)s", "%(n)s nye siden %(moment)s", count) % {"n": count, "moment": format_time(since)}


def format_result_count(total: int) -> str:
    """Number of hits: "1 treff", "10 312 treff"."""
    return ngettext("%(n)s treff", "%(n)s treff", total) % {"n": format_number(total)}


def format_number(value: int) -> str:
    """A number with a thousands separator: 10312 -> "10 312"."""
    return format_number_in(value, get_language())


@lru_cache(maxsize=10_000)
def format_number_in(value: int, _language: str | None) -> str:
    """`format_number`, where the caller has read the active language: it is an argument for the cache only."""
    return number_format(value, use_l10n=True, force_grouping=True)
