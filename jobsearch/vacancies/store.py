"""Writing the record: store what a source says now, close, hide, and forget.

Closing deletes, in the same transaction: contacts, texts, links and the raw copy. What stays for `RETENTION_DAYS` is what
tells a visitor which ad it was (title, employer, place, occupation, dates); after that only a tombstone.

Whoever writes several rows locks them in the order of their uuids, so that two that meet never wait for each other; a
transaction that stores some ads and closes others calls `lock` for all of them first (docs/decisions/0015-order-of-locks.md).
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from jobsearch.core.keyset import iterate_batches

from . import cleaning, masking
from .ad_data import ContactData, VacancyData
from .models import Category, Contact, Location, Moderation, Occupation, Tombstone, Vacancy
from .redaction import Redactor
from .visibility import OSLO, compute_visible_until, expired_condition

log = logging.getLogger(__name__)


class Outcome(enum.StrEnum):
    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EXPIRED = "expired"
    """Its last day has passed: kept as a closed ad, without what an inactive ad may not have."""


_CLOSED_BLANKS = {
    "description": "",
    "employer_description": "",
    "employer_homepage": "",
    "source_url": "",
    "application_url": "",
    "raw": None,
    "body_hash": "",
    "content_hash": "",
}
_KEPT_ON_UPDATE = {"uuid", "first_seen", "indexed_version"}
_COLUMNS = [field.name for field in Vacancy._meta.concrete_fields if field.name not in _KEPT_ON_UPDATE]


def store_vacancies(
    entries: Sequence[VacancyData], *, line_times: Mapping[UUID, dt.datetime] | None = None, now: dt.datetime | None = None
) -> dict[UUID, Outcome]:
    """Writes ads as their source tells them now; an ad that was closed is opened again. Needs an open transaction.

    An ad whose content is what the record already has keeps its version, so nothing follows from it.
    """
    now = now or timezone.now()
    line_times = line_times or {}
    entries = sorted({entry.uuid: entry for entry in entries}.values(), key=lambda entry: entry.uuid)
    uuids = [entry.uuid for entry in entries]
    known = {row.uuid: row for row in Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=uuids)}
    stones = {stone.uuid: stone for stone in Tombstone.objects.filter(uuid__in=uuids)}
    outcomes: dict[UUID, Outcome] = {}
    stored: dict[UUID, cleaning.CleanedVacancy] = {}
    opened: set[UUID] = set()
    unchanged: list[Vacancy] = []
    for entry in entries:
        before = known.get(entry.uuid)
        content_hash = _digest(entry)
        line_time = line_times.get(entry.uuid) or (before.line_time if before else None)
        over = compute_visible_until(entry.expires) <= now
        if before and before.status == Vacancy.Status.ACTIVE and before.content_hash == content_hash and not over:
            before.line_time, before.checked = line_time, now
            unchanged.append(before)
            outcomes[entry.uuid] = Outcome.UNCHANGED
            continue
        if before and before.status == Vacancy.Status.INACTIVE and over:
            outcomes[entry.uuid] = Outcome.EXPIRED  # closed then, closed now: nothing to write
            continue
        ad = cleaning.clean_vacancy(entry, now, before.first_seen if before else None)
        row = ad.vacancy
        row.content_hash, row.line_time = content_hash, line_time
        earlier = before.version if before else stones[entry.uuid].version if entry.uuid in stones else 0
        row.version = earlier + 1  # never below a version that an index may hold, else its writes would be refused
        if over:
            _redact(row, entry.contacts)
            _blank(row, Vacancy.Closed.EXPIRED, now)
        else:
            opened.add(entry.uuid)
        stored[entry.uuid] = ad
        outcomes[entry.uuid] = Outcome.EXPIRED if over else Outcome.UPDATED if before else Outcome.NEW
    Vacancy.objects.bulk_update(unchanged, ["line_time", "checked"])
    rows = [ad.vacancy for ad in stored.values()]
    Vacancy.objects.bulk_create(rows, update_conflicts=True, unique_fields=["uuid"], update_fields=_COLUMNS)
    Tombstone.objects.filter(uuid__in=[row.uuid for row in rows if row.uuid in stones]).delete()
    _replace_parts(stored, opened, known)
    return outcomes


def lock_vacancies(uuids: Iterable[UUID]) -> None:
    """Locks these rows until the transaction ends, in the order of their uuids."""
    list(Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=list(uuids)).values_list("uuid"))


def close_vacancies(
    uuids: Collection[UUID],
    reason: Vacancy.Closed,
    *,
    masked: Collection[UUID] = (),
    line_times: Mapping[UUID, dt.datetime] | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Closes ads and deletes what an inactive ad may not have; returns how many were active. Needs an open transaction.

    `masked`: those whose title and employer the source has withdrawn too; that is taken from an ad closed before as well.
    Unknown uuids are nothing to close. An ad that was closed as withdrawn or unreadable takes the later reason.
    """
    now = now or timezone.now()
    line_times = line_times or {}
    closed = 0
    touched: list[Vacancy] = []
    looked_at: list[Vacancy] = []
    rows = Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=list(uuids))
    for row in rows.prefetch_related("contacts"):
        active = row.status == Vacancy.Status.ACTIVE
        if reason == Vacancy.Closed.EXPIRED and row.visible_until > now:
            continue  # prolonged after it was found to have expired, before it was locked here
        if active:
            _redact(row, row.contacts.all())
            _blank(row, reason, now)
            closed += 1
        elif row.closed_reason in (Vacancy.Closed.WITHDRAWN, Vacancy.Closed.UNREADABLE):
            row.closed_reason = reason
        elif row.uuid not in masked:
            continue
        row.checked = now
        row.line_time = line_times.get(row.uuid) or row.line_time
        if active or (row.uuid in masked and masking.has_names(row)):
            if row.uuid in masked:
                _set(row, masking.BLANKS)
            row.version += 1
            row.changed = now
            touched.append(row)
        else:
            looked_at.append(row)  # no search is concerned, so the version stays
    fields = [*_CLOSED_BLANKS, *masking.BLANKS, "status", "closed_at", "closed_reason", "line_time", "checked"]
    Vacancy.objects.bulk_update(touched, [*fields, "version", "changed"])
    Vacancy.objects.bulk_update(looked_at, ["closed_reason", "line_time", "checked"])
    Contact.objects.filter(vacancy__in=touched).delete()
    return closed


