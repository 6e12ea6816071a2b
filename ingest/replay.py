"""Finding what a strict walk forward cannot: lines committed late, and ads of which the feed never said that they ended.

Both only queue detail checks, which the next run makes. An old line closes nothing: what the ad is now, its detail says.
Only what the detail does not say is taken from the line: whether title and employer of an ended ad are withdrawn.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ingest.client.errors import PageGone
from ingest.client.feed import Feed
from ingest.client.parsing import ACTIVE, FeedLine, FeedPage
from jobsearch.vacancies import masking, store
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .models import DetailTask, FeedState, PageMark

log = logging.getLogger(__name__)

OVERLAP = dt.timedelta(days=2)
RECHECK_WITHIN = dt.timedelta(days=2)
"""Every active ad is looked at again at least this often."""
RECHECK_EVERY = dt.timedelta(minutes=15)
"""How often `recheck` is called, from which the size of its slice follows."""
WITHDRAWN_EVERY = dt.timedelta(days=1)
WITHDRAWN_FOR = dt.timedelta(days=8)
WITHDRAWN_AT_ONCE = 200
_CHUNK = 5000


def replay_overlap(feed: Feed, *, overlap: dt.timedelta = OVERLAP, idle: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Reads the last days' pages again, from a page id recorded then, and queues the ads whose lines we have not seen.

    Title and employer of closed ads whose last line withdraws them are deleted. Does not touch the cursor and needs no
    lease. Returns counts of pages, lines, queued and, where there were any, masked. Raises `FeedDown`.
    """
    counts = {"pages": 0, "lines": 0, "queued": 0}
    page = _first_page(feed, overlap)
    if page is None:
        return counts
    last: dict[UUID, FeedLine] = {}
    seen: set[str] = set()
    while True:
        idle()
        counts["pages"] += 1
        counts["lines"] += len(page.lines)
        for line in page.lines:
            last[line.uuid] = line.following(last.get(line.uuid))
        seen.add(page.id)
        if page.next_id is None or page.next_id in seen:
            break
        page = feed.page(page.next_id)
    masked = 0
    uuids = list(last)
    for start in range(0, len(uuids), _CHUNK):
        queued, blanked = _apply({uuid: last[uuid] for uuid in uuids[start : start + _CHUNK]})
        counts["queued"] += queued
        masked += blanked
    if masked:
        counts["masked"] = masked
        store.erase_traces()
    if counts["queued"] or masked:
        log.info("The replay found %d ads with unseen lines, and %d closed ones that were masked.", counts["queued"], masked)
    return counts


def _apply(last: dict[UUID, FeedLine]) -> tuple[int, int]:
    """Queues and masks by these last lines. In one transaction before which no sync's is unfinished, so an ad that is being
    closed meanwhile is either still in the queue, where its row notes that its title is withdrawn, or closed and masked here."""
    withdrawn = [uuid for uuid, line in last.items() if line.masked]
    with transaction.atomic():
        FeedState.lock()
        missed = unseen(last)
        says = {uuid: last[uuid].says for uuid in missed}
        queued = detail_queue.put_if_newer(missed, DetailTask.Origin.REPLAY, says)
        # Those that are queued for another reason: a check of the detail alone would keep the title.
        for task in DetailTask.objects.filter(uuid__in=withdrawn).exclude(line_says=DetailTask.Says.MASKED):
            line = last[task.uuid]
            if task.line_says != DetailTask.Says.ACTIVE or (line.time and task.line_time and line.time > task.line_time):
                DetailTask.objects.filter(uuid=task.uuid).update(line_says=DetailTask.Says.MASKED)
        return queued, masking.mask(withdrawn)


def unseen(last: dict[UUID, FeedLine]) -> dict[UUID, dt.datetime | None]:
    """Of the last lines of ads, those that the record has not heard of: newer than what it heard last of the ad, or saying
    otherwise than the record, or of an ad that it does not know and that the line calls active."""
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
            continue  # closed, and nothing else is claimed
        # By the order of the feed, since times run backwards. An ad that has expired, or is gone, keeps ACTIVE as its last line.
        contrary = line.status != ACTIVE or reason == Vacancy.Closed.FEED
        if contrary or time is None or (line.time is not None and line.time > time):
            found[uuid] = line.time
    return found


def recheck(limit: int | None = None) -> int:
    """Queues those active ads that were not looked at for longest; returns how many. Needs no feed.

    `limit` defaults to the share that, slice by slice, gets round all of them in `RECHECK_WITHIN`. Ads that were closed
    because their detail was gone are looked at again too, see `_withdrawn`.
    """
    rows = Vacancy.objects.filter(status=Vacancy.Status.ACTIVE)
    if limit is None:
        slices = RECHECK_WITHIN / RECHECK_EVERY
        limit = max(10, round(rows.count() / slices * 1.25))  # a quarter more, for calls that were missed
    # What is queued already is passed over here, so that ads which cannot be read do not fill every slice.
    queued = DetailTask.objects.values("uuid")
    oldest = rows.exclude(uuid__in=queued).order_by("checked").values_list("uuid", "line_time")[:limit]
    again = _withdrawn().exclude(uuid__in=queued).order_by("checked").values_list("uuid", "line_time")[:WITHDRAWN_AT_ONCE]
    return detail_queue.put_if_absent(dict([*oldest, *again]), DetailTask.Origin.RECHECK)


def _withdrawn() -> QuerySet[Vacancy]:
    """Ads that the feed's last line calls active and that were closed because their detail was gone: a day later, and each
    day of the week that follows, it is asked for again, since no line would come to say that it is back."""
    now = timezone.now()
    return Vacancy.objects.filter(
        status=Vacancy.Status.INACTIVE,
        closed_reason=Vacancy.Closed.WITHDRAWN,
        closed_at__gt=now - WITHDRAWN_FOR,
        checked__lte=now - WITHDRAWN_EVERY,
    )


def ask_again(uuids: Iterable[UUID], says: Mapping[UUID, str] | None = None) -> int:
    """Queues these ads because a person or a comparison wants to know; returns how many. Replaces what was queued.

    `says`: what the last line of an ad says, where that is known.
    """
    wanted = list(uuids)
    with transaction.atomic():
        FeedState.lock()
        times = dict.fromkeys(wanted) | dict(Vacancy.objects.filter(uuid__in=wanted).values_list("uuid", "line_time"))
        detail_queue.put(times, DetailTask.Origin.ADMIN, says=says)
    return len(times)


def _first_page(feed: Feed, overlap: dt.timedelta) -> FeedPage | None:
    """The newest recorded page that is old enough. While we have not followed the feed for so long there is none, and
    the walk starts by time: also what was committed late before the first page that we ever read is then found."""
    since = timezone.now() - overlap
    for mark in PageMark.objects.filter(line_time__lte=since).order_by("-line_time")[:5]:
        try:
            return feed.page(mark.page_id)
        except PageGone:
            log.warning("The recorded page %s is not in the feed any more.", mark.page_id)
            mark.delete()
    return feed.first_page(since)
