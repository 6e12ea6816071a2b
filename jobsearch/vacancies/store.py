"""Writes of vacancies: store, close, hide and delete ads.

Closing an ad deletes, in the same transaction, its contacts, texts, links, raw copy, prepared row and prepared document. What
identifies the ad for a visitor (title, employer, place, occupation, dates) stays for `RETENTION_DAYS`; then only a tombstone.

Lock order: a write of several rows locks them in the order of their uuids, so that two writes cannot deadlock. A transaction
that stores some ads and closes others calls `lock_vacancies` for all of them first (docs/decisions/0015-order-of-locks.md).
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

from . import cleaning, masking, prepared_ads, prepared_documents
from .ad_data import ContactData, VacancyData
from .models import (
    Category,
    Contact,
    Location,
    Moderation,
    Occupation,
    PreparedAd,
    PreparedDocument,
    Purge,
    Tombstone,
    Vacancy,
)
from .precomputed import Computed, PrecomputedAd
from .redaction import Redactor
from .suppression import load_suppressor
from .visibility import OSLO, compute_visible_until, expired_condition

log = logging.getLogger(__name__)


class Outcome(enum.StrEnum):
    """What `store_vacancies` did with an ad."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EXPIRED = "expired"
    """Its last day has passed: stored as a closed ad, without the parts that an inactive ad may not have."""


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
_CHUNK = 500  # ads of one transaction
LEAST_FOR_STATISTICS = 1000
"""Ads below which SQLite plans without statistics: those of 100 ads make it read the whole table when there are 3,000."""
_KEPT_ON_UPDATE = {"uuid", "first_seen", "indexed_version"}
_COLUMNS = [field.name for field in Vacancy._meta.concrete_fields if field.name not in _KEPT_ON_UPDATE]


def store_vacancies(
    entries: Sequence[VacancyData],
    *,
    line_times: Mapping[UUID, dt.datetime] | None = None,
    now: dt.datetime | None = None,
    precomputed: Mapping[UUID, PrecomputedAd] | None = None,
) -> dict[UUID, Outcome]:
    """Stores ads as their source has them now; opens closed ads again. Needs an open transaction. Returns an outcome for each.

    An ad whose content is unchanged keeps its version, so it is not indexed again. `line_times`: the time of the feed's line
    about an ad. `precomputed`: ads that were computed before; those that are valid are stored as they are, with their documents.
    """
    now = now or timezone.now()
    line_times, precomputed = line_times or {}, precomputed or {}
    entries = sorted({entry.uuid: entry for entry in entries}.values(), key=lambda entry: entry.uuid)
    uuids = [entry.uuid for entry in entries]
    known = {row.uuid: row for row in Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=uuids)}
    tombstones = dict(Tombstone.objects.filter(uuid__in=uuids).values_list("uuid", "version"))
    suppressor = load_suppressor()
    outcomes: dict[UUID, Outcome] = {}
    stored: dict[UUID, cleaning.CleanedVacancy] = {}
    computed: dict[UUID, Computed] = {}
    unchanged: list[Vacancy] = []
    for entry in entries:
        before = known.get(entry.uuid)
        content_hash = hash_content(entry)
        line_time = line_times.get(entry.uuid) or (before.line_time if before else None)
        outcome = outcomes[entry.uuid] = _decide_outcome(entry, before, content_hash, now)
        if before and outcome is Outcome.UNCHANGED:
            before.line_time, before.checked = line_time, now
            unchanged.append(before)
            continue
        if before and before.status == Vacancy.Status.INACTIVE and outcome is Outcome.EXPIRED:
            continue  # it is closed already: nothing to write
        first_seen = before.first_seen if before else None
        ready = precomputed.get(entry.uuid)
        if ready and outcome is not Outcome.EXPIRED and ready.is_valid(entry, first_seen, suppressor, now):
            computed[entry.uuid] = ready.computed
            ad = ready.computed.ad
            ad.vacancy.changed = ad.vacancy.checked = now
        else:
            ad = suppressor.clean(cleaning.clean_vacancy(entry, now, first_seen))
        row = ad.vacancy
        row.content_hash, row.line_time = content_hash, line_time
        # Above any version in an index: an index refuses writes of lower versions.
        row.version = 1 + (before.version if before else tombstones.get(entry.uuid, 0))
        if outcome is Outcome.EXPIRED:
            _redact_titles(row, entry.contacts)
            _mark_closed(row, Vacancy.Closed.EXPIRED, now)
        stored[entry.uuid] = ad
    Vacancy.objects.bulk_update(unchanged, ["line_time", "checked"])
    rows = [ad.vacancy for ad in stored.values()]
    Vacancy.objects.bulk_create(rows, update_conflicts=True, unique_fields=["uuid"], update_fields=_COLUMNS)
    Tombstone.objects.filter(uuid__in=[uuid for uuid in stored if uuid in tombstones]).delete()
    _replace_parts(stored, known, computed)
    closed, reason = [uuid for uuid in stored if uuid in known and not _is_open(stored[uuid])], Vacancy.Closed.EXPIRED
    Purge.objects.bulk_create(Purge(kind=Purge.Kind.CLOSED, uuid=uuid, moment=now, reason=reason) for uuid in closed)
    return outcomes


