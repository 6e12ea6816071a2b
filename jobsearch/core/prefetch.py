"""Prefetch detection: a request that a browser or script makes before the visitor opens the page."""

from __future__ import annotations

from django.http import HttpRequest

_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Of Fetch's standard, and of older Chrome, Safari and Firefox."""


def is_prefetch(request: HttpRequest) -> bool:
    """Whether the page may never be shown: "prefetch", "prefetch;prerender" or "preview", or a preload of htmx."""
    purposes = [request.headers.get(name, "").lower() for name in _HEADERS]
    return "HX-Preloaded" in request.headers or any("prefetch" in one or "preview" in one for one in purposes)
