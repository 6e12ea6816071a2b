"""Consistency check of the database against the feed: reads the whole backfill again, without moving the cursor."""

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

from ingest.client.errors import AdNotFound, FeedUnavailable
from ingest.client.feed import FeedClient
from ingest.client.parsing import ACTIVE, INACTIVE, MASKED, DetailFormatError, FeedPage, InactiveDetail
from jobsearch.core.batches import batched
from jobsearch.core.jobs import Progress
from jobsearch.vacancies import cleaning, masking, store
from jobsearch.vacancies.ad_data import VacancyData
from jobsearch.vacancies.models import Category, Contact, Location, Occupation, Vacancy
from jobsearch.vacancies.suppression import load_suppressor
from jobsearch.vacancies.visibility import compute_visible_until, is_active

from . import replay
from .fetch_pool import DetailFetchPool, FetchResult, prefetch_pages
from .models import FeedState

_MAX_PENDING = 120  # requests under way or waiting for a thread
_MAX_FAILED = 20  # failed requests in a row that end the check
# Columns whose values come from the feed.
_COMPARED = (
    "title job_title employer_name employer_orgnr employer_homepage employer_description description language source source_url "
    "application_url application_due_text application_due published expires visible_until updated sector extent engagement "
    "start_text position_count body_hash"
).split()
_CHUNK = 5000


class Kind(enum.StrEnum):
    """Kinds of difference between the database and the feed."""

    MISSING = "missing"
    """Active in the feed, but missing or inactive in the database: also the effect of a line committed late."""
    CLOSED = "closed in the feed"
    """Active in the database, although the feed's last line says INACTIVE."""
    NEVER_CLOSED = "never closed by the feed"
    """Active in the database and by the feed's last line, but its detail is missing or inactive."""
    DIFFERS = "differs"
    """Active in both, with different content."""
    UNREADABLE = "unreadable"
    """Active in the feed, with a detail that cannot be parsed."""
    UNMASKED = "keeps its title"
    """Closed in both; the feed's last line withdraws title and employer, but the database still has them."""
    UNANSWERED = "unanswered"
    """The feed did not answer for this ad, so nothing is known."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One ad that differs between the database and the feed."""

    uuid: UUID
    kind: Kind
    detail: str = ""
    line_says: str = ""
    """`FeedLine.stated_status` of the ad's last line."""

    def __str__(self) -> str:
        return f"{self.uuid}: {self.kind.value}{f' ({self.detail})' if self.detail else ''}"


def compare_with_feed(feed: FeedClient, progress: Progress | None = None, *, threads: int = 6) -> Iterator[Difference]:
    """Yields each ad that differs between the database and the feed now. Raises `FeedUnavailable`, `PageNotFound`.

    Fetches the detail of every ad that is active in either of them, since only the detail has the current status. Whether
    title and employer of a closed ad are withdrawn is read from the lines, as the detail does not contain it. Changes
    nothing. An ad that changes during the check may be reported; the next sync run corrects it.
    """
    progress = progress or (lambda phase, done, total: None)
    statuses = _read_last_lines(feed, progress)
    yield from (Difference(uuid, Kind.UNMASKED, line_says=MASKED) for uuid in _find_unmasked(statuses))
    stored = set(Vacancy.objects.active().values_list("uuid", flat=True).iterator())
    waiting = sorted(stored | {uuid for uuid, status in statuses.items() if status == ACTIVE}, key=str)
    total, done, failed = len(waiting), 0, 0
    pool = DetailFetchPool(feed, threads)
    try:
        while waiting or pool.pending:
            while waiting and pool.pending < _MAX_PENDING:
                pool.submit(waiting.pop(), 0)
            result = pool.take_result()
            if result is None:
                continue
            done += 1
            failed = failed + 1 if isinstance(result.outcome, FeedUnavailable) else 0
            if failed > _MAX_FAILED:
                raise result.outcome if isinstance(result.outcome, FeedUnavailable) else AssertionError
            status = statuses.get(result.uuid, "")
            if difference := _compare_ad(result, status):
                yield replace(difference, line_says=status)
            progress("details", done, total)
    finally:
        pool.close()


