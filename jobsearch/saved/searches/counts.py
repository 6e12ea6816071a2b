"""Hit counts of saved searches, total, new and by day: one request to the engine for the list, cached for seconds."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.cache import cache

from jobsearch.saved.bookmarks.hidden import read_hidden
from jobsearch.saved.models import SavedSearch, SearchInvitation, StoredSearch
from jobsearch.search import api as search

log = logging.getLogger(__name__)
CACHE_SECONDS = 10
"""Going back and forth between the list and a search costs one count; counts ten seconds old are good enough."""

NEWS_CACHE_SECONDS = 120
DAYS = 30  # of the line of new ads


def count_hits(user_id: int, looks: Sequence[tuple[StoredSearch, dt.datetime]]) -> list[search.DailyCounts]:
    """The counts of each search with the moment when the user last looked at it, in order. Raises EngineDown."""
    hidden = read_hidden([user_id])[user_id]
    key = _build_cache_key(looks, hidden)
    if (cached := _read_cache(key)) is not None:
        return [search.DailyCounts(*values) for values in cached]
    counts = search.count_by_day([(saved.query.without_hidden(hidden), looked) for saved, looked in looks], DAYS)
    _write_cache(key, [(count.total, count.new, count.days) for count in counts], CACHE_SECONDS)
    return counts


def count_with_news(user_id: int) -> int:
    """How many of the user's searches, own and shared ones, have new ads. Raises EngineDown.

    For the mark in the header, which every page asks for: counted again after minutes, or when a search was opened or changed.
    """
    looks: list[tuple[StoredSearch, dt.datetime]] = [
        (saved, saved.last_looked) for saved in SavedSearch.objects.filter(owner_id=user_id)
    ]
    invitations = SearchInvitation.objects.filter(colleague_id=user_id).select_related("search").order_by("pk")
    looks += [(one.search, one.last_looked) for one in invitations]
    if not looks:
        return 0
    key = "news-" + _build_cache_key(looks, read_hidden([user_id])[user_id])
    if (cached := _read_cache(key)) is None:
        StoredSearch.parse_all([saved for saved, _looked in looks])
        cached = sum(count.new > 0 for count in count_hits(user_id, looks))
        _write_cache(key, cached, NEWS_CACHE_SECONDS)
    return int(cached)


def _build_cache_key(looks: Sequence[tuple[StoredSearch, dt.datetime]], hidden: search.HiddenAds) -> str:
    """A hash of parameters, last looks and what is hidden, so that what was changed or opened is counted again."""
    counted = [(saved.digest, looked.isoformat()) for saved, looked in looks]
    left_out = sorted(map(str, hidden.uuids)), sorted(hidden.employers)
    return "saved-counts-" + hashlib.sha256(repr((settings.SEARCH_URL, counted, left_out)).encode()).hexdigest()


def _read_cache(key: str) -> Any:
    try:
        cached = cache.get(key)
    except Exception as error:  # any cache backend: naming Redis's exceptions would load its library in every process
        _log_cache_error(error)
        return None
    return cached


def _write_cache(key: str, value: object, seconds: int) -> None:
    try:
        cache.set(key, value, seconds)
    except Exception as error:
        _log_cache_error(error)


def _log_cache_error(error: Exception) -> None:
    log.error("Counts of saved searches are not cached: the cache at CACHE_URL does not answer (%s).", type(error).__name__)
