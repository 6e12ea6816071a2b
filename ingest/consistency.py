"""Comparing the record with the feed itself: the whole backfill is walked again, without moving the cursor."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from ingest.client.errors import EntryGone, FeedDown
from ingest.client.feed import Feed
from ingest.client.parsing import ACTIVE, INACTIVE, MASKED, BadEntry, FeedPage, Gone
from jobsearch.vacancies import cleaning, masking, store
from jobsearch.vacancies.ad_data import VacancyData
from jobsearch.vacancies.models import Category, Contact, Location, Occupation, Vacancy
from jobsearch.vacancies.visibility import visible_until

from . import replay
from .fetch_pool import DetailPool, Fetched, pages_ahead
from .models import FeedState
from .report import Progress

_ASKED_AHEAD = 120
# What the feed says of an ad; the other columns are ours.
_COMPARED = (
    "title job_title employer_name employer_orgnr employer_homepage employer_description description language source source_url "
    "application_url application_due_text application_due published expires visible_until updated sector extent engagement "
    "start_text position_count body_hash"
).split()
_CHUNK = 5000


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
    NAMED = "keeps its title"
    """Closed in both; the feed's last line withdraws title and employer, which the record keeps."""
    UNANSWERED = "unanswered"
    """The feed did not answer for this ad, so nothing is known."""


@dataclass(frozen=True, slots=True)
class Difference:
    uuid: UUID
    kind: Kind
    detail: str = ""
    line_says: str = ""
    """What the feed's last line says of the ad (`FeedLine.says`)."""

    def __str__(self) -> str:
        return f"{self.uuid}: {self.kind.value}{f' ({self.detail})' if self.detail else ''}"


def compare_with_feed(feed: Feed, progress: Progress | None = None, *, threads: int = 6) -> Iterator[Difference]:
    """Each ad in which the record and the feed differ now. Raises `FeedDown`, `PageGone`.

    Asks for the detail of every ad that either of the two calls active, as only that is sure. Whether title and employer
    of a closed ad are withdrawn, its detail does not say: that is read from the lines. Changes nothing. An ad that changes
    while the comparison runs may be named, and is right again after the next sync.
    """
    progress = progress or (lambda phase, done, total: None)
    says = _last_lines(feed, progress)
    yield from (Difference(uuid, Kind.NAMED, line_says=MASKED) for uuid in _named(says))
    held = set(Vacancy.objects.active().values_list("uuid", flat=True).iterator())
    waiting = sorted(held | {uuid for uuid, said in says.items() if said == ACTIVE}, key=str)
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
            said = says.get(result.uuid, "")
            if difference := _difference(result, said):
                yield replace(difference, line_says=said)
            progress("details", done, total)
    finally:
        pool.close()


def repair(differences: Iterable[Difference]) -> int:
    """Queues a check of each, of which the next run writes what the feed then says, and deletes names that are withdrawn.
    Returns how many."""
    found = list(differences)
    named = [difference.uuid for difference in found if difference.kind == Kind.NAMED]
    differing = [difference.uuid for difference in found if difference.kind == Kind.DIFFERS]
    checked = {difference.uuid: difference.line_says for difference in found if difference.kind != Kind.NAMED}
    with transaction.atomic():
        FeedState.lock()  # before the ads' rows, as everywhere
        queued = replay.ask_again(checked, checked)
        store.lock([*named, *differing])
        # The record leaves an ad alone whose content it has already, by this hash; here it must write all the same.
        Vacancy.objects.filter(uuid__in=differing).update(content_hash="")
        masking.mask(named)
    if named:
        store.erase_traces()
    return queued + len(named)


def _last_lines(feed: Feed, progress: Progress) -> dict[UUID, str]:
    """What the last line of each ad in the backfill says (`FeedLine.says`)."""
    since = timezone.now() - dt.timedelta(days=settings.FEED_BACKFILL_DAYS)
    says: dict[UUID, str] = {}
    lines = 0

    def entry() -> FeedPage | None:
        return feed.first_page(since) or feed.last_page()

    for _asked, page in pages_ahead(feed, entry, "", _no_idling):
        for line in page.lines:
            kept = says.get(line.uuid) == MASKED and line.status != ACTIVE  # as in `FeedLine.following`
            says[line.uuid] = MASKED if kept else line.says
        lines += len(page.lines)
        progress("pages", lines, 0)
    return says


def _named(says: Mapping[UUID, str]) -> Iterator[UUID]:
    """Closed ads that keep a title or employer which their last line withdraws."""
    masked = [uuid for uuid, said in says.items() if said == MASKED]
    for start in range(0, len(masked), _CHUNK):
        yield from sorted(masking.closed_with_names(masked[start : start + _CHUNK]))


def _difference(result: Fetched, said: str) -> Difference | None:
    """Judges one ad by its detail and by what the record holds at this moment, not when the comparison began."""
    uuid, outcome = result.uuid, result.outcome
    row = Vacancy.objects.filter(uuid=uuid).first()
    held = row is not None and row.status == Vacancy.Status.ACTIVE and row.visible_until > timezone.now()
    if isinstance(outcome, Gone | EntryGone):
        if not held:
            return None
        if said in (INACTIVE, MASKED):
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
    """The names of what the database holds otherwise than it would store now."""
    would = cleaning.clean(data, row.changed, row.first_seen)
    raw, said = (one.raw if isinstance(one.raw, dict) else {} for one in (row, would.vacancy))
    names = [name for name in sorted(raw.keys() | said.keys()) if raw.get(name) != said.get(name)]
    names += [name for name in _COMPARED if getattr(row, name) != getattr(would.vacancy, name)]
    for parts, manager, fields in (
        (would.locations, row.locations, _fields_of(Location)),
        (would.contacts, row.contacts, _fields_of(Contact)),
        (would.occupations, row.occupations, _fields_of(Occupation)),
        (would.categories, row.categories, _fields_of(Category)),
    ):
        if sorted(manager.values_list(*fields)) != sorted(tuple(getattr(part, name) for name in fields) for part in parts):
            names.append(manager.model._meta.model_name or "")
    return list(dict.fromkeys(names))


def _fields_of(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name not in {"id", "vacancy"}]


def _no_idling() -> None:
    return None
