"""What is read out of the record and kept by a process for a while: words and names of the ads that are shown."""

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
KEEP_SECONDS = 600
RENEW_SECONDS = 300


class _Kept(NamedTuple, Generic[T]):
    site: tuple[str, str]
    since: float
    value: T

    @property
    def age(self) -> float:
        return time.monotonic() - self.since


class Recent(Generic[T]):
    """Read when it is first asked for, and again when it is ten minutes old, so that nothing of a closed ad outlives that.

    From five minutes on it is read anew beside the question. Where `warm` renews it before that, nobody has to wait.
    """

    def __init__(self, read: Callable[[dt.datetime | None], T]) -> None:
        self._read = read
        self._kept: _Kept[T] | None = None
        self._lock = threading.Lock()
        self._renewing = threading.Lock()

    def __call__(self, now: dt.datetime | None = None) -> T:
        kept = self._usable()
        if kept is None:
            with self._lock:  # one thread reads, the others wait for it
                kept = self._usable() or self._renewed(now)
        elif kept.age > RENEW_SECONDS and self._renewing.acquire(blocking=False):
            threading.Thread(target=self._renew, daemon=True).start()
        return kept.value

    def renew(self) -> None:
        """Reads it now; what is kept serves meanwhile. Raises what the reading raises."""
        if self._usable():
            self._renewed(None)
        else:
            with self._lock:  # who asks now waits for this reading
                self._renewed(None)

    def _usable(self) -> _Kept[T] | None:
        kept = self._kept
        return kept if kept and kept.site == _site() and kept.age <= KEEP_SECONDS else None

    def _renewed(self, now: dt.datetime | None) -> _Kept[T]:
        site, since = _site(), time.monotonic()
        self._kept = _Kept(site, since, self._read(now))
        return self._kept

    def _renew(self) -> None:
        try:
            self._renewed(None)
            note_success("recent")
        except Exception as error:  # what is kept serves on until it is ten minutes old; then the reading itself raises
            note_failure("recent", error)
        finally:
            self._renewing.release()
            connections.close_all()  # this thread's own


def _site() -> tuple[str, str]:
    """Tells one site from another in the same process, which is what tests are."""
    return settings.SEARCH_URL, getattr(settings, "SEARCH_INDEX", "")
