"""What a web process keeps of the record, read beside the questions from its start on, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError, connections

from jobsearch.search.analysis.spelling import speller
from jobsearch.search.assist.suggestions import names
from jobsearch.vacancies.models import Vacancy

from .cache import RENEW_SECONDS
from .thread_failures import note_failure, note_success

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
        try:
            _keep_for_one_round()
        except Exception as error:  # whatever it is, the next round must come
            note_failure("warm", error)
            time.sleep(LOOK_SECONDS)


def _keep_for_one_round() -> None:
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
    """One round. What fails is tried again by the next one, and a question that comes before it reads for itself."""
    failed = False
    for kept in (names, speller):
        try:
            kept.renew()
        except DatabaseError as error:
            log.warning("The words of the record could not be read (%s); they will be tried again.", type(error).__name__)
            return
        except Exception as error:  # one of the two must not keep the other from being read
            failed = True
            note_failure("warm", error)
    if not failed:
        note_success("warm")