def _decide_outcome(entry: VacancyData, before: Vacancy | None, content_hash: str, now: dt.datetime) -> Outcome:
    """`before`: the stored row."""
    if compute_visible_until(entry.expires) <= now:
        return Outcome.EXPIRED
    if before is None:
        return Outcome.NEW
    unchanged = before.status == Vacancy.Status.ACTIVE and before.content_hash == content_hash
    return Outcome.UNCHANGED if unchanged else Outcome.UPDATED


def rewrite_vacancies(ads: Mapping[UUID, cleaning.CleanedVacancy]) -> None:
    """Writes stored ads again as they are given, with their parts and prepared rows. Needs a transaction that has locked them."""
    rows = [ad.vacancy for ad in ads.values()]
    Vacancy.objects.bulk_update(rows, [name for name in _COLUMNS if name not in {"status", "closed_at", "closed_reason"}])
    _replace_parts(ads, ads)


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

    `masked`: ads whose title and employer the source has withdrawn too; those are deleted from ads that are closed already as
    well. Unknown uuids are ignored. An ad that was closed as withdrawn or unreadable gets the later reason.
    """
    now = now or timezone.now()
    line_times = line_times or {}
    closed = 0
    touched: list[Vacancy] = []
    checked: list[Vacancy] = []
    purges: list[Purge] = []
    rows = Vacancy.objects.select_for_update().order_by("uuid").filter(uuid__in=list(uuids))
    for row in rows.prefetch_related("contacts"):
        active = row.status == Vacancy.Status.ACTIVE
        if reason == Vacancy.Closed.EXPIRED and row.visible_until > now:
            continue  # its last day was moved after it was found and before it was locked
        if active:
            contacts = row.contacts.all()
            _redact_titles(row, contacts)
            _mark_closed(row, reason, now)
            closed += 1
            purges.append(Purge(kind=Purge.Kind.CLOSED, uuid=row.uuid, moment=now, number=len(contacts), reason=reason))
        elif row.closed_reason in (Vacancy.Closed.WITHDRAWN, Vacancy.Closed.UNREADABLE):
            row.closed_reason = reason
        elif row.uuid not in masked:
            continue
        row.checked = now
        row.line_time = line_times.get(row.uuid) or row.line_time
        if active or (row.uuid in masked and masking.has_names(row)):
            if row.uuid in masked:
                _set_fields(row, masking.BLANKS)
                purges.append(Purge(kind=Purge.Kind.MASKED, uuid=row.uuid, moment=now))
            row.version += 1
            row.changed = now
            touched.append(row)
        else:
            checked.append(row)  # nothing changes for the search, so the version stays
    fields = [*_CLOSED_BLANKS, *masking.BLANKS, "status", "closed_at", "closed_reason", "line_time", "checked"]
    Vacancy.objects.bulk_update(touched, [*fields, "version", "changed"])
    Vacancy.objects.bulk_update(checked, ["closed_reason", "line_time", "checked"])
    Contact.objects.filter(vacancy__in=touched).delete()
    PreparedAd.objects.filter(vacancy__in=touched).delete()
    PreparedDocument.objects.filter(vacancy__in=touched).delete()
    Purge.objects.bulk_create(purges)
    return closed


def close_expired(now: dt.datetime | None = None) -> int:
    """Closes every ad whose last day has passed (they are hidden since that midnight). Returns how many.

    An ad that cannot be closed is logged and left for the next call; all others are closed.
    """
    now = now or timezone.now()
    total = 0
    due = Vacancy.objects.filter(expired_condition(now))
    for uuids in iterate_batches(due.values_list("uuid", flat=True), _CHUNK):
        total += close_each(uuids, Vacancy.Closed.EXPIRED, now=now)[0]
    if total:
        erase_deleted_content()
    return total


def close_each(
    uuids: Sequence[UUID], reason: Vacancy.Closed, *, masked: Collection[UUID] = (), **options: Any
) -> tuple[int, list[UUID]]:
    """`close_vacancies` in one transaction or, if that fails, in one transaction for each ad.

    Returns how many were active, and the uuids of ads that could not be closed. Raises only errors of the database itself.
    `options`: those of `close_vacancies`.
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


