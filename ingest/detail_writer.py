"""What the answers for details do to the record: one transaction for a batch, or one for each ad where an ad spoils it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from ingest.client.errors import EntryGone, FeedDown, LeaseHeld, Unproved
from ingest.client.parsing import BadEntry, Gone
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import VacancyData
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .fetch_pool import Fetched
from .lease import Lease
from .models import DetailTask
from .report import Report

log = logging.getLogger(__name__)

BELIEVED_AFTER = dt.timedelta(hours=24)
"""A 404 that nothing proves, because no other ad is there to ask for, is believed after so long."""


def write(batch: Sequence[Fetched], lease: Lease, report: Report) -> bool:
    """Writes these answers. Returns whether each was still wanted: no new line had come for its ad meanwhile.

    All in one transaction; if an ad cannot be stored, each in one of its own, and that ad is set apart.
    """
    try:
        erase, wanted = _commit(batch, lease, report)
    except (OperationalError, InterfaceError, LeaseHeld) as error:
        if not _is_the_rows_fault(error):
            raise  # the database's trouble, or ours; no ad's
        return _one_by_one(batch, lease, report, error)
    except Exception as error:
        return _one_by_one(batch, lease, report, error)
    if erase:
        store.erase_traces()
    return wanted


def _one_by_one(batch: Sequence[Fetched], lease: Lease, report: Report, error: Exception) -> bool:
    if len(batch) > 1:
        wanted_each = [write([result], lease, report) for result in batch]
        return all(wanted_each)
    log.error("Ad %s cannot be stored.", batch[0].uuid, exc_info=error)
    unstorable = BadEntry("not-stored", f"The ad cannot be stored ({type(error).__name__}).")
    try:
        erase, wanted = _commit([Fetched(0, batch[0].uuid, batch[0].marker, unstorable)], lease, report)
    except (OperationalError, InterfaceError, LeaseHeld):
        raise
    except Exception:
        # Not even closing it succeeds: it is set apart as it is, so that the others go on.
        log.exception("Ad %s cannot be closed.", batch[0].uuid)
        with transaction.atomic():
            lease.fence()
            detail_queue.quarantine(batch[0].uuid, batch[0].marker, f"not-closed: {unstorable}")
        return True
    if erase:
        store.erase_traces()
    return wanted


def _is_the_rows_fault(error: Exception) -> bool:
    """PostgreSQL names a row that is too large or too deep for it an operational error, as it does its own trouble."""
    return str(getattr(error.__cause__, "sqlstate", None) or "").startswith("54")


def _commit(batch: Sequence[Fetched], lease: Lease, report: Report) -> tuple[bool, bool]:
    """One transaction. Returns whether something was deleted that must not be found in a file, and what `write` returns."""
    now = timezone.now()
    with transaction.atomic():
        lease.fence()
        rows = DetailTask.objects.select_for_update().order_by("uuid").filter(uuid__in=[result.uuid for result in batch])
        tasks = {row.uuid: row for row in rows}
        valid = [result for result in batch if result.uuid in tasks and tasks[result.uuid].marker == result.marker]
        times = {uuid: row.line_time for uuid, row in tasks.items() if row.line_time}
        ends = {result.uuid: end for result in valid if (end := _end(result.outcome, tasks[result.uuid], now))}
        entries = [result.outcome for result in valid if isinstance(result.outcome, VacancyData)]
        store.lock([*(entry.uuid for entry in entries), *ends])
        outcomes = store.store(entries, line_times=times) if entries else {}
        closed = _close(ends, tasks, times)
        over = {*outcomes, *(uuid for uuid, end in ends.items() if end != Vacancy.Closed.UNREADABLE)}
        DetailTask.objects.filter(uuid__in=over).delete()
        for result in valid:
            if result.uuid not in over:
                _put_off(result)
    for outcome in outcomes.values():
        setattr(report, outcome.value, getattr(report, outcome.value) + 1)
    report.closed += closed
    report.gone += sum(isinstance(result.outcome, Gone | EntryGone) for result in valid)
    report.superseded += len(batch) - len(valid)
    return bool(closed or report.expired), len(valid) == len(batch)


def _end(outcome: object, task: DetailTask, now: dt.datetime) -> Vacancy.Closed | None:
    """Why an ad is closed after this answer; None where it is not."""
    line_ends = task.line_says in (DetailTask.Says.INACTIVE, DetailTask.Says.MASKED)
    if isinstance(outcome, Gone | EntryGone):
        return Vacancy.Closed.FEED if line_ends else Vacancy.Closed.WITHDRAWN
    if isinstance(outcome, Unproved):
        believed = task.missing_since is not None and now - task.missing_since >= BELIEVED_AFTER
        return Vacancy.Closed.WITHDRAWN if believed else None
    if isinstance(outcome, FeedDown):
        return Vacancy.Closed.FEED if line_ends else None  # the line ends it, and the detail does not say otherwise
    if isinstance(outcome, Exception):
        # What is shown must be what the feed says, and that cannot be read: its last day may have passed.
        return Vacancy.Closed.FEED if line_ends else Vacancy.Closed.UNREADABLE
    return None


def _close(ends: Mapping[UUID, Vacancy.Closed], tasks: Mapping[UUID, DetailTask], times: Mapping[UUID, dt.datetime]) -> int:
    masked = {uuid for uuid in ends if tasks[uuid].line_says == DetailTask.Says.MASKED}
    closed = 0
    for reason in dict.fromkeys(ends.values()):
        uuids = [uuid for uuid, end in ends.items() if end == reason]
        closed += store.close(uuids, reason, masked=masked, line_times=times)
    return closed


def _put_off(result: Fetched) -> None:
    outcome = result.outcome
    if isinstance(outcome, Unproved):
        detail_queue.defer_missing(result.uuid, result.marker, str(outcome))
    elif isinstance(outcome, FeedDown):
        detail_queue.defer(result.uuid, result.marker, str(outcome))
    elif isinstance(outcome, BadEntry):
        detail_queue.quarantine(result.uuid, result.marker, f"{outcome.reason}: {outcome}")
    else:
        detail_queue.quarantine(result.uuid, result.marker, f"unreadable: {type(outcome).__name__}")
