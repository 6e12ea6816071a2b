"""The way back: the index that served before the present one, brought up to date, serves again."""

from __future__ import annotations

import logging
import time

from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.search.engines.registry import engine

from .lifecycle import REBUILD_SECONDS, Report, put_in_service

log = logging.getLogger(__name__)


def rollback() -> Report:
    """Replays every row that changed since the previous index left service, and switches to it in one step.

    Nothing of what has ended meanwhile is shown again: the switch comes after the replay, with the door to writers shut.
    `indexed` is how many ads had to be replayed. Raises EngineDown, NoPrevious, RebuildFailed.
    """
    started = time.monotonic()
    in_use = engine()
    try:
        with Lease("rebuild", REBUILD_SECONDS) as lease:
            index = in_use.previous()
            try:
                log.info("The previous search index, %s, is brought back", index.name)
                replayed = put_in_service(in_use, index, lease, started)
            finally:
                index.close()
    except LeaseHeld:
        return Report(busy=True)
    return Report(replayed, seconds=time.monotonic() - started, rebuilt="the previous index was asked for")
