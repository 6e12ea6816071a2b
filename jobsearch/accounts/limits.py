"""Rate limits of logins and codes, counted in the database.

allauth counts in Django's default cache, which is separate in each process (`locmem://`) unless CACHE_URL names a Redis
server: four processes would allow four times as many attempts. `count_in_database` gives its limiter the cache `limits`.
"""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone
from django.utils.connection import ConnectionProxy
from django.utils.crypto import salted_hmac

from .models import LimitCount


def count_in_database() -> None:
    """Makes allauth's limiter count in the cache `limits` of the settings."""
    ratelimit.cache = ConnectionProxy(caches, "limits")


def count_attempt(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Counts an attempt; whether it is within the limits that ACCOUNT_RATE_LIMITS has for this action."""
    return ratelimit.consume(request, app="allauth.account", action=action, key=key) is not None


def hash_key(key: str, key_prefix: str, version: int) -> str:
    """The key of a count in the database: a keyed hash, because allauth's keys contain network addresses (KEY_FUNCTION)."""
    return salted_hmac("jobsearch.accounts.limits", f"{version}:{key}", algorithm="sha256").hexdigest()


def delete_old_counts() -> int:
    """Deletes the counts whose time is over; returns their number."""
    return LimitCount.objects.filter(expires__lt=timezone.now()).delete()[0]
