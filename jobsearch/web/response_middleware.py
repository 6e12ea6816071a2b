"""Middleware for responses: counters, permissions of pages, entity tags, parts of a request's time for administrators."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from jobsearch.core import counters
from jobsearch.core.timings import Timing, collect_timings, timed

PERMISSIONS = "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"
"""What pages may request from the browser: the position, for the nearest municipality, and only pages of this site."""
_CSRF_FIELD = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


class RequestCounterMiddleware:
    """Counts requests, their seconds, and those that ended with a server error. In memory only: no query, and no address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        counters.add(counters.REQUESTS, seconds=time.perf_counter() - began)
        if response.status_code >= 500:
            counters.add(counters.REQUEST_ERRORS)
        return response


class PermissionsPolicyMiddleware:
    """`Permissions-Policy` header (W3C), which Django does not set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        return response


class ETagMiddleware:
    """Entity tags for pages that a browser may keep: it answers 304 where the visitor has the page already (RFC 9110).

    Only for visitors without a session, and not for pages with `no-store`. The form's token is masked differently in each
    response; it is left out, and the secret behind it is part of the tag, so that a page kept from another secret is sent again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _may_have_etag(request, response):
            return response
        secret = response.cookies.get(settings.CSRF_COOKIE_NAME)
        digest = hashlib.sha256((secret.value if secret else request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")).encode())
        digest.update(_CSRF_FIELD.sub(b"", response.content))
        etag = f'W/"{digest.hexdigest()[:32]}"'
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response


def _may_have_etag(request: HttpRequest, response: HttpResponse) -> bool:
    control = response.get("Cache-Control", "")
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and not response.streaming
        and "no-cache" in control
        and "no-store" not in control
        and not response.has_header("ETag")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and settings.SESSION_COOKIE_NAME not in response.cookies
    )


class ServerTimingMiddleware:
    """`Server-Timing` header (W3C) for administrators, and for everyone where `DEBUG` is set; browsers show it with the request.

    Other visitors do not get it: the time of a response can reveal what others search for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # `request.user` reads the session from the database. A request without a session cookie cannot be an administrator's.
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not settings.DEBUG and not (known and getattr(request.user, "is_staff", False)):
            return self.get_response(request)
        began = time.perf_counter()
        with collect_timings() as timings, connection.execute_wrapper(_time_query):
            response = self.get_response(request)
        timings["total"] = Timing(time.perf_counter() - began, 1)
        response["Server-Timing"] = ", ".join(
            f'{name};dur={timing.seconds * 1000:.1f};desc="{timing.calls}"' for name, timing in timings.items()
        )
        return response


def _time_query(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    with timed("database"):
        return execute(sql, params, many, context)