def close_expired(now: dt.datetime | None = None, chunk: int = 500) -> int:
    """Closes every ad whose last day has passed; they were out of sight since that midnight. Returns how many.

    An ad that cannot be closed is logged and left for the next call; the others are closed all the same.
    """
    now = now or timezone.now()
    total = 0
    due = Vacancy.objects.filter(expired_condition(now))
    for uuids in iterate_batches(due.values_list("uuid", flat=True), chunk):
        total += close_each(uuids, Vacancy.Closed.EXPIRED, now=now)[0]
    if total:
        erase_deleted_content()
    return total


def close_each(
    uuids: Sequence[UUID], reason: Vacancy.Closed, *, masked: Collection[UUID] = (), **options: Any
) -> tuple[int, list[UUID]]:
    """`close` for all at once or, where that fails for one of them, for each alone.

    Returns how many were active, and which could not be closed. Raises only for the database's own trouble. `options` are
    those of `close`.
    """
    try:
        with transaction.atomic():
            return close_vacancies(uuids, reason, masked=masked, **options), []
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(uuids) == 1:
            log.exception("Ad %s cannot be closed.", uuids[0])
            return 0, list(uuids)
    closed, failed = 0, []
    for uuid in uuids:
        one, failing = close_each([uuid], reason, masked=masked, **options)
        closed += one
        failed += failing
    return closed, failed


