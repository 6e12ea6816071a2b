"""Failures of background threads: logged, and stored in a table that the admin shows. The thread continues."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from .models import ThreadFailure

log = logging.getLogger(__name__)
MAX_AGE = dt.timedelta(hours=1)
"""An older row is from a process that has ended: a thread that keeps failing updates its row every few minutes."""
_failing: set[str] = set()


def note_failure(name: str, error: Exception) -> None:
    """Stores the type of the error and the line of code, not its message, which may hold an ad's text. Never raises."""
    _failing.add(name)
    log.error("The background thread %s failed, and continues.", name, exc_info=error)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    now = timezone.now()
    values = {"error": f"{type(error).__name__}{where}"[:200], "last": now}
    try:
        ThreadFailure.objects.update_or_create(name=name, defaults=values, create_defaults={**values, "since": now})
    except Exception as broken:  # the thread must continue, and its own error is in the log already
        log.warning("The failure of a background thread could not be stored (%s).", type(broken).__name__)


def note_success(name: str) -> None:
    """Deletes the stored failure of this thread. After a database error the next success deletes it."""
    if name not in _failing:
        return
    try:
        ThreadFailure.objects.filter(name=name).delete()
    except DatabaseError:
        return  # it is tried again after the next success
    _failing.discard(name)


def list_thread_failures() -> list[ThreadFailure]:
    """Threads that fail now, in any process."""
    return list(ThreadFailure.objects.filter(last__gt=timezone.now() - MAX_AGE).order_by("name")[:5])
