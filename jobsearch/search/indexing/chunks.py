"""Analysis of a chunk of rows; ads that fail are quarantined. `SIZE`: rows that are analysed and written at a time."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from jobsearch.search.engines.base import Write
from jobsearch.search.schema import analysis_fingerprint
from jobsearch.vacancies import prepared_documents
from jobsearch.vacancies.pending import Change

from . import analysis_process, quarantine
from .analysis_process import Analysed

SIZE = 250  # rows; some 3 MB of documents, a quarter of a second of an index's time; 500 took 10 MB more and were no faster


def analyse_chunk(found: list[Change]) -> tuple[Analysed, dict[UUID, str]]:
    """Analyses these rows and quarantines the ads that fail, which are returned with the reason."""
    analysed = analysis_process.analyse(found, timezone.now())
    quarantine.add_failures((change.uuid, change.version, failure) for change, failure in analysed.failed)
    return analysed, {change.uuid: failure.reason for change, failure in analysed.failed}


def analyse_all(found: list[Change], keep: Callable[[], None] | None = None) -> tuple[list[Write], dict[UUID, str]]:
    """The writes for these rows, and the ads that were quarantined instead. `keep` is called every few seconds."""
    writes: list[Write] = []
    failed: dict[UUID, str] = {}
    while found:
        if keep:
            keep()
        analysed, failed_now = analyse_chunk(found)
        prepared_documents.save_documents(analysed.documents, analysis_fingerprint())
        failed |= failed_now
        writes += analysed.writes
        found = analysed.left
    return writes, failed
