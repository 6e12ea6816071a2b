"""Rollback: the previous index, brought up to date, becomes the live one again."""

from __future__ import annotations

import logging
import time

from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.search.engines.registry import engine

from .report import Report
from .switching import REBUILD_SECONDS, REBUILD_WAIT, catch_up_and_switch

log = logging.getLogger(__name__)


def rollback() -> Report:
    """Indexes every row that changed since the previous index was live, and switches to it in one step.

    Ads that have ended meanwhile are not shown again: the switch comes after that, while no other process can write.
    `indexed` is the number of ads that had to be indexed. Raises EngineDown, NoPrevious, RebuildFailed.
    """
    started = time.monotonic()
    in_use = engine()
    try:
        with Lease("rebuild", REBUILD_SECONDS, wait=REBUILD_WAIT) as lease:
            index = in_use.open_previous_index()
            try:
                log.info("The previous search index, %s, is brought up to date", index.name)
                replayed = catch_up_and_switch(in_use, index, lease, started)
            finally:
                index.close()
    except LeaseHeld:
        return Report(busy=True)
    return Report(replayed, seconds=time.monotonic() - started, rebuilt="the previous index was asked for")