def replace_with_tombstones(before: dt.datetime) -> int:
    """Replaces ads that were closed before that moment with tombstones; returns how many."""
    total = 0
    while True:
        with transaction.atomic():
            rows = list(Vacancy.objects.select_for_update().order_by("uuid").filter(closed_at__lt=before)[:_CHUNK])
            tombstones = [
                Tombstone(uuid=row.uuid, closed_on=row.closed_at.astimezone(OSLO).date(), version=row.version + 1)
                for row in rows
                if row.closed_at
            ]
            Tombstone.objects.bulk_create(tombstones, ignore_conflicts=True)
            Vacancy.objects.filter(uuid__in=[row.uuid for row in rows]).delete()
            Purge.objects.bulk_create(Purge(kind=Purge.Kind.FORGOTTEN, uuid=row.uuid) for row in rows)
        total += len(rows)
        if len(rows) < _CHUNK:
            break
    if total:
        erase_deleted_content()
    return total


def delete_tombstones(before: dt.date, chunk: int = 1000) -> int:
    """Deletes tombstones of ads that ended before that date and are removed from the index; returns how many."""
    total = 0
    while True:
        old = Tombstone.objects.filter(closed_on__lt=before, indexed_version__gte=F("version")).order_by("uuid")
        uuids = list(old.values_list("uuid", flat=True)[:chunk])
        # Filtered by date again: one of these ads may have come back and ended again in the meantime.
        deleted = Tombstone.objects.filter(uuid__in=uuids, closed_on__lt=before).delete()[0]
        if deleted:
            Purge.objects.create(kind=Purge.Kind.TOMBSTONES, number=deleted)
        total += deleted
        if len(uuids) < chunk:
            return total


def set_hidden(uuid: UUID, hidden: bool, note: str = "") -> None:
    """Stores an administrator's decision to hide an ad or to show it again; a sync with the feed never changes it."""
    with transaction.atomic():
        Moderation.objects.update_or_create(uuid=uuid, defaults={"hidden": hidden, "note": note})
        Vacancy.objects.filter(uuid=uuid).update(version=F("version") + 1, changed=timezone.now())


