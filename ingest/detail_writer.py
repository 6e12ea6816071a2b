"""Writes fetched details to the database: one transaction per batch, or one per ad if an ad in the batch cannot be stored."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from ingest.client.errors import AdNotFound, FeedUnavailable, UnconfirmedMissing
from ingest.client.parsing import DetailFormatError, InactiveDetail
from ingest.client.redacted_details import redact_detail
from jobsearch.core.leases import LeaseLost
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import VacancyData
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .fetch_pool import FetchResult
from .lease import FeedLease
from .models import DetailTask
from .report import Report

log = logging.getLogger(__name__)

ACCEPT_404_AFTER = dt.timedelta(hours=24)
"""An unconfirmed 404 (no other ad is found to show that the feed works) is accepted after this time."""


def write_batch(batch: Sequence[FetchResult], lease: FeedLease, report: Report) -> bool:
    """Writes these results. Returns False if any is superseded: a new line arrived for its ad after the request.

    Uses one transaction; if an ad cannot be stored, one transaction per ad, and that ad is quarantined.
    """
    try:
        erase, wanted = _commit(batch, lease, report)
    except (OperationalError, InterfaceError, LeaseLost) as error:
        if not _is_row_too_large(error):
            raise  # the database fails or the lease is lost: not the fault of an ad
        return _write_one_by_one(batch, lease, report, error)
    except Exception as error:
        return _write_one_by_one(batch, lease, report, error)
    if erase:
        store.erase_deleted_content()
    return wanted


def _write_one_by_one(batch: Sequence[FetchResult], lease: FeedLease, report: Report, error: Exception) -> bool:
    if len(batch) > 1:
        wanted_each = [write_batch([result], lease, report) for result in batch]
        return all(wanted_each)
    log.error("Ad %s cannot be stored.", batch[0].uuid, exc_info=error)
    unstorable = DetailFormatError("not-stored", f"The ad cannot be stored ({type(error).__name__}).")
    if isinstance(data := batch[0].outcome, VacancyData):
        contacts = [dataclasses.asdict(person) for person in data.contacts]
        unstorable.received = redact_detail({"ad_content": {**data.raw, "contactList": contacts}})
    try:
        erase, wanted = _commit([FetchResult(0, batch[0].uuid, batch[0].marker, unstorable)], lease, report)
    except (OperationalError, InterfaceError, LeaseLost):
        raise
    except Exception:
        # Deactivation fails too: the ad is quarantined unchanged, so that the other ads continue.
        log.exception("Ad %s cannot be deactivated.", batch[0].uuid)
        with transaction.atomic():
            lease.fence()
            detail_queue.quarantine(batch[0].uuid, batch[0].marker, "not-closed", str(unstorable))
        return True
    if erase:
        store.erase_deleted_content()
    return wanted


def _is_row_too_large(error: Exception) -> bool:
    """Whether PostgreSQL refused a row as too large or too deeply nested (SQLSTATE class 54, program limit exceeded).

    That is an `OperationalError`, like a failure of the server itself.
    """
    return str(getattr(error.__cause__, "sqlstate", None) or "").startswith("54")


def _commit(batch: Sequence[FetchResult], lease: FeedLease, report: Report) -> tuple[bool, bool]:
    """Writes the batch in one transaction. Returns whether personal data was deleted, and what `write_batch` returns.

    After a deletion of personal data its traces must also be erased from the database's files.
    """
    now = timezone.now()
    precomputed = {result.uuid: found for result in batch if result.task and (found := result.task.load())}
    with transaction.atomic():
        lease.fence()
        rows = DetailTask.objects.select_for_update().order_by("uuid").filter(uuid__in=[result.uuid for result in batch])
        tasks = {row.uuid: row for row in rows}
        valid = [result for result in batch if result.uuid in tasks and tasks[result.uuid].marker == result.marker]
        times = {uuid: row.line_time for uuid, row in tasks.items() if row.line_time}
        ends = {result.uuid: end for result in valid if (end := _closing_reason(result.outcome, tasks[result.uuid], now))}
        entries = [result.outcome for result in valid if isinstance(result.outcome, VacancyData)]
        store.lock_vacancies([*(entry.uuid for entry in entries), *ends])
        outcomes = store.store_vacancies(entries, line_times=times, precomputed=precomputed) if entries else {}
        closed = _close(ends, tasks, times)
        finished = {*outcomes, *(uuid for uuid, end in ends.items() if end != Vacancy.Closed.UNREADABLE)}
        DetailTask.objects.filter(uuid__in=finished).delete()
        for result in valid:
            if result.uuid not in finished:
                _defer_or_quarantine(result)
    for outcome in outcomes.values():
        setattr(report, outcome.value, getattr(report, outcome.value) + 1)
    report.closed += closed
    report.gone += sum(isinstance(result.outcome, InactiveDetail | AdNotFound) for result in valid)
    report.superseded += len(batch) - len(valid)
    return bool(closed or store.Outcome.EXPIRED in outcomes.values()), len(valid) == len(batch)


def _closing_reason(outcome: object, task: DetailTask, now: dt.datetime) -> Vacancy.Closed | None:
    """Why this result closes its ad; None if it does not."""
    line_ends = task.line_says in (DetailTask.Says.INACTIVE, DetailTask.Says.MASKED)
    if isinstance(outcome, InactiveDetail | AdNotFound):
        return Vacancy.Closed.FEED if line_ends else Vacancy.Closed.WITHDRAWN
    if isinstance(outcome, UnconfirmedMissing):
        accepted = task.missing_since is not None and now - task.missing_since >= ACCEPT_404_AFTER
        return Vacancy.Closed.WITHDRAWN if accepted else None
    if isinstance(outcome, FeedUnavailable):
        return Vacancy.Closed.FEED if line_ends else None  # the line closes it, and no detail contradicts that
    if isinstance(outcome, Exception):
        # Only what the feed says now may be shown, and that cannot be read: the ad may have expired.
        return Vacancy.Closed.FEED if line_ends else Vacancy.Closed.UNREADABLE
    return None


def _close(ends: Mapping[UUID, Vacancy.Closed], tasks: Mapping[UUID, DetailTask], times: Mapping[UUID, dt.datetime]) -> int:
    masked = {uuid for uuid in ends if tasks[uuid].line_says == DetailTask.Says.MASKED}
    closed = 0
    for reason in dict.fromkeys(ends.values()):
        uuids = [uuid for uuid, end in ends.items() if end == reason]
        closed += store.close_vacancies(uuids, reason, masked=masked, line_times=times)
    return closed


def _defer_or_quarantine(result: FetchResult) -> None:
    outcome = result.outcome
    if isinstance(outcome, UnconfirmedMissing):
        detail_queue.defer_missing(result.uuid, result.marker, outcome.reason, outcome.sentence)
    elif isinstance(outcome, FeedUnavailable):
        detail_queue.defer(result.uuid, result.marker, outcome.reason, outcome.sentence)
    elif isinstance(outcome, DetailFormatError):
        copy = {"field": outcome.field, "received": outcome.received}
        detail_queue.quarantine(result.uuid, result.marker, outcome.reason, str(outcome), **copy)
    else:
        detail_queue.quarantine(result.uuid, result.marker, "unreadable", type(outcome).__name__)
