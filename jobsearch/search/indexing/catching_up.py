"""Catching up: brings an index that is not live to the versions of the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from jobsearch.core.batches import batched
from jobsearch.search.engines.base import Index, Write, Written
from jobsearch.search.schema import analysis_fingerprint
from jobsearch.vacancies import pending

from . import chunks, quarantine
from .documents import make_removal
from .index_contents import iterate_versions, purge_unknown


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Result of bringing an index up to date.

    `differed`: number of ads. `stale`: the index has newer versions of these than the database. `unwritten`: it does not have the
    present version of these, because they are quarantined or were not to be analysed.
    """

    differed: int
    stale: frozenset[UUID] = frozenset()
    unwritten: frozenset[UUID] = frozenset()


def catch_up(index: Index) -> CaughtUp:
    """Brings an index to the database's present versions, except for quarantined ads."""
    return _write_differences(index, _write_changes)


def catch_up_without_analysis(index: Index) -> CaughtUp:
    """Removes ended ads from an index, and returns what else differs."""
    return _write_differences(index, _write_removals)


def _write_differences(index: Index, write: Callable[[Index, list[pending.Change]], Written]) -> CaughtUp:
    differed = seen = 0
    stale: set[UUID] = set()
    unwritten: set[UUID] = set()
    for versions in iterate_versions():
        held = index.read_stored(versions)
        behind = [uuid for uuid, version in versions.items() if uuid not in held or held[uuid].version != version]
        for some in batched(behind, chunks.SIZE):
            written = write(index, pending.read_changes(some, analysis_fingerprint()))
            stale.update(written.stale)
            unwritten.update(written.failed)
        differed += len(behind)
        seen += len(versions)
    if differed:
        index.refresh()
    # Compared with the rows that were read, not with those of now: a new ad must not balance one to be removed.
    if index.count() > seen - len(unwritten):
        differed += purge_unknown(index)
    return CaughtUp(differed, frozenset(stale), frozenset(unwritten))


def _write_changes(index: Index, found: list[pending.Change]) -> Written:
    """Analyses and writes; `failed`: all ads that the index does not have, those quarantined before included."""
    trying = quarantine.filter_ready(found, timezone.now())
    tried = {change.uuid for change in trying}
    skipped = {change.uuid: "set aside" for change in found if change.uuid not in tried}
    writes, failed = chunks.analyse_all(trying)
    written = _write_all(index, writes)
    quarantine.note_refused(writes, written)
    return Written(written.done, written.stale, {**skipped, **failed, **written.failed})


def _write_removals(index: Index, found: list[pending.Change]) -> Written:
    now = timezone.now()
    removals = [removal for change in found if (removal := make_removal(change, now))]
    written = _write_all(index, removals)
    removed = {write.uuid for write in removals}
    left = {change.uuid: "not analysed" for change in found if change.uuid not in removed}
    return Written(written.done, written.stale, {**written.failed, **left})


def _write_all(index: Index, writes: list[Write]) -> Written:
    return index.write(writes) if writes else Written()
