"""Hit counts of saved searches, total, new and by day: one request to the engine for the list, cached for seconds."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.cache import cache

from jobsearch.search import api as search

from .hidden import read_hidden
from .models import StoredSearch

log = logging.getLogger(__name__)
CACHE_SECONDS = 10
"""Going back and forth between the list and a search costs one count; counts ten seconds old are good enough."""

DAYS = 30  # of the line of new ads
_Values = tuple[int, int, tuple[int, ...]]


def count_hits(user_id: int, looks: Sequence[tuple[StoredSearch, dt.datetime]]) -> list[search.DailyCounts]:
    """The counts of each search with the moment when the user last looked at it, in order. Raises EngineDown."""
    hidden = read_hidden([user_id])[user_id]
    key = _build_cache_key(looks, hidden)
    if (cached := _read_cache(key)) is not None:
        return [search.DailyCounts(*values) for values in cached]
    counts = search.count_by_day([(saved.query.without_hidden(hidden), looked) for saved, looked in looks], DAYS)
    _write_cache(key, [(count.total, count.new, count.days) for count in counts])
    return counts


def _build_cache_key(looks: Sequence[tuple[StoredSearch, dt.datetime]], hidden: search.HiddenAds) -> str:
    """A hash of parameters, last looks and what is hidden, so that what was changed or opened is counted again."""
    counted = [(saved.digest, looked.isoformat()) for saved, looked in looks]
    left_out = sorted(map(str, hidden.uuids)), sorted(hidden.employers)
    return "saved-counts-" + hashlib.sha256(repr((settings.SEARCH_URL, counted, left_out)).encode()).hexdigest()


def _read_cache(key: str) -> list[_Values] | None:
    try:
        cached: list[_Values] | None = cache.get(key)
    except Exception as error:  # any cache backend: naming Redis's exceptions would load its library in every process
        _log_cache_error(error)
        return None
    return cached


def _write_cache(key: str, counts: list[_Values]) -> None:
    try:
        cache.set(key, counts, CACHE_SECONDS)
    except Exception as error:
        _log_cache_error(error)


def _log_cache_error(error: Exception) -> None:
    log.error("Counts of saved searches are not cached: the cache at CACHE_URL does not answer (%s).", type(error).__name__)
