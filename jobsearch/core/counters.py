"""Counters of events (requests, searches, answers of the feed), summed up in memory and added to the database now and then.

A request costs no query by them. What a process has not yet written when it is killed is lost: at most `FLUSH_SECONDS`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, connections, transaction
from django.db.models import F

from .models import Counter

log = logging.getLogger(__name__)
REQUESTS, REQUEST_ERRORS = "requests", "request_errors"
SEARCHES, SEARCH_ERRORS = "searches", "search_errors"
FEED_ANSWERS, FEED_ERRORS = "feed_answers", "feed_errors"
MAILS, MAIL_ERRORS = "mails", "mail_errors"
NAMES = (REQUESTS, REQUEST_ERRORS, SEARCHES, SEARCH_ERRORS, FEED_ANSWERS, FEED_ERRORS, MAILS, MAIL_ERRORS)
FLUSH_SECONDS = 20


@dataclass(slots=True)
class _Sum:
    number: int = 0
    seconds: float = 0.0


_lock = threading.Lock()
_pending: dict[str, _Sum] = {}


def add(name: str, number: int = 1, seconds: float = 0.0) -> None:
    """Counts events of one of `NAMES`, and the seconds that they took together. Only in memory."""
    with _lock:
        pending = _pending.setdefault(name, _Sum())
        pending.number += number
        pending.seconds += seconds


def flush() -> None:
    """Adds what this process has counted to the database. After a database error it is kept for the next time."""
    with _lock:
        taken = dict(_pending)
        _pending.clear()
    if not taken:
        return
    try:
        with transaction.atomic():
            Counter.objects.bulk_create([Counter(name=name) for name in taken], ignore_conflicts=True)
            for name in sorted(taken):  # in one order, because each row is locked until the end
                sums = taken[name]
                Counter.objects.filter(name=name).update(
                    number=F("number") + sums.number, seconds=F("seconds") + round(sums.seconds, 4)
                )
    except DatabaseError as error:
        log.warning("Counters could not be written (%s); they are kept.", type(error).__name__)
        for name, sums in taken.items():
            add(name, sums.number, sums.seconds)


def start_flushing(*others: Callable[[], None]) -> None:
    """Starts the thread of a web process that writes the counters every `FLUSH_SECONDS`.

    `others`: functions that write other things which requests keep in memory. They must not raise.
    """
    threading.Thread(target=_flush_forever, args=(flush, *others), name="counters", daemon=True).start()


def _flush_forever(*writers: Callable[[], None]) -> None:
    while True:
        time.sleep(FLUSH_SECONDS)
        for write in writers:
            write()
        connections.close_all()  # those of this thread, not held open while it sleeps
