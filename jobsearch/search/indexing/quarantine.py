"""Quarantine: versions of ads that could not be analysed or that the engine refused, so that no other ad waits for them.

They are tried again when the ad changes, when the analysis changes (`schema.fingerprint`), when an administrator requests
it, and after a pause.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from jobsearch.search.engines.base import Write, Written
from jobsearch.search.models import SetAside
from jobsearch.search.schema import fingerprint
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.pending import Change

from .analysis_process import Failure
from .documents import make_removal

log = logging.getLogger(__name__)
INDEX_LATE = dt.timedelta(minutes=10)
"""A change that waits for longer means that indexing does not keep up: it runs every second."""
LASTING = {SetAside.Reason.SLOW, SetAside.Reason.MEMORY, SetAside.Reason.ERROR}
"""Reasons that lie in the ad and in the code: the result stays the same unless one of the two changes."""
LASTING_PAUSE = dt.timedelta(days=1)
PAUSES = [dt.timedelta(0), *(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 180)), LASTING_PAUSE]
"""Pauses before each further try of what may be temporary. The first is zero: the next run tries again."""


def exclude_waiting(now: dt.datetime) -> Exists:
    """Condition for rows whose present version must not be tried at this moment."""
    return Exists(_waiting(now).filter(uuid=OuterRef("uuid"), version=OuterRef("version")))


def exclude_refused(now: dt.datetime) -> Exists:
    """Condition for removals from the index that must not be tried now.

    A removal needs no analysis, so only the engine's refusal counts.
    """
    refused = _waiting(now).filter(reason=SetAside.Reason.REFUSED)
    return Exists(refused.filter(uuid=OuterRef("uuid"), version=OuterRef("version")))


def _waiting(now: dt.datetime) -> QuerySet[SetAside]:
    return SetAside.objects.filter(fingerprint=fingerprint(), next_try__gt=now)


def find_quarantined(versions: Mapping[UUID, int]) -> dict[UUID, SetAside]:
    """The quarantined ones of these versions."""
    rows = SetAside.objects.filter(uuid__in=list(versions), fingerprint=fingerprint())
    return {row.uuid: row for row in rows if row.version == versions[row.uuid]}


def filter_ready(found: Iterable[Change], now: dt.datetime) -> list[Change]:
    """The rows to try now. Ads that may not be shown are always included."""
    found = list(found)
    known = find_quarantined({change.uuid: change.version for change in found})
    waiting = {uuid for uuid, row in known.items() if row.next_try > now}
    return [change for change in found if change.uuid not in waiting or make_removal(change, now)]


def drop_refused_documents(found: Sequence[Change]) -> list[Change]:
    """The rows, those that were quarantined without their kept documents: one may be what the engine refused."""
    kept = {change.uuid: change.version for change in found if change.document is not None}
    known = find_quarantined(kept) if kept else {}
    again = {change.uuid: change for change in pending.read_changes(known)} if known else {}
    return [again.get(change.uuid, change) for change in found]


def add_failures(failures: Iterable[tuple[UUID, int, Failure]]) -> None:
    """Quarantines these versions, or prolongs the pause of those already quarantined."""
    failures = list(failures)
    if not failures:
        return
    now, current = timezone.now(), fingerprint()
    known = find_quarantined({uuid: version for uuid, version, _ in failures})
    rows = []
    for uuid, version, failure in failures:
        before = known.get(uuid)
        tries = before.tries + 1 if before else 1
        pause = LASTING_PAUSE if failure.reason in LASTING else PAUSES[min(tries, len(PAUSES)) - 1]
        rows.append(
            SetAside(
                uuid=uuid,
                version=version,
                reason=failure.reason,
                detail=failure.detail[:200],
                since=before.since if before else now,
                tries=tries,
                next_try=now + pause,
                fingerprint=current,
            )
        )
        log.error("Ad %s is quarantined from the search index (%s: %s), try %s", uuid, failure.reason, failure.detail, tries)
    rows.sort(key=lambda row: row.uuid)  # two processes lock the rows in one order
    fields = ["version", "reason", "detail", "since", "tries", "next_try", "fingerprint"]
    SetAside.objects.bulk_create(rows, update_conflicts=True, unique_fields=["uuid"], update_fields=fields)


def note_written(writes: Iterable[Write], written: Written) -> None:
    """Quarantines what the engine refused, and releases what it has now."""
    left = {*written.stale, *written.failed}
    release([write.uuid for write in writes if write.uuid not in left])
    versions = {write.uuid: write.version for write in writes}
    refused = SetAside.Reason.REFUSED
    add_failures((uuid, versions[uuid], Failure(refused, str(error))) for uuid, error in written.failed.items())


def note_refused(writes: Iterable[Write], written: Written) -> None:
    """Quarantines what the engine refused. Releases nothing: the index that was written is not the live one yet."""
    note_written([write for write in writes if write.uuid in written.failed], written)


def release(uuids: Collection[UUID]) -> None:
    """Ends the quarantine of these ads: the index has them, or they are removed from it."""
    if SetAside.objects.exists():
        SetAside.objects.filter(uuid__in=list(uuids)).delete()


def retry(uuids: Collection[UUID]) -> int:
    """Makes the next indexing run try these again; returns their number."""
    return SetAside.objects.filter(uuid__in=list(uuids)).update(next_try=timezone.now())


def count_behind(now: dt.datetime | None = None) -> int:
    """Number of rows that the next indexing run will index."""
    return pending.count_changes(exclude_waiting(now or timezone.now()))


def get_oldest_behind(now: dt.datetime | None = None) -> dt.datetime | None:
    """Time of the oldest change that is not yet indexed, without quarantined ads; None for none."""
    rows = Vacancy.objects.not_indexed().filter(~exclude_waiting(now or timezone.now()) | ~Q(status=Vacancy.Status.ACTIVE))
    oldest: dt.datetime | None = rows.aggregate(oldest=Min(pending.BY_CHANGE))["oldest"]
    return oldest
