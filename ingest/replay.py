"""Finding what a strict walk forward cannot: lines committed late, and ads of which the feed never said that they ended.

Both only queue detail checks, which the next run makes. An old line closes nothing: what the ad is now, its detail says.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .errors import PageGone
from .feed import Feed
from .messages import ACTIVE, FeedLine, FeedPage
from .models import DetailTask, PageMark

log = logging.getLogger(__name__)

OVERLAP = dt.timedelta(days=2)
RECHECK_WITHIN = dt.timedelta(days=2)
"""Every active ad is looked at again at least this often."""
RECHECK_EVERY = dt.timedelta(minutes=15)
"""How often `recheck` is called, from which the size of its slice follows."""
_CHUNK = 5000


def replay_overlap(feed: Feed, *, overlap: dt.timedelta = OVERLAP, idle: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Reads the last days' pages again, from a page id recorded then, and queues the ads whose lines we have not seen.

    Does not touch the cursor and needs no lease. Answers counts of pages, lines and queued. Raises `FeedDown`.
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
            last[line.uuid] = line
        seen.add(page.id)
        if page.next_id is None or page.next_id in seen:
            break
        page = feed.page(page.next_id)
    missed = unseen(last)
    counts["queued"] = detail_queue.put_if_absent(missed, DetailTask.Origin.REPLAY)
    if counts["queued"]:
        log.info("The replay found %d ads with lines that were not seen before.", counts["queued"])
    return counts


def unseen(last: dict[UUID, FeedLine]) -> dict[UUID, dt.datetime | None]:
    """Of the last lines of ads, those that the record has not heard of: newer than what it heard last of the ad, or of
    an ad that it does not know and that the line calls active."""
    found: dict[UUID, dt.datetime | None] = {}
    uuids = list(last)
    for start in range(0, len(uuids), _CHUNK):
        chunk = uuids[start : start + _CHUNK]
        rows = Vacancy.objects.filter(uuid__in=chunk).values_list("uuid", "status", "line_time")
        known = {uuid: (status, time) for uuid, status, time in rows}
        for uuid in chunk:
            line = last[uuid]
            if uuid not in known:
                if line.status == ACTIVE:
                    found[uuid] = line.time
                continue
            status, time = known[uuid]
            if status != Vacancy.Status.ACTIVE and line.status != ACTIVE:
                continue  # closed, and nothing else is claimed
            if time is None or (line.time is not None and line.time > time):
                found[uuid] = line.time
    return found


def recheck(limit: int | None = None) -> int:
    """Queues those active ads that were not looked at for longest; answers how many. Needs no feed.

    `limit` defaults to the share that, slice by slice, gets round all of them in `RECHECK_WITHIN`.
    """
    rows = Vacancy.objects.filter(status=Vacancy.Status.ACTIVE)
    if limit is None:
        slices = RECHECK_WITHIN / RECHECK_EVERY
        limit = max(10, round(rows.count() / slices * 1.25))  # a quarter more, for calls that were missed
    # What is queued already is passed over here, so that ads which cannot be read do not fill every slice.
    queued = DetailTask.objects.values("uuid")
    oldest = rows.exclude(uuid__in=queued).order_by("checked").values_list("uuid", "line_time")[:limit]
    return detail_queue.put_if_absent(dict(oldest), DetailTask.Origin.RECHECK)


def ask_again(uuids: Iterable[UUID]) -> int:
    """Queues these ads because a person or a comparison wants to know; answers how many. Replaces what was queued."""
    wanted = list(uuids)
    times = dict.fromkeys(wanted) | dict(Vacancy.objects.filter(uuid__in=wanted).values_list("uuid", "line_time"))
    with transaction.atomic():
        detail_queue.put(times, DetailTask.Origin.ADMIN)
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
