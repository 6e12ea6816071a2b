"""Cache warming: a thread in each web process refreshes the cached words and names, so that no request waits for them."""

from __future__ import annotations

import gc
import logging
import threading
import time

from django.db import DatabaseError, connections

from jobsearch.search.analysis.norwegian import analyse_word
from jobsearch.search.analysis.spelling import speller
from jobsearch.search.analysis.synonyms import find_synonyms
from jobsearch.search.assist.suggestion_names import name_index
from jobsearch.search.facets.employer_names import cached_names
from jobsearch.vacancies.models import Vacancy

from .cache import REVALIDATE_SECONDS
from .thread_failures import note_failure, note_success

log = logging.getLogger(__name__)
REFRESH_SECONDS = REVALIDATE_SECONDS - 60
"""Shorter than the age from which a request would start a refresh. One takes less than a second of one core at 10,000 ads."""
CHECK_SECONDS = 10
MIN_GROWTH, GROWTH_DIVISOR = 20, 5
"""The caches are refreshed early when the ads have grown by 20 and by a fifth."""


def start_cache_warming() -> None:
    """Starts the thread that refreshes the caches now and every few minutes."""
    threading.Thread(target=_refresh_forever, name="warm", daemon=True).start()


def _refresh_forever() -> None:
    find_synonyms((analyse_word("kokk"),))  # reads the lists of synonyms, half a second
    while True:
        try:
            _run_round()
        except Exception as error:  # any error: the next round must run
            note_failure("warm", error)
            time.sleep(CHECK_SECONDS)


def _run_round() -> None:
    ads_at_refresh = _count_ads()
    refresh_caches()
    _exempt_from_collection()
    for _check in range(REFRESH_SECONDS // CHECK_SECONDS):
        connections.close_all()  # those of this thread, not held open while it sleeps
        time.sleep(CHECK_SECONDS)
        if has_grown(ads_at_refresh):
            break


def _exempt_from_collection() -> None:
    """Lets the garbage collector skip all objects that exist now: lists of words and names, modules, settings.

    Without it a full collection looks at 175,000 objects, 130 ms in which no request is answered.
    """
    gc.unfreeze()  # the caches that were replaced can be collected
    gc.collect()
    gc.freeze()


def has_grown(ads_at_refresh: int) -> bool:
    """Whether there are so many new ads that the caches should be refreshed early.

    The first load fills the database within a minute, and without this there would be no suggestions for another four.
    """
    return _count_ads() > ads_at_refresh + max(MIN_GROWTH, ads_at_refresh // GROWTH_DIVISOR)


def _count_ads() -> int:
    try:
        return Vacancy.objects.active().count()
    except DatabaseError:
        return 0  # `refresh_caches` logs it


def refresh_caches() -> None:
    """Refreshes every cache. After an error the next round, or a request before it, reads again."""
    failed = False
    for cache in (cached_names, name_index, speller):  # the index of names takes employers from the first
        try:
            cache.refresh()
        except DatabaseError as error:
            log.warning("The words of the database could not be read (%s); they will be tried again.", type(error).__name__)
            return
        except Exception as error:  # an error of one cache must not keep the other from being refreshed
            failed = True
            note_failure("warm", error)
    if not failed:
        note_success("warm")
