"""Middleware: client address behind proxies, health checks, limits on query strings, cookies and request bodies."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jobsearch.search.search_query import LONGEST_QUERY_STRING

from .views import errors, health

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")


class TrustedProxyMiddleware:
    """Proxy headers: takes client address and scheme from `X-Forwarded-*` if a trusted proxy sent them, and deletes the headers.

    Any client can send these headers. Deleted, no later code can trust them by mistake.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        forwarded = {name: meta.pop(name) for name in _FORWARDED if name in meta}
        if forwarded:
            meta[health.FORWARDED] = True  # `health` shows details only to clients on this machine
        if forwarded and _is_trusted_proxy(meta.get("REMOTE_ADDR", "")):
            # The rightmost address that is not a trusted proxy: the client can write anything to the left of it.
            for address in reversed(forwarded.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                address = address.strip()
                if not _is_address(address):
                    break
                meta["REMOTE_ADDR"] = address
                if not _is_trusted_proxy(address):
                    break
            scheme = forwarded.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in {"http", "https"}:
                meta["wsgi.url_scheme"] = scheme
        return self.get_response(request)


class HealthCheckMiddleware:
    """Health checks: answers `/healthz` and `/readyz` under any host name, and without a redirect to https.

    Kubernetes probes and load balancers use the address of the pod, which ALLOWED_HOSTS cannot list. Must come before the
    middleware that checks the host, and after TrustedProxyMiddleware.
    """

    views = {"/healthz": health.healthz, "/readyz": health.readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.views.get(request.path_info)
        return view(request) if view else self.get_response(request)


class BodyLimitMiddleware:
    """Request body limit: answers 413 to a Content-Length over `DATA_UPLOAD_MAX_MEMORY_SIZE`, before the body is read.

    Django applies that setting to fields, not to files, and only when a form is parsed: the CSRF check parses every form,
    also an anonymous client's 80 MB of files. gunicorn and the proxies reject such bodies earlier; this works on any server.
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
    """Request limits: answers 414 to a long query string, drops cookies that contain NUL, and reads every request as UTF-8.

    The limit is that of the web servers in the documentation, and so holds behind any server. PostgreSQL rejects NUL in a
    session key with an error. Django decodes fields by the charset that the client declares: "rot13" raises LookupError, and
    "utf-7" makes lone surrogates, which no database stores. Browsers send UTF-8, because the pages are UTF-8.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY_STRING:
            return errors.address_too_long()
        if any("\0" in value for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        if request.encoding:  # the declared one; None for the default
            request.encoding = "utf-8"
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted_proxy(text: str) -> bool:
    if not settings.TRUSTED_PROXIES or not _is_address(text):
        return False
    address = ipaddress.ip_address(text)
    return any(address in network for network in settings.TRUSTED_PROXIES)