def repair(differences: Iterable[Difference]) -> int:
    """Queues a check of each ad, and deletes withdrawn titles and employers at once. Returns how many ads.

    The next sync run makes the checks and stores the feed's current data.
    """
    found = list(differences)
    unmasked = [difference.uuid for difference in found if difference.kind == Kind.UNMASKED]
    differing = [difference.uuid for difference in found if difference.kind == Kind.DIFFERS]
    checked = {difference.uuid: difference.line_says for difference in found if difference.kind != Kind.UNMASKED}
    with transaction.atomic():
        FeedState.lock()  # before the ads' rows: docs/decisions/0015-order-of-locks.md
        queued = replay.enqueue_checks(checked, checked)
        store.lock_vacancies([*unmasked, *differing])
        # The store skips an ad whose content hash is unchanged; without the hash it writes the ad again.
        Vacancy.objects.filter(uuid__in=differing).update(content_hash="")
        masking.mask_vacancies(unmasked)
    if unmasked:
        store.erase_deleted_content()
    return queued + len(unmasked)


def _read_last_lines(feed: FeedClient, progress: Progress) -> dict[UUID, str]:
    """Reads the `stated_status` of each ad's last line in the backfill."""
    since = timezone.now() - dt.timedelta(days=settings.FEED_BACKFILL_DAYS)
    statuses: dict[UUID, str] = {}
    lines = 0

    def entry() -> FeedPage | None:
        return feed.fetch_first_page(since) or feed.fetch_last_page()

    for _page_id, page in prefetch_pages(feed, entry, "", _do_nothing):
        for line in page.lines:
            masked = statuses.get(line.uuid) == MASKED and line.status != ACTIVE  # as in `FeedLine.inherit_mask`
            statuses[line.uuid] = MASKED if masked else line.stated_status
        lines += len(page.lines)
        progress("pages", lines, 0)
    return statuses


def _find_unmasked(statuses: Mapping[UUID, str]) -> Iterator[UUID]:
    """Finds closed ads that still have a title or employer which their last line withdraws."""
    for masked in batched((uuid for uuid, status in statuses.items() if status == MASKED), _CHUNK):
        yield from sorted(masking.find_unmasked(masked))


def _compare_ad(result: FetchResult, line_status: str) -> Difference | None:
    """Compares one ad's detail with its row as it is now, not as it was when the check began."""
    uuid, outcome = result.uuid, result.outcome
    row = Vacancy.objects.filter(uuid=uuid).first()
    active = row is not None and is_active(row)  # hidden ads too: hiding is independent of the feed
    if isinstance(outcome, InactiveDetail | AdNotFound):
        if not active:
            return None
        if line_status in (INACTIVE, MASKED):
            return Difference(uuid, Kind.CLOSED)
        return Difference(uuid, Kind.NEVER_CLOSED, "404" if isinstance(outcome, AdNotFound) else "")
    if isinstance(outcome, DetailFormatError):
        return Difference(uuid, Kind.UNREADABLE, f"{outcome.reason}: {outcome}")
    if not isinstance(outcome, VacancyData):
        return Difference(uuid, Kind.UNANSWERED, str(outcome))
    if compute_visible_until(outcome.expires) <= timezone.now():
        return Difference(uuid, Kind.DIFFERS, "expires") if active else None
    if not active or row is None:
        return Difference(uuid, Kind.MISSING, "closed in the database" if row else "")
    names = _find_differing_fields(row, outcome)
    return Difference(uuid, Kind.DIFFERS, ", ".join(names)) if names else None


def _find_differing_fields(row: Vacancy, data: VacancyData) -> list[str]:
    """Names of the fields whose stored value differs from what would be stored for `data` now."""
    expected = load_suppressor().clean(cleaning.clean_vacancy(data, row.changed, row.first_seen))
    raw, expected_raw = (vacancy.raw if isinstance(vacancy.raw, dict) else {} for vacancy in (row, expected.vacancy))
    names = [name for name in sorted(raw.keys() | expected_raw.keys()) if raw.get(name) != expected_raw.get(name)]
    names += [name for name in _COMPARED if getattr(row, name) != getattr(expected.vacancy, name)]
    for parts, manager, fields in (
        (expected.locations, row.locations, _field_names(Location)),
        (expected.contacts, row.contacts, _field_names(Contact)),
        (expected.occupations, row.occupations, _field_names(Occupation)),
        (expected.categories, row.categories, _field_names(Category)),
    ):
        if sorted(manager.values_list(*fields)) != sorted(tuple(getattr(part, name) for name in fields) for part in parts):
            names.append(manager.model._meta.model_name or "")
    return list(dict.fromkeys(names))


def _field_names(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if field.name not in {"id", "vacancy"}]


def _do_nothing() -> None:
    return None
