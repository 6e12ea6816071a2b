"""Middleware: the client's address behind proxies, health checks, limits of addresses, cookies and bodies."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jobsearch.search.api import LONGEST_QUERY_STRING

from .views import errors, health

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")


class TrustedProxyMiddleware:
    """Takes the client's address and scheme from `X-Forwarded-*` where a trusted proxy sent them, and drops those headers.

    Anybody can write these headers. Dropped, they cannot be believed by mistake further in either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        forwarded = {name: meta.pop(name) for name in _FORWARDED if name in meta}
        if forwarded:
            meta["jobsearch.forwarded"] = True  # for `health`, which tells this machine more than others
        if forwarded and _trusted(meta.get("REMOTE_ADDR", "")):
            # The rightmost address that is no proxy of ours: all left of it is what the client itself wrote.
            for address in reversed(forwarded.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                address = address.strip()
                if not _is_address(address):
                    break
                meta["REMOTE_ADDR"] = address
                if not _trusted(address):
                    break
            scheme = forwarded.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in {"http", "https"}:
                meta["wsgi.url_scheme"] = scheme
        return self.get_response(request)


class HealthCheckMiddleware:
    """Answers `/healthz` and `/readyz` whatever host they are asked for, and without a redirect to https.

    A cluster's probe and a load balancer ask by the address of the pod, which ALLOWED_HOSTS cannot name. Stands before the
    middleware that looks at the host, and after the one that finds the client's address.
    """

    views = {"/healthz": health.healthz, "/readyz": health.readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.views.get(request.path_info)
        return view(request) if view else self.get_response(request)


class BodyLimitMiddleware:
    """Answers 413 to a body over `DATA_UPLOAD_MAX_MEMORY_SIZE` by its stated length, before anything reads it.

    Django applies that setting to fields, not to files, and only when a form is read: CSRF's check reads every form, an
    anonymous visitor's 80 MB of files too. gunicorn and the proxies refuse such bodies first; this holds for any server.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit() and len(length) < 12):
            return errors.too_large(request) if length.isdigit() else errors.bad_request(request, ValueError("length"))
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return errors.too_large(request)
        return self.get_response(request)


class RequestLimitsMiddleware:
    """Refuses an address that is longer than the web servers of the documentation take, whatever server is in front, and drops
    cookies with NUL, which PostgreSQL refuses as a session's key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY_STRING:
            return errors.address_too_long()
        if any("\0" in value for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _trusted(text: str) -> bool:
    if not settings.TRUSTED_PROXIES or not _is_address(text):
        return False
    address = ipaddress.ip_address(text)
    return any(address in network for network in settings.TRUSTED_PROXIES)
