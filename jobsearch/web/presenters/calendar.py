"""Calendars (iCalendar, RFC 5545) of deadlines, each a whole day that blocks no time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from jobsearch.vacancies.models import Contact, Vacancy
from jobsearch.vacancies.visibility import is_active

from .redacted import RedactedAd

if TYPE_CHECKING:
    from icalendar import Event

REMINDER = dt.timedelta(hours=-15)  # 9 o'clock of the day before
REFRESH = dt.timedelta(hours=6)
"""How often a calendar program should request the calendar again."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline in a calendar.

    `sequence` grows with each change, and `changed` is its moment: a calendar replaces the event that it has by its `uid`.
    """

    uid: str
    day: dt.date
    summary: str
    url: str
    changed: dt.datetime
    sequence: int
    cancelled: bool = False


def build_deadline(vacancy: Vacancy, contacts: Sequence[Contact]) -> Deadline:
    """The deadline of an ad, cancelled where the ad is no longer active. The ad must have a date as its deadline.

    Without contact information, because a calendar outlives the ad, and of an ended ad its title alone.
    """
    hidden = bool(getattr(vacancy, "is_hidden", False))
    cancelled = not is_active(vacancy, hidden=hidden)
    redacted = RedactedAd(vacancy, contacts)
    title = "" if hidden else redacted.title
    employer = "" if cancelled else redacted.employer
    name = " – ".join(filter(None, [title or _("Stilling uten tittel"), employer]))
    if vacancy.application_due is None:
        raise ValueError("an ad without a deadline has no place in a calendar")
    return Deadline(
        uid=f"{vacancy.uuid}@{settings.SITE_NAME}",
        day=vacancy.application_due,
        summary=(_("Ikke lenger ledig: %(title)s") if cancelled else _("Søknadsfrist: %(title)s")) % {"title": name},
        url=f"{settings.SITE_URL}{reverse('web:ad', args=[vacancy.uuid])}",
        changed=vacancy.changed,
        # An ad ends at midnight before its row is written, so the end is a step of its own.
        sequence=2 * vacancy.version + cancelled,
        cancelled=cancelled,
    )


def build_calendar(deadlines: Iterable[Deadline], name: str = "") -> bytes:
    """The calendar file. `name`: of a calendar that programs subscribe to, which request it again every few hours."""
    from icalendar import Calendar  # 2 MB, which a process needs after its first calendar

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{settings.SITE_NAME}//deadlines//NO")
    if name:
        calendar.add("method", "PUBLISH")
        calendar.add("name", name)  # RFC 7986; programs that do not have it read the next one
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT6H")
    for deadline in deadlines:
        calendar.add_component(_build_event(deadline))
    content: bytes = calendar.to_ical()
    return content


def _build_event(deadline: Deadline) -> Event:
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", deadline.uid)
    event.add("dtstamp", deadline.changed.astimezone(dt.UTC))
    event.add("last-modified", deadline.changed.astimezone(dt.UTC))
    event.add("sequence", deadline.sequence)
    event.add("status", "CANCELLED" if deadline.cancelled else "CONFIRMED")
    event.add("dtstart", deadline.day)
    event.add("summary", deadline.summary)
    event.add("url", deadline.url)
    event.add("description", deadline.url)
    event.add("transp", "TRANSPARENT")
    if not deadline.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", deadline.summary)
        alarm.add("trigger", REMINDER)
        event.add_component(alarm)
    return event
