"""Hit counts of saved searches, total and new: one request to the engine for a page of the list, cached for seconds."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.cache import cache

from jobsearch.search import api as search

from .hidden import read_hidden
from .models import SavedSearch

log = logging.getLogger(__name__)
CACHE_SECONDS = 10
"""Going back and forth between the list and a search costs one count; counts ten seconds old are good enough."""


def count_hits(rows: Sequence[SavedSearch]) -> list[search.Counted]:
    """Total and new hits of each saved search, in order. Raises EngineDown."""
    hidden = read_hidden(list({row.owner_id for row in rows}))
    key = _build_cache_key(rows, hidden)
    if (cached := _read_cache(key)) is not None:
        return [search.Counted(total, new) for total, new in cached]
    counts = search.count_many([(row.query.without_hidden(hidden[row.owner_id]), row.last_looked) for row in rows])
    _write_cache(key, [(count.total, count.new) for count in counts])
    return counts


def _build_cache_key(rows: Sequence[SavedSearch], hidden: Mapping[int, search.HiddenAds]) -> str:
    """A hash of parameters, last looks and what is hidden, so that what was changed or opened is counted again."""
    counted = [(row.pk, row.digest, row.last_looked.isoformat()) for row in rows]
    left_out = [(owner, sorted(map(str, of_owner.uuids)), sorted(of_owner.employers)) for owner, of_owner in hidden.items()]
    return "saved-counts-" + hashlib.sha256(repr((settings.SEARCH_URL, counted, left_out)).encode()).hexdigest()


def _read_cache(key: str) -> list[tuple[int, int]] | None:
    try:
        cached: list[tuple[int, int]] | None = cache.get(key)
    except Exception as error:  # any cache backend: naming Redis's exceptions would load its library in every process
        _log_cache_error(error)
        return None
    return cached


def _write_cache(key: str, counts: list[tuple[int, int]]) -> None:
    try:
        cache.set(key, counts, CACHE_SECONDS)
    except Exception as error:
        _log_cache_error(error)


def _log_cache_error(error: Exception) -> None:
    log.error("Counts of saved searches are not cached: the cache at CACHE_URL does not answer (%s).", type(error).__name__)
