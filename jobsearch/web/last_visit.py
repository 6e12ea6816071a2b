"""Last-visit cookie: the time of a visitor's previous visit, so that lists can mark the ads that are new since then.

A first-party cookie with two times in whole minutes since 1970: the end of the previous visit (0 for none) and the latest
request for results. It holds no identifier, and minutes are too coarse to tell visitors apart. A visitor who only opens the
home page gets no cookie; nor do crawlers, which robots.txt excludes from every other list.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "visits"
VISIT_GAP = dt.timedelta(minutes=30)
"""A visit ends after this time without a request for results."""
COOKIE_AGE = dt.timedelta(days=365)
_VALUE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})")  # nine digits: until the year 3871


@dataclass(frozen=True, slots=True)
class Visit:
    """Result of reading the cookie.

    `since`: end of the previous visit, None for a first visit. `value`: the cookie's new value.
    """

    since: dt.datetime | None
    value: str
    known: bool
    """Whether the request had a valid cookie."""


def read_last_visit(request: HttpRequest) -> Visit:
    """Reads the request's cookie; one that is malformed, in the future or older than a year is ignored."""
    this_minute = int(timezone.now().timestamp()) // 60
    match = _VALUE.fullmatch(request.COOKIES.get(COOKIE, ""))
    previous_end, latest = (int(match[1]), int(match[2])) if match else (0, 0)
    known = previous_end <= latest <= this_minute and this_minute - latest < COOKIE_AGE.total_seconds() // 60
    if not known:
        previous_end = 0
    elif this_minute - latest >= VISIT_GAP.total_seconds() // 60:
        previous_end = latest
    since = dt.datetime.fromtimestamp(previous_end * 60, tz=dt.UTC) if previous_end else None
    return Visit(since, f"{previous_end}.{this_minute}", known)


def set_last_visit_cookie(response: HttpResponse, visit: Visit) -> None:
    """Stores the visit in the visitor's browser."""
    response.set_cookie(
        COOKIE,
        visit.value,
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
