"""Indexing: documents, indexing runs, rebuild, rollback, consistency check, quarantine.

Invariant: the live index has at least the version of each ad that its row states as indexed. What breaks it (another engine,
a changed schema, a restored database) is detected by `live_index.must_rebuild`, and the next indexing run rebuilds the index.

No ad waits for another: removals are written first and need no analysis (`remove_ended`), documents are made outside the
lease "writes" and with a time limit (`analysis_process`), and what cannot be indexed is quarantined (`quarantine`).

The imported names are the public API, for tasks, jobs of administrators and commands.
"""

from __future__ import annotations

from jobsearch.search.errors import IndexMissing, NoPrevious

from .consistency import compare, find_document, repair
from .indexing_runs import index_changes
from .live_index_writes import remove_ended
from .quarantine import INDEX_LATE, count_behind, get_oldest_behind, retry
from .rebuilding import erase, rebuild
from .report import Report
from .rollback import rollback
from .switching import RebuildFailed

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
