"""Guessing passwords is slowed down: so many failed logins in a quarter of an hour, then a pause.

Counted in Django's cache; where several machines serve the site that has to be a shared one (CACHE_URL). While the cache is
down nobody is kept out: a site that nobody can log in to is the greater harm.
"""

from __future__ import annotations

import hashlib
import logging

from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
PAUSE_SECONDS = 15 * 60
MOST = 10  # tries for one user name from one address: an owner at another address is not kept out by them


class CountedLogin(AuthenticationForm):
    """A login that counts: a try is counted before its password is looked at, so that many at once gain nothing."""

    def clean(self) -> dict[str, object]:
        name = self.cleaned_data.get("username") or ""
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        key = _key(name, address)
        if _counted(key) > MOST:
            raise ValidationError(_("For mange forsøk. Vent et kvarter, og prøv igjen."), code="too_many")
        cleaned = super().clean()
        _forget(key)
        return cleaned


def _key(*words: str) -> str:
    """Hashed: a cache is no place for people's names and addresses."""
    return "login-" + hashlib.sha256("\0".join(words).encode()).hexdigest()


def _counted(key: str) -> int:
    """How many tries there have been in the quarter of an hour since the first, this one included; 0 without a cache."""
    try:
        cache.add(key, 0, PAUSE_SECONDS)
        tries = cache.incr(key)
        if tries == 1:
            cache.touch(key, PAUSE_SECONDS)  # if the old count ran out under our hands, the new one has no end yet
    except ValueError:  # ran out between the two
        return 1
    except Exception as error:  # of whatever kind of cache: naming Redis's own would load its library in every process
        log.error("Login attempts are not counted: the cache at CACHE_URL does not answer (%s).", type(error).__name__)
        return 0
    return int(tries)


def _forget(key: str) -> None:
    """Whoever knows the password has not been guessing."""
    try:
        cache.delete(key)
    except Exception as error:
        log.error("Login attempts are not forgotten: the cache at CACHE_URL does not answer (%s).", type(error).__name__)