def erase_deleted_content() -> bool:
    """Erases deleted content from the files of an SQLite database by a WAL checkpoint. Call it outside a transaction.

    SQLite overwrites deleted content in the database file (`secure_delete`), but the write-ahead log still has the old pages
    until it is copied back and truncated. That is impossible while another connection reads or writes: with a busy time-out
    SQLite would wait for it and block all writers meanwhile, for up to 30 s. So it is tried without a time-out. Returns False
    if it was postponed; the task that runs every minute tries again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        timeout = cursor.fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _pages, _copied = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(timeout)}")
    return not busy


def update_statistics() -> None:
    """Gathers the statistics of SQLite's query planner; PostgreSQL does it by itself.

    Not below `LEAST_FOR_STATISTICS` ads. At most 400 rows of each index are read, 30 ms for 100,000 ads. Not by
    `PRAGMA optimize`: up to SQLite 3.45 it skips what the connection has not queried, later what has not grown tenfold.
    """
    if connection.vendor == "sqlite" and Vacancy.objects.all()[:LEAST_FOR_STATISTICS].count() == LEAST_FOR_STATISTICS:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 400")
            cursor.execute("ANALYZE")


def _replace_parts(
    stored: Mapping[UUID, cleaning.CleanedVacancy], known: Collection[UUID], computed: Mapping[UUID, Computed] | None = None
) -> None:
    """Replaces the stored places, occupations, categories and, for open ads only, contacts and prepared rows.

    `known`: ads that may have some. `computed`: open ads whose prepared row, and most often document, are ready.
    """
    computed = computed or {}
    old = [uuid for uuid in stored if uuid in known]
    opened = [ad for ad in stored.values() if _is_open(ad)]
    for model in (Location, Contact, Occupation, Category, PreparedAd, PreparedDocument):
        if old:
            model.objects.filter(vacancy_id__in=old).delete()
    Location.objects.bulk_create([one for ad in stored.values() for one in ad.locations])
    Contact.objects.bulk_create([one for ad in opened for one in ad.contacts])
    Occupation.objects.bulk_create([one for ad in stored.values() for one in ad.occupations])
    Category.objects.bulk_create([one for ad in stored.values() for one in ad.categories])
    prepared_ads.save_prepared(
        computed[ad.vacancy.uuid].prepared if ad.vacancy.uuid in computed else prepared_ads.prepare_ad(ad) for ad in opened
    )
    prepared_documents.write_documents(
        PreparedDocument(vacancy_id=uuid, version=stored[uuid].vacancy.version, analysis=one.analysis, content=one.document)
        for uuid, one in computed.items()
        if one.document is not None
    )


def _is_open(ad: cleaning.CleanedVacancy) -> bool:
    return ad.vacancy.status == Vacancy.Status.ACTIVE


def _redact_titles(row: Vacancy, contacts: Iterable[Contact | ContactData]) -> None:
    """Removes contact information from the texts that a closed ad keeps, for example from "Vikar for Anne Prøvesen".

    The ad is closed in any case: texts that cannot be redacted are deleted.
    """
    names = ("title", "job_title", "employer_name")
    try:
        redactor = Redactor(contacts, row.employer_name)
        kept = {name: redactor.redact_title(getattr(row, name)) for name in names}
    except Exception:
        log.exception("The title of ad %s cannot be redacted and is deleted", row.uuid)
        kept = dict.fromkeys(names, "")
    _set_fields(row, kept)


def _mark_closed(row: Vacancy, reason: Vacancy.Closed, now: dt.datetime) -> None:
    row.status, row.closed_at, row.closed_reason = Vacancy.Status.INACTIVE, now, reason
    _set_fields(row, _CLOSED_BLANKS)


def _set_fields(row: Vacancy, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def hash_content(entry: VacancyData) -> str:
    """A hash of everything that the source says of the ad, contacts included, so that any edit changes it."""
    people = [[person.name, person.email, person.phone, person.role, person.title] for person in entry.contacts]
    content = json.dumps([entry.raw, people], sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(f"{content}{entry.expires.isoformat()}".encode()).hexdigest()
