"""Page walker: reads the feed's pages from the cursor to the head; applies each page and moves the cursor in one transaction."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ingest.client.errors import FeedLoop, FeedUnavailable, PageNotFound, Unauthorized
from ingest.client.feed import FeedClient
from ingest.client.parsing import ACTIVE, FeedLine, FeedPage
from jobsearch.vacancies import past_ads, store
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .deactivation import deactivate_by_lines
from .fetch_pool import prefetch_pages, run_in_thread
from .lease import FeedLease
from .models import DetailTask, FeedState, PageMark, SeenLine
from .report import Hooks, Report

log = logging.getLogger(__name__)

MARK_EVERY = dt.timedelta(hours=1)
MARKS_KEPT = dt.timedelta(days=14)
LOOK_BACK = dt.timedelta(hours=1)
"""How far before the last line's time the walk restarts if the page at the cursor is gone: line times along the feed go back
and forth by the length of the batches that NAV writes at once."""
TURN_PAGES = 60
TURN_SECONDS = 30.0
"""Limits of one turn, after which due details are fetched: about 60,000 lines, or half a minute."""
FIRST_LOAD_SECONDS = 1200.0
"""Limit of a turn of the first load. Three of four lines are superseded by a later line of the same ad, so details are
fetched after the last line is known. NAV's half year is 330 pages, about six minutes."""
PAGES_PAST_HEAD = 3
"""Pages read after the line that was the newest when the turn began. Without this limit, a server that writes faster than
this client reads would keep the walk from ever ending."""


