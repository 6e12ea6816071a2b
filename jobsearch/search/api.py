"""Public API of the search: everything that another app may import.

Not in the package's `__init__`, because Django imports that before the models can be loaded.

    query, problems = SearchQuery.from_params(request.GET)
    page = search(query)          # Page: hits, total, counts
    FACETS["place"].choices(page.counts["place"], query)
"""

from __future__ import annotations

from .assist.highlighting import LOOKED_AT, Highlighter, Marked, highlighter
from .assist.snippets import Piece
from .assist.suggestions import Suggestion, suggest
from .cache_warming import keep_warm
from .engines.base import EngineDown, Health, Hit, IndexMissing, Page, QueryError
from .engines.registry import engine_health
from .facets import distance
from .facets.base import CHART_DAYS, FACETS, FILTERS, Choice, Facet, narrow
from .indexing.consistency import compare, repair
from .indexing.lifecycle import RebuildFailed, index_changes, rebuild
from .indexing.quarantine import INDEX_LATE, count_behind, oldest_behind, retry
from .input_errors import Problem
from .models import SetAside, ThreadFailure
from .query.entities import Recognised
from .query.normalisation import without, without_each
from .search_query import LONGEST_QUERY_STRING, NOT_STATED, SINCE_DAYS, SIZES, SearchQuery, read_addresses
from .service import Counted, count, count_many, count_new, facet_counts, scan, search, similar, without_ads
from .thread_failures import thread_failures_now

__all__ = [
    "CHART_DAYS",
    "FACETS",
    "FILTERS",
    "INDEX_LATE",
    "LONGEST_QUERY_STRING",
    "LOOKED_AT",
    "NOT_STATED",
    "SINCE_DAYS",
    "SIZES",
    "Choice",
    "Counted",
    "EngineDown",
    "Facet",
    "Health",
    "Highlighter",
    "Hit",
    "IndexMissing",
    "Marked",
    "Page",
    "Piece",
    "Problem",
    "QueryError",
    "RebuildFailed",
    "Recognised",
    "SearchQuery",
    "SetAside",
    "Suggestion",
    "ThreadFailure",
    "compare",
    "count",
    "count_behind",
    "count_many",
    "count_new",
    "distance",
    "engine_health",
    "facet_counts",
    "highlighter",
    "index_changes",
    "keep_warm",
    "narrow",
    "oldest_behind",
    "read_addresses",
    "rebuild",
    "repair",
    "retry",
    "scan",
    "search",
    "similar",
    "suggest",
    "thread_failures_now",
    "without",
    "without_ads",
    "without_each",
]
