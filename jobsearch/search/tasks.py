"""Celery tasks of the index. What there is to do is read from the database, so a lost message costs one interval."""

from __future__ import annotations

import logging

from celery import shared_task

from jobsearch.core.leases import LeaseHeld
from jobsearch.search.errors import EngineDown

from . import indexing

log = logging.getLogger(__name__)


@shared_task
def index_changes() -> None:
    """Indexes changed rows, and removes deleted text from the index's files."""
    indexing.index_changes()
    indexing.erase()


@shared_task
def remove_ended() -> None:
    """Removes ads that may not be shown from the index.

    Its queue is not that of indexing, so that neither a long indexing run nor a rebuild delays it.
    """
    try:
        indexing.remove_ended()
    except LeaseHeld:
        log.info("Another process writes the index; ads that have ended are taken out of it by the next task.")
    except EngineDown as error:
        log.warning("Ads that have ended could not be taken out of the index: %s", error)


@shared_task
def rebuild_index() -> None:
    """Builds a new index and makes it the live one."""
    indexing.rebuild()
