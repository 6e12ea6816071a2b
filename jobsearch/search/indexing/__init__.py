"""Indexing: documents, the life cycle of an index, rollback, consistency check, quarantine.

The imported names are the public API, for tasks, jobs of administrators and commands.
"""

from __future__ import annotations

from jobsearch.search.errors import IndexMissing, NoPrevious

from .consistency import compare, find_document, repair
from .indexing_runs import RebuildFailed, Report, erase, index_changes, rebuild, remove_ended
from .quarantine import INDEX_LATE, count_behind, get_oldest_behind, retry
from .rollback import rollback

__all__ = [
    "INDEX_LATE",
    "IndexMissing",
    "NoPrevious",
    "RebuildFailed",
    "Report",
    "compare",
    "count_behind",
    "erase",
    "find_document",
    "get_oldest_behind",
    "index_changes",
    "rebuild",
    "remove_ended",
    "repair",
    "retry",
    "rollback",
]
