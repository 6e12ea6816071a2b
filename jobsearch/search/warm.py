"""What a web process keeps of the record, read beside the questions from its start on, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError, connections

from jobsearch.vacancies.models import Vacancy

from .recent import RENEW_SECONDS
from .spelling import speller
from .suggesting import names

log = logging.getLogger(__name__)
EVERY_SECONDS = RENEW_SECONDS - 60
"""Before a question would have it renewed. A round at 10,000 ads takes less than a second of one core."""
LOOK_SECONDS = 10
GROWTH_LEAST, GROWTH_SHARE = 20, 5
"""Ads, and the part of those there were, by which the record must have grown."""


def keep_warm() -> None:
    """Has the names that are suggested and the words that are known read now, and again and again, in a thread of its own."""
    threading.Thread(target=_keep, name="warm", daemon=True).start()


def _keep() -> None:
    while True:
        known = _ads()
        read()
        for _look in range(EVERY_SECONDS // LOOK_SECONDS):
            connections.close_all()  # this thread's own, not held while it sleeps
            time.sleep(LOOK_SECONDS)
            if outgrown(known):
                break


def outgrown(known: int) -> bool:
    """Whether there are so many more ads than when the record was read that it should be read before its time: a first load
    fills it within a minute, and whoever looks on would be offered no names for another four."""
    return _ads() > known + max(GROWTH_LEAST, known // GROWTH_SHARE)


def _ads() -> int:
    try:
        return Vacancy.objects.active().count()
    except DatabaseError:
        return 0  # `read` says so


def read() -> None:
    """One round. While there is no database the next one tries again, and a question that comes before it reads for itself."""
    try:
        for kept in (names, speller):
            kept.renew()
    except DatabaseError as error:
        log.warning("The words of the record could not be read (%s); they will be tried again.", type(error).__name__)
