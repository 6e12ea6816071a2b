"""Ads that are set aside: versions that could not be analysed, or that the engine refused, so that no other ad waits for them.

Tried again when the ad changes, when this program reads ads in another way (`documents.fingerprint`), when an administrator
asks for it, and after a pause.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from jobsearch.search.models import SetAside
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.pending import Change

from .analysis_process import Failure
from .documents import fingerprint, removal_of

log = logging.getLogger(__name__)
INDEX_LATE = dt.timedelta(minutes=10)
"""A change that has waited for so long means that indexing does not keep up: a run comes every five seconds."""
LASTING = {SetAside.Reason.SLOW, SetAside.Reason.MEMORY, SetAside.Reason.ERROR}
"""Reasons that lie in the ad and in our code: the same again, unless one of the two changes."""
LASTING_PAUSE = dt.timedelta(days=1)
PAUSES = [dt.timedelta(0), *(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 180)), LASTING_PAUSE]
"""Before each further try of what may pass by itself. The first is nothing: the next run tries again."""


def leave_out(now: dt.datetime) -> Exists:
    """Condition for a row whose present version is not to be tried at this moment."""
    return Exists(_waiting(now).filter(uuid=OuterRef("uuid"), version=OuterRef("version")))


def leave_out_ended(now: dt.datetime) -> Exists:
    """The same for an ad that is to leave the index: that needs no analysis, so only the engine's refusal counts."""
    refused = _waiting(now).filter(reason=SetAside.Reason.REFUSED)
    return Exists(refused.filter(uuid=OuterRef("uuid"), version=OuterRef("version")))


def _waiting(now: dt.datetime) -> QuerySet[SetAside]:
    return SetAside.objects.filter(fingerprint=fingerprint(), next_try__gt=now)


def of(versions: Mapping[UUID, int]) -> dict[UUID, SetAside]:
    """Which of these versions are set aside."""
    rows = SetAside.objects.filter(uuid__in=list(versions), fingerprint=fingerprint())
    return {row.uuid: row for row in rows if row.version == versions[row.uuid]}


def without_waiting(found: Iterable[Change], now: dt.datetime) -> list[Change]:
    """The rows to try now. An ad that may not be shown is always one of them."""
    found = list(found)
    known = of({change.uuid: change.version for change in found})
    waiting = {uuid for uuid, row in known.items() if row.next_try > now}
    return [change for change in found if change.uuid not in waiting or removal_of(change, now)]


def note(failures: Iterable[tuple[UUID, int, Failure]]) -> None:
    """Sets these versions aside, or prolongs the pause of those that are."""
    failures = list(failures)
    if not failures:
        return
    now, current = timezone.now(), fingerprint()
    known = of({uuid: version for uuid, version, _ in failures})
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
        log.error("Ad %s is set aside from the search index (%s: %s), try %s", uuid, failure.reason, failure.detail, tries)
    rows.sort(key=lambda row: row.uuid)  # two processes lock the rows in one order
    fields = ["version", "reason", "detail", "since", "tries", "next_try", "fingerprint"]
    SetAside.objects.bulk_create(rows, update_conflicts=True, unique_fields=["uuid"], update_fields=fields)


def take_back(uuids: Collection[UUID]) -> None:
    """Forgets what was noted about these ads: the index has them, or nothing of them is to be there."""
    if SetAside.objects.exists():
        SetAside.objects.filter(uuid__in=list(uuids)).delete()


def retry(uuids: Collection[UUID]) -> int:
    """Has the next indexing run try these again; returns how many."""
    return SetAside.objects.filter(uuid__in=list(uuids)).update(next_try=timezone.now())


def count_behind(now: dt.datetime | None = None) -> int:
    """Rows that the next indexing run will take."""
    return pending.count_changes(leave_out(now or timezone.now()))


def oldest_behind(now: dt.datetime | None = None) -> dt.datetime | None:
    """When the oldest change was made that the index has not taken over, leaving out what is set aside."""
    rows = Vacancy.objects.not_indexed().filter(~leave_out(now or timezone.now()) | ~Q(status=Vacancy.Status.ACTIVE))
    oldest: dt.datetime | None = rows.aggregate(oldest=Min(pending.BY_CHANGE))["oldest"]
    return oldest
