"""Days and deadlines as people say them: "Frist i morgen", "for 3 timer siden", in the language of the page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jobsearch.vacancies import deadlines
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO, get_oslo_date

SOON_DAYS = 3  # from here a deadline gets its tint


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline in words, and how pressing it is: "soon", "past" or "". `own`: the employer's words among them, if any."""

    words: str
    tone: str = ""
    exact: str = ""
    """The same with weekday and date, where `words` leave them out: for the facts of the ad page."""

    own: str = ""


def today() -> dt.date:
    return get_oslo_date(timezone.now())


def day(value: dt.date, *, weekday: bool = False) -> str:
    """A day in words; the year is named only where it is not this one."""
    if value.year == today().year:
        pattern = pgettext("datoformat", "l j. F") if weekday else pgettext("datoformat", "j. F")
    else:
        pattern = pgettext("datoformat", "l j. F Y") if weekday else pgettext("datoformat", "j. F Y")
    return date_format(value, pattern)


def deadline(vacancy: Vacancy) -> Deadline | None:
    """The ad's deadline, or None where the ad names none."""
    due, text = vacancy.application_due, vacancy.application_due_text
    if due is None:
        if deadlines.is_soon(text):
            return Deadline(_("Snarest"))
        if deadlines.is_continuous(text):
            return Deadline(_("Fortløpende"))
        text = deadlines.strip_label(text)
        return Deadline(_("Frist: %(text)s") % {"text": text}, own=text) if text else None
    left = (due - today()).days
    exact = day(due, weekday=True)
    if left < 0:
        return Deadline(_("Fristen er ute"), "past", exact)
    tone = "soon" if left <= SOON_DAYS else ""
    if left == 0:
        return Deadline(_("Frist i dag"), tone, exact)
    if left == 1:
        return Deadline(_("Frist i morgen"), tone, exact)
    words = exact if left < 7 else day(due)
    return Deadline(_("Frist %(day)s") % {"day": words}, tone, exact)


def published(moment: dt.datetime | None) -> str:
    """When an ad came: "Publisert i dag"."""
    if moment is None:
        return ""
    date = get_oslo_date(moment)
    ago = (today() - date).days
    if ago <= 0:
        return _("Publisert i dag")
    if ago == 1:
        return _("Publisert i går")
    return _("Publisert %(day)s") % {"day": day(date)}


def moment(value: dt.datetime | None) -> str:
    """A day and a time of day, Oslo's."""
    if value is None:
        return ""
    local = value.astimezone(OSLO) if dt.MINYEAR < value.year < dt.MAXYEAR else value
    clock = date_format(local, "H:i")
    date = local.date()
    if date == today():
        return _("i dag kl. %(clock)s") % {"clock": clock}
    if (today() - date).days == 1:
        return _("i går kl. %(clock)s") % {"clock": clock}
    return _("%(day)s kl. %(clock)s") % {"day": day(date), "clock": clock}


def new_since(count: int, since: dt.datetime) -> str:
    """ "6 nye siden i går kl. 16.49"."""
    if not count:
        return _("Ingen nye siden %(moment)s") % {"moment": moment(since)}
    return ngettext("%(n)s ny siden %(moment)s", "%(n)s nye siden %(moment)s", count) % {"n": count, "moment": moment(since)}


def count_of_results(total: int) -> str:
    """ "1 treff", "10 312 treff"."""
    from django.utils.formats import number_format

    return ngettext("%(n)s treff", "%(n)s treff", total) % {"n": number_format(total, use_l10n=True, force_grouping=True)}
