"""Comparing the record with the feed itself: the whole backfill is walked again, without moving the cursor."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobsearch.vacancies import html
from jobsearch.vacancies.data import VacancyData
from jobsearch.vacancies.models import Contact, Vacancy
from jobsearch.vacancies.text_values import printable, safe_link, squeeze
from jobsearch.vacancies.visibility import visible_until

from . import replay
from .errors import EntryGone, FeedDown
from .feed import Feed
from .fetching import DetailPool, Fetched, pages_ahead
from .messages import ACTIVE, BadEntry, FeedPage, Gone
from .report import Progress

_ASKED_AHEAD = 120


class Kind(enum.StrEnum):
    MISSING = "missing"
    """Active in the feed, and not (or not as active) in the record: also what a line committed late leaves behind."""
    CLOSED = "closed in the feed"
    """Active in the record, though the feed's last line says otherwise."""
    ZOMBIE = "never closed by the feed"
    """Active in the record and by the feed's last line, but its detail is gone."""
    DIFFERS = "differs"
    """Active in both, with other content."""
    UNREADABLE = "unreadable"
    """Active in the feed, with a detail that cannot be read."""
    UNANSWERED = "unanswered"
    """The feed did not answer for this ad, so nothing is known."""


@dataclass(frozen=True, slots=True)
class Difference:
    uuid: UUID
    kind: Kind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.uuid}: {self.kind.value}{f' ({self.detail})' if self.detail else ''}"


def compare_with_feed(feed: Feed, progress: Progress | None = None, *, threads: int = 6) -> Iterator[Difference]:
    """Each ad in which the record and the feed differ now. Raises `FeedDown`, `PageGone`.

    Asks for the detail of every ad that either of the two calls active, as only that is sure. Changes nothing. An ad that
    changes while the comparison runs may be named, and is right again after the next sync.
    """
    progress = progress or (lambda phase, done, total: None)
    active = _active_by_lines(feed, progress)
    held = set(Vacancy.objects.active().values_list("uuid", flat=True).iterator())
    waiting = sorted(held | {uuid for uuid, is_active in active.items() if is_active}, key=str)
    total, done, failed = len(waiting), 0, 0
    pool = DetailPool(feed, threads)
    try:
        while waiting or pool.pending:
            while waiting and pool.pending < _ASKED_AHEAD:
                pool.ask(waiting.pop(), 0)
            result = pool.get()
            if result is None:
                continue
            done += 1
            failed = failed + 1 if isinstance(result.outcome, FeedDown) else 0
            if failed > 20:
                raise result.outcome if isinstance(result.outcome, FeedDown) else AssertionError
            if difference := _difference(result, active.get(result.uuid)):
                yield difference
            progress("details", done, total)
    finally:
        pool.close()


def repair(differences: Iterable[Difference]) -> int:
    """Queues a check of each; the next run writes what the feed then says. Answers how many."""
    found = list(differences)
    changed = [difference.uuid for difference in found if difference.kind == Kind.DIFFERS]
    with transaction.atomic():
        # The record leaves an ad alone whose content it has already, by this hash; here it must write all the same.
        Vacancy.objects.filter(uuid__in=changed).update(content_hash="")
        return replay.ask_again({difference.uuid for difference in found})


def _active_by_lines(feed: Feed, progress: Progress) -> dict[UUID, bool]:
    """What the last line of each ad in the backfill says."""
    since = timezone.now() - dt.timedelta(days=settings.FEED_BACKFILL_DAYS)
    active: dict[UUID, bool] = {}
    lines = 0

    def entry() -> FeedPage | None:
        return feed.first_page(since) or feed.last_page()

    for _asked, page in pages_ahead(feed, entry, "", _no_idling):
        for line in page.lines:
            active[line.uuid] = line.status == ACTIVE
        lines += len(page.lines)
        progress("pages", lines, 0)
    return active


def _difference(result: Fetched, said_active: bool | None) -> Difference | None:
    """Judges one ad by its detail and by what the record holds at this moment, not when the comparison began."""
    uuid, outcome = result.uuid, result.outcome
    row = Vacancy.objects.filter(uuid=uuid).first()
    held = row is not None and row.status == Vacancy.Status.ACTIVE and row.visible_until > timezone.now()
    if isinstance(outcome, Gone | EntryGone):
        if not held:
            return None
        if said_active is False:
            return Difference(uuid, Kind.CLOSED)
        return Difference(uuid, Kind.ZOMBIE, "404" if isinstance(outcome, EntryGone) else "")
    if isinstance(outcome, BadEntry):
        return Difference(uuid, Kind.UNREADABLE, f"{outcome.reason}: {outcome}")
    if not isinstance(outcome, VacancyData):
        return Difference(uuid, Kind.UNANSWERED, str(outcome))
    if visible_until(outcome.expires) <= timezone.now():
        return Difference(uuid, Kind.DIFFERS, "expires") if held else None
    if not held or row is None:
        return Difference(uuid, Kind.MISSING, "closed in the record" if row else "")
    names = _differing(row, outcome)
    return Difference(uuid, Kind.DIFFERS, ", ".join(names)) if names else None


def _differing(row: Vacancy, data: VacancyData) -> list[str]:
    """The names of what the record holds otherwise than it would write now."""
    raw, told = (row.raw if isinstance(row.raw, dict) else {}), _kept(data.raw)
    names = [name for name in sorted(raw.keys() | told.keys()) if raw.get(name) != told.get(name)]
    columns = {
        "title": squeeze(data.title),
        "employer": squeeze(data.employer_name),
        "description": html.sanitise(data.description),
        "applicationUrl": safe_link(data.application_url),
        "sourceurl": safe_link(data.source_url),
        "expires": data.expires,
    }
    ours = (row.title, row.employer_name, row.description, row.application_url, row.source_url, row.expires)
    names += [name for (name, value), held in zip(columns.items(), ours, strict=True) if value != held]
    fields = ("name", "email", "phone", "role", "title")
    held_people = list(Contact.objects.filter(vacancy=row).order_by("position").values_list(*fields))
    people = [tuple(squeeze(getattr(person, name)) for name in fields) for person in data.contacts]
    if held_people != [person for person in people if any(person)]:
        names.append("contactList")
    return list(dict.fromkeys(names))


def _kept(value: Any) -> Any:
    """A JSON value as the record keeps it: without characters that a database refuses."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_kept(item) for item in value]
    if isinstance(value, dict):
        return {printable(key): _kept(item) for key, item in value.items()}
    return value


def _no_idling() -> None:
    return None
