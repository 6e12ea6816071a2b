"""Login throttle: django-axes counts failed logins in the database, by user name and by client address.

An attempt is counted before its password is checked, so that simultaneous attempts cannot exceed a limit; a successful login
deletes its count. Attempts during a lock are not counted, so that a lock ends even under continued attempts. Stored of an
attempt are the normalised user name, the address (IPv6: its /64 network) and the time, for `KEPT_DAYS`.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from jobsearch.core.client_address import get_client_address

from .login_limits import BY_ADDRESS, BY_NAME, BY_NAME_AND_ADDRESS, KEPT_DAYS, MAX_ROWS, WINDOW
from .views import errors

KNOWN_COOKIE = "known"
_KNOWN_AGE = dt.timedelta(days=365)


class LoginThrottle(AxesDatabaseHandler):  # type: ignore[misc]  # django-axes has no type hints
    """Handler of django-axes (AXES_HANDLER) with a limit for each way of counting; its own handler has one limit for all."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Counts this attempt; whether it is over a limit. The password is checked only if it is not."""
        name, address = normalise_username(request, credentials), get_client_address(request)
        known = is_known_browser(request, name)
        wait = _compute_wait(name, address, known, spare=1)
        if wait is None:
            _count_attempt(name, address)
            wait = _compute_wait(name, address, known, spare=0)
        if wait is None:
            return False
        request.axes_locked_out = True  # type: ignore[attr-defined]  # read by AxesMiddleware
        request.login_wait = wait  # type: ignore[attr-defined]  # read by respond_locked_out
        return True

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Does nothing: `is_locked` has counted the attempt."""

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """Deletes the failures of the user's names from this address, and has the browser marked as known.

        A user logs in with the user name or with the e-mail address.
        """
        names = sorted({normalise_name(name) for name in (user.get_username(), user.email) if name})
        AccessAttempt.objects.filter(username__in=names, ip_address=get_client_address(request)).delete()
        request.login_known = names  # type: ignore[attr-defined]  # read by KnownBrowserMiddleware

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Does nothing: logging out changes no count."""


class KnownBrowserMiddleware:
    """Middleware that sets a signed cookie in a browser that has logged in to an account."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        if names := getattr(request, "login_known", None):
            response.set_cookie(
                KNOWN_COOKIE,
                signing.dumps(names, salt=KNOWN_COOKIE),
                max_age=_KNOWN_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def respond_locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any, *rest: Any) -> HttpResponse:
    """The 429 page for an attempt over a limit (AXES_LOCKOUT_CALLABLE)."""
    return errors.too_many_logins(request, getattr(request, "login_wait", round(WINDOW.total_seconds())))


def is_known_browser(request: HttpRequest, name: str) -> bool:
    """Whether this browser has logged in to the account with this user name or e-mail address before."""
    try:
        names = signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=KNOWN_COOKIE, max_age=_KNOWN_AGE)
    except signing.BadSignature:
        return False
    return normalise_name(name) in (
        [names] if isinstance(names, str) else names
    )  # one name: cookies from before 29 November 2026


def normalise_username(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The normalised user name of an attempt, by which attempts are counted (AXES_USERNAME_CALLABLE)."""
    return normalise_name(str((credentials or {}).get("username") or ""))


def normalise_name(name: str) -> str:
    """The form of a name by which attempts are counted: spellings that look alike are one name."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return folded.replace("\0", "").strip()[:255]


def delete_old_attempts() -> int:
    """Deletes attempts older than `KEPT_DAYS`, and all but the newest `MAX_ROWS`; returns the number of deleted rows."""
    deleted: int = AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - dt.timedelta(days=KEPT_DAYS)).delete()[0]
    times = AccessAttempt.objects.order_by("-attempt_time", "-pk").values_list("attempt_time", flat=True)
    if oldest := times[MAX_ROWS : MAX_ROWS + 1].first():
        deleted += AccessAttempt.objects.filter(attempt_time__lte=oldest).delete()[0]
    return deleted


def _count_attempt(name: str, address: str | None) -> None:
    """Adds one failure of this user name from this address; the count restarts where the last attempt is older than WINDOW."""
    now = timezone.now()
    row = AccessAttempt.objects.filter(username=name, ip_address=address, user_agent="")
    new_count = Case(When(attempt_time__lt=now - WINDOW, then=Value(1)), default=F("failures_since_start") + 1)
    if row.update(failures_since_start=new_count, attempt_time=now):
        return
    try:
        with transaction.atomic():
            AccessAttempt.objects.create(username=name, ip_address=address, user_agent="", failures_since_start=1)
    except IntegrityError:  # another process created the row in the meantime
        row.update(failures_since_start=new_count, attempt_time=now)


def _compute_wait(name: str, address: str | None, known: bool, *, spare: int) -> int | None:
    """Seconds until an attempt is allowed; None if it is now. `spare`: this many further failures must be within the limits."""
    limits = [(Q(username=name, ip_address=address), BY_NAME_AND_ADDRESS)]
    if not known:
        limits.append((Q(username=name), BY_NAME))
    if not known and address is not None:
        limits.append((Q(ip_address=address), BY_ADDRESS))
    now = timezone.now()
    waits = [_compute_wait_for_limit(rows, limit - spare, now) for rows, limit in limits]
    return max((wait for wait in waits if wait is not None), default=None)


def _compute_wait_for_limit(rows: Q, limit: int, now: dt.datetime) -> int | None:
    """Seconds until at most `limit` failures are left in the window; None if that is so now."""
    attempts = AccessAttempt.objects.filter(rows, attempt_time__gte=now - WINDOW).order_by("-attempt_time")
    total = 0
    for when, failures in attempts.values_list("attempt_time", "failures_since_start")[: limit + 1]:
        total += failures
        if total > limit:
            wait: dt.timedelta = min(when - now, dt.timedelta()) + WINDOW  # a simultaneous attempt may be later than `now`
            return max(1, round(wait.total_seconds()))
    return None
