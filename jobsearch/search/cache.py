"""Stale-while-revalidate cache of values read from the database, one in each process: words and names of active ads."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from django.conf import settings
from django.db import connections

from .thread_failures import note_failure, note_success

T = TypeVar("T")
MAX_AGE_SECONDS = 600
REVALIDATE_SECONDS = 300


class _Entry(NamedTuple, Generic[T]):
    site: tuple[str, str]
    read_at: float
    value: T

    @property
    def age(self) -> float:
        return time.monotonic() - self.read_at


class StaleWhileRevalidateCache(Generic[T]):
    """Caches what `read` returns for at most ten minutes, so that nothing of a closed ad is kept for longer.

    A call returns the cached value. A value older than five minutes is returned too, while a thread reads a new one. Only
    without a usable value the caller waits; `cache_warming` refreshes the value earlier, so that no request has to.
    """

    def __init__(self, read: Callable[[dt.datetime | None], T]) -> None:
        self._read = read
        self._entry: _Entry[T] | None = None
        self._lock = threading.Lock()
        self._revalidation_lock = threading.Lock()

    def __call__(self, now: dt.datetime | None = None) -> T:
        entry = self._get_usable_entry()
        if entry is None:
            with self._lock:  # one thread reads, the others wait for it
                entry = self._get_usable_entry() or self._read_entry(now)
        elif entry.age > REVALIDATE_SECONDS and self._revalidation_lock.acquire(blocking=False):
            threading.Thread(target=self._revalidate, daemon=True).start()
        return entry.value

    def get_cached(self) -> T | None:
        """The cached value, None where there is none yet: for a caller that does not need it and must not wait."""
        entry = self._get_usable_entry()
        return entry.value if entry else None

    def refresh(self) -> None:
        """Reads the value now; the cached one is returned meanwhile. Raises what `read` raises."""
        if self._get_usable_entry():
            self._read_entry(None)
        else:
            with self._lock:  # callers wait for this read
                self._read_entry(None)

    def _get_usable_entry(self) -> _Entry[T] | None:
        entry = self._entry
        return entry if entry and entry.site == _identify_site() and entry.age <= MAX_AGE_SECONDS else None

    def _read_entry(self, now: dt.datetime | None) -> _Entry[T]:
        site, read_at = _identify_site(), time.monotonic()
        self._entry = _Entry(site, read_at, self._read(now))
        return self._entry

    def _revalidate(self) -> None:
        try:
            self._read_entry(None)
            note_success("recent")
        except Exception as error:  # the cached value is used until it is ten minutes old; then the caller gets the error
            note_failure("recent", error)
        finally:
            self._revalidation_lock.release()
            connections.close_all()  # those of this thread


def _identify_site() -> tuple[str, str]:
    """Identifies the site, since tests run several sites in one process."""
    return settings.SEARCH_URL, getattr(settings, "SEARCH_INDEX", "")
