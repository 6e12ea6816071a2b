"""The public face of the search: everything that another room may import. It loads nothing until it is used.

query, problems = SearchQuery.from_params(request.GET)
page = search(query)          # Page: hits, total, counts
FACETS["place"].choices(page.counts["place"], query)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import distance
    from .engine import EngineDown, Health, Hit, IndexMissing, Page, QueryError
    from .engines import engine_health
    from .facets import CHART_DAYS, FACETS, FILTERS, Choice, Facet, narrow
    from .highlighting import LOOKED_AT, Highlighter, Marked, highlighter
    from .leases import Busy, LeaseLost
    from .lifecycle import RebuildFailed, index_changes, rebuild
    from .models import SetAside, ThreadFailure
    from .passages import Piece
    from .problems import Problem
    from .query import LONGEST_QUERY_STRING, NOT_STATED, SINCE_DAYS, SIZES, SearchQuery, clean, read_addresses
    from .query_text import without, without_each
    from .recognised import Recognised
    from .searching import Counted, count, count_many, count_new, facet_counts, scan, search, similar, without_ads
    from .set_aside import INDEX_LATE, count_behind, oldest_behind, retry
    from .suggesting import Suggestion, suggest
    from .thread_failures import thread_failures_now
    from .truth import compare, repair
    from .warm import keep_warm

_HOMES = {
    "engine": ("EngineDown", "Health", "Hit", "IndexMissing", "Page", "QueryError"),
    "engines": ("engine_health",),
    "facets": ("CHART_DAYS", "FACETS", "FILTERS", "Choice", "Facet", "narrow"),
    "highlighting": ("LOOKED_AT", "Highlighter", "Marked", "highlighter"),
    "leases": ("Busy", "LeaseLost"),
    "lifecycle": ("RebuildFailed", "index_changes", "rebuild"),
    "models": ("SetAside", "ThreadFailure"),
    "passages": ("Piece",),
    "problems": ("Problem",),
    "query": ("LONGEST_QUERY_STRING", "NOT_STATED", "SINCE_DAYS", "SIZES", "SearchQuery", "clean", "read_addresses"),
    "query_text": ("without", "without_each"),
    "recognised": ("Recognised",),
    "searching": (*("Counted", "count", "count_many", "count_new", "facet_counts", "scan", "search", "similar", "without_ads"),),
    "set_aside": ("INDEX_LATE", "count_behind", "oldest_behind", "retry"),
    "suggesting": ("Suggestion", "suggest"),
    "thread_failures": ("thread_failures_now",),
    "truth": ("compare", "repair"),
    "warm": ("keep_warm",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

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
    "Busy",
    "Choice",
    "Counted",
    "EngineDown",
    "Facet",
    "Health",
    "Highlighter",
    "Hit",
    "IndexMissing",
    "LeaseLost",
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
    "clean",
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


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Not kept in this module: a test that replaces the function where it lives is then seen here too.
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
