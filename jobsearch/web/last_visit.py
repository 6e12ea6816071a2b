"""Since when a visitor has been away, so that a list can say what is new to them.

A first-party cookie of two times, in whole minutes since 1970: the end of the visit before this one (0 for none) and the
latest look at the results. It names nobody, and minutes are too coarse to tell visitors apart by. Whoever only looks in at the
home page gets none, and neither do crawlers, which are kept from every other list.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "visits"
AWAY = dt.timedelta(minutes=30)
"""A visit ends when its results have not been asked for during this time."""
KEPT = dt.timedelta(days=365)
_VALUE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})")  # nine digits: until the year 3871


@dataclass(frozen=True, slots=True)
class Visit:
    """`since`: the end of the visit before this one, or None where there was none. `value`: the cookie for the next request."""

    since: dt.datetime | None
    value: str
    known: bool
    """Whether the visitor brought a cookie that could be believed."""


def visit(request: HttpRequest, now: dt.datetime | None = None) -> Visit:
    """What the request's cookie tells; one that is malformed, in the future or older than a year tells nothing."""
    this = int((now or timezone.now()).timestamp()) // 60
    found = _VALUE.fullmatch(request.COOKIES.get(COOKIE, ""))
    before, latest = (int(found[1]), int(found[2])) if found else (0, 0)
    known = before <= latest <= this and this - latest < KEPT.total_seconds() // 60
    if not known:
        before = 0
    elif this - latest >= AWAY.total_seconds() // 60:
        before = latest
    since = dt.datetime.fromtimestamp(before * 60, tz=dt.UTC) if before else None
    return Visit(since, f"{before}.{this}", known)


def remember(response: HttpResponse, visit: Visit) -> None:
    response.set_cookie(
        COOKIE,
        visit.value,
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
