"""Hits of saved searches, now and new: one request to the engine for a page of them, kept for seconds."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.cache import cache

from jobsearch.search import api as search

from .models import SavedSearch

log = logging.getLogger(__name__)
KEPT_SECONDS = 10
"""A person who goes back and forth between the list and a search pays once; nobody notices ten seconds."""


def count_hits(rows: Sequence[SavedSearch]) -> list[search.Counted]:
    """Total and new hits of each row, in order. Raises EngineDown."""
    key = _key(rows)
    if (kept := _get(key)) is not None:
        return [search.Counted(total, new) for total, new in kept]
    counted = search.count_many([(row.query, row.last_looked) for row in rows])
    _set(key, [(one.total, one.new) for one in counted])
    return counted


def _key(rows: Sequence[SavedSearch]) -> str:
    """Of what is asked, so that a search that was changed or looked at is counted afresh."""
    asked = [(row.pk, row.digest, row.last_looked.isoformat()) for row in rows]
    return "saved-counts-" + hashlib.sha256(repr((settings.SEARCH_URL, asked)).encode()).hexdigest()


def _get(key: str) -> list[tuple[int, int]] | None:
    try:
        found: list[tuple[int, int]] | None = cache.get(key)
    except Exception as error:  # of whatever kind of cache: naming Redis's own would load its library in every process
        log.error("Counts of saved searches are not kept: the cache at CACHE_URL does not answer (%s).", type(error).__name__)
        return None
    return found


def _set(key: str, counted: list[tuple[int, int]]) -> None:
    try:
        cache.set(key, counted, KEPT_SECONDS)
    except Exception as error:
        log.error("Counts of saved searches are not kept: the cache at CACHE_URL does not answer (%s).", type(error).__name__)
