"""Frequencies of alert mails, and the moments in Oslo time at which they are due."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from jobsearch.vacancies.visibility import OSLO

GROUP_MINUTES = 5  # a page of the feed brings many ads within seconds: they are one mail
SENDING_HOUR = 7  # in Oslo: before work
MONDAY = 0


class Frequency(TextChoices):
    """How often a subscription sends mail."""

    INSTANT = "instant", gettext_lazy("Med en gang")
    DAILY = "daily", gettext_lazy("Hver dag")
    WEEKLY = "weekly", gettext_lazy("Hver uke")
    OFF = "off", gettext_lazy("Aldri (på pause)")


def compute_cutoff(frequency: Frequency, now: dt.datetime) -> dt.datetime:
    """The latest moment at which such mails were due. Ads first seen before it are sent; there is one mail for each cutoff.

    For instant mails it moves with `now`: a mail leaves when its oldest ad is five minutes old.
    """
    if frequency == Frequency.INSTANT:
        return now - dt.timedelta(minutes=GROUP_MINUTES)
    today = now.astimezone(OSLO).date()
    day = today - dt.timedelta(days=(today.weekday() - MONDAY) % 7 if frequency == Frequency.WEEKLY else 0)
    cutoff = at_sending_hour(day)
    return cutoff if cutoff <= now else at_sending_hour(day - dt.timedelta(days=7 if frequency == Frequency.WEEKLY else 1))


def at_sending_hour(day: dt.date) -> dt.datetime:
    """The moment of a day at which mails are sent."""
    return dt.datetime.combine(day, dt.time(SENDING_HOUR), tzinfo=OSLO)