class PageWalker:
    """Walks from the stored cursor to the head of the feed, in turns.

    Raises `FeedUnavailable`, `LeaseLost`, and what `idle` raises.
    """

    def __init__(
        self,
        feed: FeedClient,
        lease: FeedLease,
        report: Report,
        *,
        backfill: dt.timedelta,
        hooks: Hooks,
    ) -> None:
        self._feed, self._lease, self._report = feed, lease, report
        self._backfill, self._hooks = backfill, hooks
        self._visited: set[str] = set()
        self._first_time: dt.datetime | None = None
        self.at_head = False
        """Whether the last turn read every line that the feed had when that turn began."""
        state = FeedState.objects.get(id=1)
        self._cursor, self._seen = state.page_id, Counter(state.page_seen)
        self._catching_up = state.catching_up
        self._first_load = state.tip_checked is None
        self._last_time = state.last_line_time
        self._mark_time = PageMark.objects.order_by("-line_time").values_list("line_time", flat=True).first()

    def run_turn(self) -> None:
        """Reads on to the head of the feed, or to the limits of a turn."""
        self.at_head = False
        cursor = self._cursor
        try:
            if cursor:
                self._walk_from(lambda: self._feed.fetch_page(cursor), cursor)
            else:
                self._start_by_time(timezone.now() - self._backfill)
        except PageNotFound:
            self._restart_by_time()
        if self.at_head:
            self._report.at_tip = True
            if self._first_load:
                with transaction.atomic():
                    self._lease.fence()
                    past_ads.end_recording()
            self._first_load = False
            self._end_catching_up()

    def _end_catching_up(self) -> None:
        if self._catching_up:
            with transaction.atomic():
                self._lease.fence()
                FeedState.objects.filter(id=1).update(catching_up=False)
            self._catching_up = False

    def _start_by_time(self, since: dt.datetime) -> None:
        """Starts at the first line after `since`. The database may hold newer data than the lines that follow."""
        if not self._catching_up and Vacancy.objects.exists():
            with transaction.atomic():
                self._lease.fence()
                FeedState.objects.filter(id=1).update(catching_up=True)
            self._catching_up = True
        self._walk_from(lambda: self._feed.fetch_first_page(since) or self._feed.fetch_last_page(), "")

    def check_head(self) -> None:
        """Stores the time of the feed's newest line.

        If that time gets old although all requests succeed, NAV's feed stands still: its server then goes on answering 200 and
        304.
        """
        page = run_in_thread(self._feed.fetch_last_page, self._hooks.idle)
        if page and page.lines:
            FeedState.objects.filter(id=1).update(tip_time=page.lines[-1].time, tip_checked=timezone.now())

    def _restart_by_time(self) -> None:
        """Restarts a little before the last known line, when the page at the cursor is gone (as after NAV rebuilds the feed)."""
        log.error("The page at the cursor (%s) is not in the feed any more; starting from the last line's time.", self._cursor)
        earliest = timezone.now() - self._backfill
        since = max(self._last_time - LOOK_BACK, earliest) if self._last_time else earliest
        with transaction.atomic():
            self._lease.fence()
            FeedState.objects.filter(id=1).update(cursor_lost=timezone.now())
        pages = self._report.pages
        self._visited.clear()
        try:
            self._start_by_time(since)
        except PageNotFound:
            raise FeedUnavailable("page-gone", "The feed names pages that it then does not have.") from None
        if self._report.pages == pages:
            raise FeedUnavailable("empty", "The feed, which had lines before, is empty.")

    def _walk_from(self, entry: Callable[[], FeedPage | None], entry_id: str) -> None:
        until = time.monotonic() + (FIRST_LOAD_SECONDS if self._first_load else TURN_SECONDS)
        newest: FeedLine | None = None
        pages = pages_past_head = 0
        with contextlib.closing(prefetch_pages(self._feed, entry, entry_id, self._hooks.idle)) as walk:
            for page_id, page in walk:
                self._visited.update((page_id, page.id))
                loop = page.next_id in self._visited
                self._apply(page_id, page, page_id if loop or page.next_id is None else page.next_id)
                if loop:
                    raise FeedLoop("loop", f"Page {page_id} names {page.next_id} as the next page, which was read before it.")
                if page.next_id is None:
                    continue  # the last one
                pages += 1
                if pages == 1:
                    newest = self._newest_line()
                pages_past_head += bool(
                    pages_past_head or (newest and newest.fingerprint in {line.fingerprint for line in page.lines})
                )
                if pages_past_head > PAGES_PAST_HEAD:
                    break
                if time.monotonic() > until or (pages >= TURN_PAGES and not self._first_load):
                    self.at_head = pages_past_head > 0
                    return
        self.at_head = True

    def _newest_line(self) -> FeedLine | None:
        """Fetches the feed's newest line; None if that fails, and the turn then ends by its other limits."""
        try:
            page = run_in_thread(self._feed.fetch_last_page, self._hooks.idle)
        except Unauthorized:
            raise
        except FeedUnavailable as error:
            log.warning("The feed's newest line cannot be fetched: %s", error)
            return None
        return page.lines[-1] if page and page.lines else None

    def _apply(self, page_id: str, page: FeedPage, cursor: str) -> None:
        """Applies a page and moves the cursor, in one transaction.

        By each ad's last line on the page, inactive ads are deactivated and active ones queued.
        """
        fresh, count = self._unseen(page_id, page.lines)
        inactive = [line for line in fresh if line.status != ACTIVE]
        active = {line.uuid: line.time for line in fresh if line.status == ACTIVE}
        named = {line.uuid for line in page.lines}
        unclear = {bad.uuid: None for bad in page.rejected if bad.uuid and bad.uuid not in named}
        self._log_invalid_lines(page, fresh)
        times = [line.time for line in page.lines if line.time]
        self._last_time = times[-1] if times else self._last_time
        self._first_time = self._first_time or (times[0] if times else None)
        seen = [line.fingerprint for line in (page.lines if cursor == page_id else page.lines[-1:])]
        closed = 0
        with transaction.atomic():
            self._lease.fence()
            if self._first_load:
                past_ads.record_mentions(
                    past_ads.Mention(line.uuid, line.time, line.status == ACTIVE, line.municipal)
                    for line in page.lines
                    if line.time
                )
            if inactive:
                closed = deactivate_by_lines(inactive, may_be_old=self._catching_up)
            detail_queue.enqueue(active, DetailTask.Origin.LINE, statuses=dict.fromkeys(active, ACTIVE))
            if unclear:
                detail_queue.enqueue_if_absent(unclear, DetailTask.Origin.LINE)
            SeenLine.objects.bulk_create(
                [SeenLine(uuid=line.uuid, line_time=line.time, status=line.stated_status) for line in fresh],
                ignore_conflicts=True,
            )
            FeedState.objects.filter(id=1).update(
                page_id=cursor,
                page_seen=seen,
                last_read=timezone.now(),
                last_line_time=self._last_time,
                token=self._feed.tokens.public,
                pages_read=F("pages_read") + 1,
                lines_read=F("lines_read") + count,
            )
            self._mark(page_id, times[0] if times else None)
        self._cursor, self._seen = cursor, Counter(seen)
        self._report.pages += 1
        self._report.lines += count
        self._report.closed += closed
        self._report.rejected_lines += len(page.rejected)
        if closed or any(line.masked for line in inactive):
            store.erase_deleted_content()
        self._hooks.progress("pages", self._report.lines, self._expected_lines())

    def _unseen(self, page_id: str, lines: tuple[FeedLine, ...]) -> tuple[list[FeedLine], int]:
        """Returns the last line of each ad, in feed order, if it was not applied before; and how many lines are new.

        The last line is found first, and then skipped if it was seen: a line that was committed late, before a line that was
        already applied, must not override that one. A late line that withdraws the title still does so (`inherit_mask`).
        """
        left = Counter(self._seen) if page_id == self._cursor else Counter()
        last: dict[UUID, tuple[FeedLine, bool]] = {}
        count = 0
        for line in lines:
            seen = left[line.fingerprint] > 0
            if seen:
                left[line.fingerprint] -= 1
            else:
                count += 1
            # Popped and inserted again, so that the order is that of the last occurrences.
            before, before_seen = last.pop(line.uuid, (None, True))
            effect = line.inherit_mask(before)
            last[line.uuid] = effect, seen and (effect is line or before_seen)
        return [line for line, seen in last.values() if not seen], count

    def _mark(self, page_id: str, time: dt.datetime | None) -> None:
        """Stores the page's id for a later replay: one page for each hour of the feed's last days."""
        if time is None or time < timezone.now() - MARKS_KEPT:
            return
        if self._mark_time is None or time >= self._mark_time + MARK_EVERY:
            PageMark.objects.update_or_create(page_id=page_id, defaults={"line_time": time, "read_at": timezone.now()})
            PageMark.objects.filter(line_time__lt=timezone.now() - MARKS_KEPT).delete()
            self._mark_time = time

    def _expected_lines(self) -> int:
        """Estimates the walk's number of lines from the share of time that is covered: accurate enough for a progress bar."""
        if not self._first_time or not self._last_time:
            return 0
        whole, done = timezone.now() - self._first_time, self._last_time - self._first_time
        share = done / whole if whole else 0.0
        return max(self._report.lines, round(self._report.lines / share)) if share > 0.01 else 0

    def _log_invalid_lines(self, page: FeedPage, fresh: list[FeedLine]) -> None:
        for bad in page.rejected:
            log.warning("Line %d of page %s cannot be parsed: %s (ad %s).", bad.position, page.id, bad.reason, bad.uuid)
        for line in fresh:
            if line.unknown_status:
                log.warning("Ad %s has the unknown status %r, taken as INACTIVE.", line.uuid, line.unknown_status)
