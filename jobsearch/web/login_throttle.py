"""Login throttle: failed logins counted in the database by django-axes, by name and by address.

A try is counted before its password is looked at, so that many at once gain nothing; a login that succeeds takes its count
back. Tries during a lock are not counted, so a lock ends however often it is tried. What is stored of a try is the name in
one spelling, the address (IPv6: its /64) and the time, for `KEPT_DAYS`.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
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

from .views import errors

WINDOW = dt.timedelta(minutes=15)
# Failures within WINDOW. By name and address: a person's typing errors, and no more. By address: an office behind one
# address, against one password tried on many names. By name: many addresses against one account; a browser that has logged
# in to it before is let through, so that no attacker keeps its owner out.
BY_NAME_AND_ADDRESS, BY_ADDRESS, BY_NAME = 5, 20, 50
KEPT_DAYS = 7
MOST_KEPT = 20_000  # rows; within WINDOW a machine checks far fewer passwords
KNOWN_COOKIE = "known"
_KNOWN_AGE = dt.timedelta(days=365)


class LoginThrottle(AxesDatabaseHandler):
    """Handler for axes (AXES_HANDLER) with a limit for each way of counting; its own has one for all."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Counts this try, and says whether it comes too often; the password is looked at only if it does not."""
        name, address = normalise_name(request, credentials), client_address(request)
        known = _is_known(request, name)
        wait = _seconds_to_wait(name, address, known, spare=1)
        if wait is None:
            _count(name, address)
            wait = _seconds_to_wait(name, address, known, spare=0)
        if wait is None:
            return False
        request.axes_locked_out = True  # type: ignore[attr-defined]  # read by AxesMiddleware
        request.login_wait = wait  # type: ignore[attr-defined]
        return True

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Nothing left to do: the try has been counted."""

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        name = _normalise(user.get_username())
        AccessAttempt.objects.filter(username=name, ip_address=client_address(request)).delete()
        request.login_known = name  # type: ignore[attr-defined]  # read by KnownBrowserMiddleware

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None: ...


class KnownBrowserMiddleware:
    """Marks a browser that has logged in to an account, with a signed cookie."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        if name := getattr(request, "login_known", None):
            response.set_cookie(
                KNOWN_COOKIE,
                signing.dumps(name, salt=KNOWN_COOKIE),
                max_age=_KNOWN_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: Any, *rest: Any) -> HttpResponse:
    """The page for a try that comes too often (AXES_LOCKOUT_CALLABLE)."""
    return errors.too_many_logins(request, getattr(request, "login_wait", round(WINDOW.total_seconds())))


def normalise_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name tried, in one spelling (AXES_USERNAME_CALLABLE)."""
    return _normalise(str((credentials or {}).get("username") or ""))


def client_address(request: HttpRequest) -> str | None:
    """The client's IPv4 address, or the /64 of its IPv6 address: one customer usually has a whole /64.

    Used by axes too (AXES_CLIENT_IP_CALLABLE). TrustedProxyMiddleware has put the client's address into REMOTE_ADDR.
    """
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "")
    except ValueError:
        return None  # a Unix socket
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)).network_address)
    return str(address)


def forget_old_attempts() -> int:
    """Deletes attempts older than `KEPT_DAYS`, and all but the newest `MOST_KEPT`; returns how many."""
    gone = AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - dt.timedelta(days=KEPT_DAYS)).delete()[0]
    times = AccessAttempt.objects.order_by("-attempt_time", "-pk").values_list("attempt_time", flat=True)
    if oldest := times[MOST_KEPT : MOST_KEPT + 1].first():
        gone += AccessAttempt.objects.filter(attempt_time__lte=oldest).delete()[0]
    return gone


def _normalise(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return folded.replace("\0", "").strip()[:255]


def _is_known(request: HttpRequest, name: str) -> bool:
    try:
        return bool(signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=KNOWN_COOKIE, max_age=_KNOWN_AGE) == name)
    except signing.BadSignature:
        return False


def _count(name: str, address: str | None) -> None:
    """Adds one to the failures of a name from an address; the count begins anew when the last one is long ago."""
    now = timezone.now()
    row = AccessAttempt.objects.filter(username=name, ip_address=address, user_agent="")
    again = Case(When(attempt_time__lt=now - WINDOW, then=Value(1)), default=F("failures_since_start") + 1)
    if row.update(failures_since_start=again, attempt_time=now):
        return
    try:
        with transaction.atomic():
            AccessAttempt.objects.create(username=name, ip_address=address, user_agent="", failures_since_start=1)
    except IntegrityError:  # another process made the row in between
        row.update(failures_since_start=again, attempt_time=now)


def _seconds_to_wait(name: str, address: str | None, known: bool, *, spare: int) -> int | None:
    """How long until a try is let through; None: now. `spare` is how many more failures there must be room for."""
    limits = [(Q(username=name, ip_address=address), BY_NAME_AND_ADDRESS)]
    if not known:
        limits.append((Q(username=name), BY_NAME))
    if not known and address is not None:
        limits.append((Q(ip_address=address), BY_ADDRESS))
    now = timezone.now()
    waits = [_wait(same, limit - spare, now) for same, limit in limits]
    return max((wait for wait in waits if wait is not None), default=None)


def _wait(same: Q, most: int, now: dt.datetime) -> int | None:
    """Seconds until at most `most` failures are left in the window; None where that is so."""
    rows = AccessAttempt.objects.filter(same, attempt_time__gte=now - WINDOW).order_by("-attempt_time")
    total = 0
    for when, failures in rows.values_list("attempt_time", "failures_since_start")[: most + 1]:
        total += failures
        if total > most:
            return max(1, round((when + WINDOW - now).total_seconds()))
    return None
