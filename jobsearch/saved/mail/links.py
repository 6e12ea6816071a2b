"""Signed links, of mails, feeds, calendars and shared searches: they open a page without login, on any device.

A link of one purpose opens no page of another.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Model, QuerySet
from django.urls import reverse

CONFIRM_HOURS, INVITATION_DAYS = 24, 14
Row = TypeVar("Row", bound=Model)


class Purpose(enum.StrEnum):
    """What a link is for. The value is part of its signature."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    STOP = "stop"
    ADS = "ads"
    FEED = "feed"
    CALENDAR = "calendar"
    REMINDERS = "reminders"
    SHARE = "share"
    INVITE = "invite"


_VIEWS = {
    Purpose.CONFIRM: "alerts:confirm",
    Purpose.MANAGE: "alerts:manage",
    Purpose.STOP: "alerts:stop",
    Purpose.ADS: "web:alert_ads",
    Purpose.FEED: "web:saved_atom",
    Purpose.CALENDAR: "web:bookmark_calendar",
    Purpose.REMINDERS: "bookmarks:stop_reminders",
    Purpose.SHARE: "web:shared_search",
    Purpose.INVITE: "saved:invitation",
}


_UNCHANGING = {Purpose.SHARE, Purpose.FEED, Purpose.CALENDAR}
_MAX_AGE = {
    Purpose.CONFIRM: dt.timedelta(hours=CONFIRM_HOURS),
    Purpose.INVITE: dt.timedelta(days=INVITATION_DAYS),
}


def sign_token(purpose: Purpose, key: UUID) -> str:
    """The token of a link, for an address."""
    return _get_signer(purpose).sign(key.hex)


def read_token(purpose: Purpose, token: str) -> UUID | None:
    """The key of a token; None where it was not signed for this purpose, or has expired."""
    signer = _get_signer(purpose)
    try:
        if isinstance(signer, signing.TimestampSigner):
            return UUID(signer.unsign(token, max_age=_MAX_AGE.get(purpose)))
        return UUID(signer.unsign(token).partition(".")[0])  # feeds made before 29 November 2026 have a time after the key
    except (signing.BadSignature, ValueError):
        return None


def find_by_token(rows: QuerySet[Row], purpose: Purpose, token: str) -> Row | None:
    """The row whose key the token has; None where the token is not valid or the row is gone."""
    key = read_token(purpose, token)
    return rows.filter(pk=key).first() if key else None


def build_path(purpose: Purpose, key: UUID) -> str:
    """The path of the page that a link opens."""
    return reverse(_VIEWS[purpose], args=[sign_token(purpose, key)])


def build_link(purpose: Purpose, key: UUID) -> str:
    """The absolute URL of a link, for a mail."""
    return f"{settings.SITE_URL}{build_path(purpose, key)}"


def _get_signer(purpose: Purpose) -> signing.Signer:
    """The signer of a purpose: with the time, except where the link must be the same each time a page shows it."""
    kind = signing.Signer if purpose in _UNCHANGING else signing.TimestampSigner
    return kind(sep=".", salt=f"jobsearch.saved.{purpose}")
