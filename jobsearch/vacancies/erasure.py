"""Erasure: removes suppressed persons from every stored ad, open or closed, and records it.

The list is applied again when an ad is written, so this reaches what is already stored: after a request, and after a backup
was restored (`manage.py erase_suppressed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobsearch.core.keyset import iterate_batches

from . import store
from .cleaning import CleanedVacancy
from .deletion_models import Erasure, Purge, SuppressedIdentifier
from .models import Contact, Moderation, Vacancy
from .suppression import Identifier, Suppressor, load_suppressor
from .suppression.identifiers import get_key_id, hash_identifier, list_keys
from .suppression.matcher import Matcher

_CHUNK = 100
MAX_FOUND = 200
_RELATED = ("contacts", "locations", "occupations", "categories")
Progress = Callable[[int, int], None]


def add_to_list(identifiers: Iterable[Identifier], requested_by: str, reference: str = "") -> Erasure:
    """Puts identifiers on the suppression list, as hashes: from now on no ad is written with them."""
    key = list_keys()[0]
    with transaction.atomic():
        erasure = Erasure.objects.create(requested_by=requested_by, reference=reference)
        SuppressedIdentifier.objects.bulk_create(
            [
                SuppressedIdentifier(
                    erasure=erasure, kind=one.kind, digest=hash_identifier(one.kind, one.value, key), key_id=get_key_id(key)
                )
                for one in dict.fromkeys(identifiers)
            ]
        )
    return erasure


def erase_everywhere(erasure: Erasure | None = None, progress: Progress | None = None) -> int:
    """Applies the suppression list to every stored ad; returns how many changed. Safe to repeat and to interrupt."""
    suppressor = load_suppressor()
    total, done, changed = Vacancy.objects.count(), 0, 0
    for uuids in iterate_batches(Vacancy.objects.values_list("uuid", flat=True), _CHUNK):
        changed += erase_from_ads(uuids, suppressor)
        done += len(uuids)
        if progress:
            progress(done, max(total, done))
    _erase_from_notes(suppressor)
    store.erase_deleted_content()
    if erasure:
        Erasure.objects.filter(pk=erasure.pk).update(ads=F("ads") + changed, finished=timezone.now())
    return changed


def erase_from_ads(uuids: Iterable[UUID], suppressor: Suppressor) -> int:
    """Removes suppressed persons from these ads; returns how many changed. Each gets a new version, so the index follows."""
    if not suppressor:
        return 0
    wanted = list(uuids)
    # Found without locks first: nearly no ad names the person, and other writers need not wait for the search.
    named = [ad.vacancy.uuid for ad in _read_ads(wanted) if _is_changed(ad, suppressor)]
    if not named:
        return 0
    changed: dict[UUID, CleanedVacancy] = {}
    now = timezone.now()
    with transaction.atomic():
        store.lock_vacancies(named)
        purges = []
        for ad in _read_ads(named):
            contacts = len(ad.contacts)
            cleaned = suppressor.clean(ad)
            if cleaned is ad:
                continue  # edited by a sync meanwhile
            cleaned.vacancy.version += 1
            cleaned.vacancy.changed = now
            changed[cleaned.vacancy.uuid] = cleaned
            number = contacts - len(cleaned.contacts)
            purges.append(Purge(kind=Purge.Kind.ERASED, uuid=cleaned.vacancy.uuid, moment=now, number=number))
        store.rewrite_vacancies(changed)
        Purge.objects.bulk_create(purges)
    return len(changed)


def find_ads(identifiers: Iterable[Identifier]) -> list[Vacancy]:
    """The first `MAX_FOUND` ads that name a person among their contacts or in their title, for a preview.

    The search of all texts takes longer. The identifiers are in plain text here, as an administrator has just typed them.
    """
    key = list_keys()[0]
    hashes: dict[str, list[str]] = {}
    for one in identifiers:
        hashes.setdefault(one.kind, []).append(hash_identifier(one.kind, one.value, key))
    matcher = Matcher(hashes, [key])
    found: dict[UUID, None] = {}
    contacts = Contact.objects.values_list("vacancy_id", "name", "email", "phone").iterator()
    titles = Vacancy.objects.values_list("uuid", "title", "employer_name").iterator()
    for uuid, text in ((row[0], "\n".join(row[1:])) for rows in (contacts, titles) for row in rows):
        if uuid not in found and matcher.find_spans(text):
            found[uuid] = None
            if len(found) == MAX_FOUND:
                break
    return list(Vacancy.objects.filter(pk__in=found).only("uuid", "title", "employer_name", "status"))


def _read_ads(uuids: list[UUID]) -> Iterator[CleanedVacancy]:
    for row in Vacancy.objects.filter(uuid__in=uuids).order_by("uuid").prefetch_related(*_RELATED):
        contacts, locations, occupations, categories = (list(getattr(row, name).all()) for name in _RELATED)
        yield CleanedVacancy(row, locations, contacts, occupations, categories)


def _is_changed(ad: CleanedVacancy, suppressor: Suppressor) -> bool:
    return suppressor.clean(ad) is not ad


def _erase_from_notes(suppressor: Suppressor) -> None:
    """Administrators' reasons for hiding an ad, which may name a person although the form asks for none."""
    for row in Moderation.objects.exclude(note=""):
        note = suppressor.clean_line(row.note)
        if note != row.note:
            Moderation.objects.filter(pk=row.pk).update(note=note)
