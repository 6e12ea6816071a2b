"""Public API of the search: everything that another app may import.

Not in the package's `__init__`, because Django imports that before the models can be loaded.

    query, problems = SearchQuery.from_params(request.GET)
    page = search(query)          # Page: hits, total, counts
    FACETS["place"].list_choices(page.counts["place"], query)
"""

from __future__ import annotations

from jobsearch.taxonomy.catalogue import NOT_STATED

from .assist.highlighting import HighlightedAd, Highlighter
from .assist.snippets import Segment
from .assist.suggestions import Suggestion, suggest
from .cache_warming import start_cache_warming
from .daily_counts import DailyCounts, count_by_day
from .engines.base import Health, Hit
from .engines.registry import engine_health
from .errors import EngineDown, IndexMissing, NoPrevious, QueryError
from .facets import FACETS, distance, get_exclusion, get_filter
from .facets.base import Choice, Facet, find_choices
from .facets.deadline import ALL_DEADLINES, PASSED
from .facets.employer_names import choose_employer_name, employer_key, find_employer_names, get_employer_name
from .facets.published import CHART_DAYS
from .hidden import NOTHING_HIDDEN, HiddenAds
from .indexing.consistency import compare, find_document, repair
from .indexing.lifecycle import RebuildFailed, erase, index_changes, rebuild, remove_ended
from .indexing.quarantine import INDEX_LATE, count_behind, get_oldest_behind, retry
from .indexing.rollback import rollback
from .input_errors import Problem
from .matching import match_ads
from .models import IndexState, MissedWord, SearchUsage, SetAside, ThreadFailure
from .page import Page
from .query.compiled_query import CompiledQuery
from .query.entities import RecognisedEntity
from .query.normalisation import remove_each_part, remove_words
from .query.parsed_query import Wish
from .search_query import LONGEST_QUERY_STRING, SINCE_DAYS, SIZES, SearchQuery, preload_employers, read_addresses
from .service import Counted, count, count_many, count_new, facet_counts, list_hits, scan, search, similar
from .thread_failures import list_thread_failures
from .usage import KEPT_DAYS as USAGE_DAYS
from .usage import MIN_DAYS, delete_old_usage, flush_usage, note_search
from .values_without_ads import without_ads
from .words_to_filters import turn_words_into_filters

__all__ = [
    "ALL_DEADLINES",
    "CHART_DAYS",
    "FACETS",
    "INDEX_LATE",
    "LONGEST_QUERY_STRING",
    "MIN_DAYS",
    "NOTHING_HIDDEN",
    "NOT_STATED",
    "PASSED",
    "SINCE_DAYS",
    "SIZES",
    "USAGE_DAYS",
    "Choice",
    "CompiledQuery",
    "Counted",
    "DailyCounts",
    "EngineDown",
    "Facet",
    "Health",
    "HiddenAds",
    "HighlightedAd",
    "Highlighter",
    "Hit",
    "IndexMissing",
    "IndexState",
    "MissedWord",
    "NoPrevious",
    "Page",
    "Problem",
    "QueryError",
    "RebuildFailed",
    "RecognisedEntity",
    "SearchQuery",
    "SearchUsage",
    "Segment",
    "SetAside",
    "Suggestion",
    "ThreadFailure",
    "Wish",
    "choose_employer_name",
    "compare",
    "count",
    "count_behind",
    "count_by_day",
    "count_many",
    "count_new",
    "delete_old_usage",
    "distance",
    "employer_key",
    "engine_health",
    "erase",
    "facet_counts",
    "find_choices",
    "find_document",
    "find_employer_names",
    "flush_usage",
    "get_employer_name",
    "get_exclusion",
    "get_filter",
    "get_oldest_behind",
    "index_changes",
    "list_hits",
    "list_thread_failures",
    "match_ads",
    "note_search",
    "preload_employers",
    "read_addresses",
    "rebuild",
    "remove_each_part",
    "remove_ended",
    "remove_words",
    "repair",
    "retry",
    "rollback",
    "scan",
    "search",
    "similar",
    "start_cache_warming",
    "suggest",
    "turn_words_into_filters",
    "without_ads",
]
