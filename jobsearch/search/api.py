"""Public API of searching: what a page, a mail or a file of a search needs.

    query, problems = SearchQuery.from_params(request.GET)
    page = search(query)          # Page: hits, total, counts
    FACETS["place"].list_choices(page.counts["place"], query)

Not in the package's `__init__`, because Django imports that before the models can be loaded. `__init__` lists the other parts of
the search that other apps may import.
"""

from __future__ import annotations

from .daily_counts import DailyCounts, count_by_day
from .errors import EngineDown, QueryError
from .hidden import HiddenAds
from .input_errors import Problem
from .matching import match_ads
from .page import Page
from .search_query import SearchQuery
from .service import count, count_facets, count_many, count_new, find_similar, list_hits, scan, search
from .values_without_ads import find_values_without_ads
from .words_to_filters import turn_words_into_filters

__all__ = [
    "DailyCounts",
    "EngineDown",
    "HiddenAds",
    "Page",
    "Problem",
    "QueryError",
    "SearchQuery",
    "count",
    "count_by_day",
    "count_facets",
    "count_many",
    "count_new",
    "find_similar",
    "find_values_without_ads",
    "list_hits",
    "match_ads",
    "scan",
    "search",
    "turn_words_into_filters",
]