def replace_with_tombstones(before: dt.datetime, chunk: int = 500) -> int:
    """Replaces ads closed before that moment by tombstones; returns how many."""
    total = 0
    while True:
        with transaction.atomic():
            rows = list(Vacancy.objects.select_for_update().order_by("uuid").filter(closed_at__lt=before)[:chunk])
            stones = [
                Tombstone(uuid=row.uuid, closed_on=row.closed_at.astimezone(OSLO).date(), version=row.version + 1)
                for row in rows
                if row.closed_at
            ]
            Tombstone.objects.bulk_create(stones, ignore_conflicts=True)
            Vacancy.objects.filter(uuid__in=[row.uuid for row in rows]).delete()
        total += len(rows)
        if len(rows) < chunk:
            break
    if total:
        erase_deleted_content()
    return total


def delete_tombstones(before: dt.date, chunk: int = 1000) -> int:
    """Deletes tombstones of ads that ended before that day and are out of the index; returns how many."""
    total = 0
    while True:
        old = Tombstone.objects.filter(closed_on__lt=before, indexed_version__gte=F("version")).order_by("uuid")
        uuids = list(old.values_list("uuid", flat=True)[:chunk])
        # Asked again in the deletion: an ad of these may have come back meanwhile.
        total += Tombstone.objects.filter(uuid__in=uuids, closed_on__lt=before).delete()[0]
        if len(uuids) < chunk:
            return total


def set_hidden(uuid: UUID, hidden: bool, note: str = "") -> None:
    """An administrator's decision to hide an ad or show it again; following the feed never undoes it."""
    with transaction.atomic():
        Moderation.objects.update_or_create(uuid=uuid, defaults={"hidden": hidden, "note": note})
        Vacancy.objects.filter(uuid=uuid).update(version=F("version") + 1, changed=timezone.now())


def erase_deleted_content() -> bool:
    """Makes the database file forget what was deleted: outside a transaction, after closings. Never waits.

    SQLite overwrites deleted content in the file (`secure_delete`), but the write-ahead log still holds the old pages until
    it is copied back and cut to nothing. While another connection reads or writes, that cannot be done: with a busy time-out
    SQLite would wait for it and keep every writer out meanwhile, for up to 30 s. So it is tried without one; False where it was
    postponed, and the task that runs every minute tries again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        patience = cursor.fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _pages, _copied = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
    return not busy


def _replace_parts(stored: Mapping[UUID, cleaning.CleanedVacancy], opened: Collection[UUID], known: Collection[UUID]) -> None:
    """Writes the ads' places, occupations, categories and, of open ads only, contacts anew."""
    old = [uuid for uuid in stored if uuid in known]
    for model in (Location, Contact, Occupation, Category):
        if old:
            model.objects.filter(vacancy_id__in=old).delete()
    Location.objects.bulk_create([one for ad in stored.values() for one in ad.locations])
    Contact.objects.bulk_create([one for uuid, ad in stored.items() if uuid in opened for one in ad.contacts])
    Occupation.objects.bulk_create([one for ad in stored.values() for one in ad.occupations])
    Category.objects.bulk_create([one for ad in stored.values() for one in ad.categories])


def _redact(row: Vacancy, contacts: Iterable[Contact | ContactData]) -> None:
    """Takes the contacts out of what stays of a closed ad: "Vikar for Anne Prøvesen" must not outlive the contact.

    An ad is closed whatever happens here: texts that cannot be redacted are deleted.
    """
    names = ("title", "job_title", "employer_name")
    try:
        redactor = Redactor(contacts, row.employer_name)
        kept = {name: redactor.redact_title(getattr(row, name)) for name in names}
    except Exception:
        log.exception("The title of ad %s cannot be redacted and is deleted", row.uuid)
        kept = dict.fromkeys(names, "")
    _set(row, kept)


def _blank(row: Vacancy, reason: Vacancy.Closed, now: dt.datetime) -> None:
    row.status, row.closed_at, row.closed_reason = Vacancy.Status.INACTIVE, now, reason
    _set(row, _CLOSED_BLANKS)


def _set(row: Vacancy, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _digest(entry: VacancyData) -> str:
    """A hash of all that the source says of the ad, contacts included, so that any edit is seen as one."""
    people = [[person.name, person.email, person.phone, person.role, person.title] for person in entry.contacts]
    told = json.dumps([entry.raw, people], sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(f"{told}{entry.expires.isoformat()}".encode()).hexdigest()
