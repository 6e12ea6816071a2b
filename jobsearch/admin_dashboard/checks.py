"""Checks of settings that are each in order and yet do not fit together. `manage.py check` and every command run them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.http.request import validate_host

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""


@register(Tags.security)
def no_debug_in_public(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Django's page for an error in DEBUG shows a visitor settings, queries and rows."""
    if settings.DEBUG and _host() not in LOCAL:
        told = f"DEBUG is on, and SITE_URL ({settings.SITE_URL}) is a public address."
        return [Error(told, hint="Set DEBUG=0, or SITE_URL to http://localhost:8000 while you develop.", id="control.E001")]
    return []


@register(Tags.security)
def the_site_answers_to_its_own_name(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A host that is not allowed is answered with 400, so that nobody would see the site."""
    allowed = settings.ALLOWED_HOSTS
    if settings.DEBUG and not allowed:
        return []
    host = f"[{_host()}]" if ":" in _host() else _host()
    if not validate_host(host, allowed):
        told = f"SITE_URL is {settings.SITE_URL}, but ALLOWED_HOSTS ({', '.join(allowed)}) does not have its host."
        return [Warning(told, hint=f"Add {host} to ALLOWED_HOSTS.", id="control.W001")]
    return []


@register(Tags.security, deploy=True)
def a_public_site_is_encrypted(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if urlsplit(settings.SITE_URL).scheme == "http" and _host() not in LOCAL:
        told = "SITE_URL begins with http, so logins travel in the clear and cookies are sent over any connection."
        return [Warning(told, hint="Put a proxy with TLS before the site, and write SITE_URL with https.", id="control.W002")]
    return []


@register(Tags.caches, deploy=True)
def several_processes_share_their_cache(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Right as it is with one web process; with more, each has a cache of its own."""
    if str(settings.CACHES["default"]["BACKEND"]).endswith("LocMemCache"):
        told = "Each process keeps a cache of its own (CACHE_URL is locmem)."
        return [Info(told, hint="With several web processes, set CACHE_URL to redis://host:6379/1.", id="control.I001")]
    return []
