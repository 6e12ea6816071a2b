"""Replaces text analysis by one that hangs for some ads, and ends it sooner; imported by a worker with `hanging_settings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jobsearch.search.indexing import analysis_process, documents

_document = documents.make_document


def document(vacancy: Any) -> Mapping[str, Any]:
    if "HENGER" in vacancy.title:
        re.match(r"(?:a|aa)+$", "a" * 90 + "b")  # takes years
    return _document(vacancy)


documents.make_document = document
analysis_process.CPU_SECONDS = 0.5
