"""System checks of settings that are valid alone but do not fit together. `manage.py check` and every command run them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import DatabaseError
from django.http.request import validate_host

from jobsearch.vacancies.suppression.loading import count_unusable

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""


@register(Tags.security)
def check_debug(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Refuses DEBUG on a public address: Django's error page shows settings, queries and rows to visitors."""
    if settings.DEBUG and _host() not in LOCAL:
        message = f"DEBUG is on, and SITE_URL ({settings.SITE_URL}) is a public address."
        return [Error(message, hint="Set DEBUG=0, or SITE_URL to http://localhost:8000 while you develop.", id="control.E001")]
    return []


@register(Tags.security)
def check_allowed_hosts(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warns if ALLOWED_HOSTS lacks the site's host: every request would be answered with 400."""
    allowed = settings.ALLOWED_HOSTS
    if settings.DEBUG and not allowed:
        return []
    host = f"[{_host()}]" if ":" in _host() else _host()
    if not validate_host(host, allowed):
        message = f"SITE_URL is {settings.SITE_URL}, but ALLOWED_HOSTS ({', '.join(allowed)}) does not have its host."
        return [Warning(message, hint=f"Add {host} to ALLOWED_HOSTS.", id="control.W001")]
    return []


@register(Tags.security, deploy=True)
def check_https(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warns about a public site without https: logins are sent unencrypted, and cookies over any connection."""
    if urlsplit(settings.SITE_URL).scheme == "http" and _host() not in LOCAL:
        message = "SITE_URL begins with http, so logins travel in the clear and cookies are sent over any connection."
        return [Warning(message, hint="Put a proxy with TLS before the site, and write SITE_URL with https.", id="control.W002")]
    return []


@register(Tags.caches, deploy=True)
def check_shared_cache(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Notes a cache that each process keeps for itself: correct with one web process; several need a shared cache."""
    if str(settings.CACHES["default"]["BACKEND"]).endswith("LocMemCache"):
        message = "Each process keeps a cache of its own (CACHE_URL is locmem)."
        return [Info(message, hint="With several web processes, set CACHE_URL to redis://host:6379/1.", id="control.I001")]
    return []


@register(Tags.database)
def check_suppression_key(app_configs: Any, databases: Any = None, **options: Any) -> list[CheckMessage]:
    """Refuses a key of the suppression list that is not the one that made it: people who asked to be removed would come back."""
    if not databases:
        return []
    try:
        unusable = count_unusable()
    except DatabaseError:
        return []  # not migrated yet
    if not unusable:
        return []
    message = f"{unusable} entries of the suppression list were made with another key, so they have no effect."
    hint = "Set SUPPRESSION_KEY to its earlier value, or to the SECRET_KEY that was in use then."
    return [Error(message, hint=hint, id="control.E002")]


@register(Tags.security, deploy=True)
def check_privacy_contact(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Warns where /personvern/ names no address to which people can write."""
    if settings.PRIVACY_CONTACT or settings.ADMINS:
        return []
    message = "/personvern/ names no address for people who want to be removed."
    return [Warning(message, hint="Set PRIVACY_CONTACT.", id="control.W003")]
