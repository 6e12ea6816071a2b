"""Replay and recheck: find what the page walk misses, lines committed late and ads that the feed never closed.

Both only queue detail checks, which the next sync run makes. An old line deactivates nothing: the detail has the ad's current
status. Only what the detail does not contain is taken from the line: whether title and employer of a closed ad are withdrawn.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ingest.client.errors import PageNotFound
from ingest.client.feed import FeedClient
from ingest.client.parsing import ACTIVE, FeedLine, FeedPage
from jobsearch.core.batches import batched
from jobsearch.core.jobs import Progress
from jobsearch.vacancies import masking, store
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .models import DetailTask, FeedState, PageMark

log = logging.getLogger(__name__)

OVERLAP = dt.timedelta(days=2)
RECHECK_WITHIN = dt.timedelta(days=2)
"""Every active ad is checked again at least this often."""
RECHECK_EVERY = dt.timedelta(minutes=15)
"""How often `enqueue_recheck` is called: determines how many ads it queues each time."""
WITHDRAWN_EVERY = dt.timedelta(days=1)
WITHDRAWN_FOR = dt.timedelta(days=8)
WITHDRAWN_AT_ONCE = 200
"""Ads that disappeared from the feed: how often, for how long and how many at a time they are checked again."""
_CHUNK = 5000


def replay_overlap(
    feed: FeedClient,
    *,
    overlap: dt.timedelta = OVERLAP,
    on_progress: Progress = lambda phase, done, total: None,
) -> dict[str, int]:
    """Reads the last days' pages again, from a page id stored then, and queues the ads whose lines were not seen.

    Deletes title and employer of closed ads whose last line withdraws them. Does not move the cursor and needs no lease.
    Returns counts of pages, lines, queued and, if any, masked. Raises `FeedUnavailable`.
    """
    counts = {"pages": 0, "lines": 0, "queued": 0}
    page = _fetch_start_page(feed, overlap)
    if page is None:
        return counts
    last: dict[UUID, FeedLine] = {}
    seen: set[str] = set()
    while True:
        counts["pages"] += 1
        counts["lines"] += len(page.lines)
        on_progress("feed's pages", counts["lines"], 0)
        for line in page.lines:
            last[line.uuid] = line.inherit_mask(last.get(line.uuid))
        seen.add(page.id)
        if page.next_id is None or page.next_id in seen:
            break
        page = feed.fetch_page(page.next_id)
    masked = 0
    for uuids in batched(last, _CHUNK):
        queued, newly_masked = _apply({uuid: last[uuid] for uuid in uuids})
        counts["queued"] += queued
        masked += newly_masked
    if masked:
        counts["masked"] = masked
        store.erase_deleted_content()
    if counts["queued"] or masked:
        log.info("The replay queued %d ads with unseen lines and masked %d closed ads.", counts["queued"], masked)
    return counts


def _apply(last: dict[UUID, FeedLine]) -> tuple[int, int]:
    """Queues and masks ads by these last lines; returns how many of each.

    One transaction, which first waits for that of a concurrent sync run. An ad that is being closed at the same time is
    therefore either still queued, and its row notes that the title is withdrawn, or closed, and masked here.
    """
    withdrawn = [uuid for uuid, line in last.items() if line.masked]
    with transaction.atomic():
        FeedState.lock()
        missed = find_unseen(last)
        statuses = {uuid: last[uuid].stated_status for uuid in missed}
        queued = detail_queue.enqueue_if_newer(missed, DetailTask.Origin.REPLAY, statuses)
        # Ads that are queued for another reason: the check of the detail alone would keep the title.
        for task in DetailTask.objects.filter(uuid__in=withdrawn).exclude(line_says=DetailTask.Says.MASKED):
            line = last[task.uuid]
            if task.line_says != DetailTask.Says.ACTIVE or (line.time and task.line_time and line.time > task.line_time):
                DetailTask.objects.filter(uuid=task.uuid).update(line_says=DetailTask.Says.MASKED)
        return queued, masking.mask_vacancies(withdrawn)


def find_unseen(last: dict[UUID, FeedLine]) -> dict[UUID, dt.datetime | None]:
    """Finds the last lines that were never applied. Returns each line's time by ad.

    Such a line is newer than the ad's last applied line, or contradicts the ad's status, or is ACTIVE for an ad that is not in
    the database.
    """
    found: dict[UUID, dt.datetime | None] = {}
    rows = Vacancy.objects.filter(uuid__in=list(last)).values_list("uuid", "status", "closed_reason", "line_time")
    known = {uuid: (status, reason, time) for uuid, status, reason, time in rows}
    for uuid, line in last.items():
        if uuid not in known:
            if line.status == ACTIVE:
                found[uuid] = line.time
            continue
        status, reason, time = known[uuid]
        if status != Vacancy.Status.ACTIVE and line.status != ACTIVE:
            continue  # both say closed
        # By the order of the feed, as times can go backwards. An ad that expired or disappeared keeps ACTIVE as its last line.
        contradicts = line.status != ACTIVE or reason == Vacancy.Closed.FEED
        if contradicts or time is None or (line.time is not None and line.time > time):
            found[uuid] = line.time
    return found


def enqueue_recheck(limit: int | None = None) -> int:
    """Queues a check of the active ads that were checked least recently; returns how many. Does not contact the feed.

    `limit` defaults to the number that covers all active ads within `RECHECK_WITHIN`. Ads that were closed because their
    detail was missing are queued as well, see `_recently_withdrawn`.
    """
    rows = Vacancy.objects.filter(status=Vacancy.Status.ACTIVE)
    if limit is None:
        slices = RECHECK_WITHIN / RECHECK_EVERY
        limit = max(10, round(rows.count() / slices * 1.25))  # a quarter more, to make up for missed calls
    # Ads that are already queued are skipped, so that unreadable ads do not fill every slice.
    queued = DetailTask.objects.values("uuid")
    active, withdrawn = (
        found.exclude(uuid__in=queued).order_by("checked").values_list("uuid", "line_time")
        for found in (rows, _recently_withdrawn())
    )
    lines = dict([*active[:limit], *withdrawn[:WITHDRAWN_AT_ONCE]])
    return detail_queue.enqueue_if_absent(lines, DetailTask.Origin.RECHECK)


def _recently_withdrawn() -> QuerySet[Vacancy]:
    """Ads that were closed because their detail was missing, although their last line says ACTIVE.

    They are checked again after a day and on each day of the following week, since the feed sends no line when such a detail
    returns.
    """
    now = timezone.now()
    return Vacancy.objects.filter(
        status=Vacancy.Status.INACTIVE,
        closed_reason=Vacancy.Closed.WITHDRAWN,
        closed_at__gt=now - WITHDRAWN_FOR,
        checked__lte=now - WITHDRAWN_EVERY,
    )


def enqueue_checks(uuids: Iterable[UUID], statuses: Mapping[UUID, str] | None = None) -> int:
    """Queues a check of these ads for an administrator or a consistency check; returns how many. Replaces queued rows.

    `statuses` maps an ad to the `stated_status` of its last line, if known.
    """
    wanted = list(uuids)
    with transaction.atomic():
        FeedState.lock()
        times = dict.fromkeys(wanted) | dict(Vacancy.objects.filter(uuid__in=wanted).values_list("uuid", "line_time"))
        detail_queue.enqueue(times, DetailTask.Origin.ADMIN, statuses=statuses)
    return len(times)


def _fetch_start_page(feed: FeedClient, overlap: dt.timedelta) -> FeedPage | None:
    """Fetches the newest stored page that is at least `overlap` old.

    During the first days there is none, and the replay starts by time: that also finds lines committed late before the first page
    ever read.
    """
    since = timezone.now() - overlap
    for mark in PageMark.objects.filter(line_time__lte=since).order_by("-line_time")[:5]:
        try:
            return feed.fetch_page(mark.page_id)
        except PageNotFound:
            log.warning("The stored page %s is not in the feed any more.", mark.page_id)
            mark.delete()
    return feed.fetch_first_page(since)
