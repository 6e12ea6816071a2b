"""Backfill: generates months of history in seconds, with the distributions that were measured on NAV's feed.

Deterministic for a seed; only the dates depend on `now`, which is cut to the start of its day in Oslo.

An event is packed into one integer (time, ad, kind), so that 330,000 of them sort quickly and need little memory.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .store import ACTIVE, INACTIVE, UPDATED_BEFORE_LINE, Store, fill_line_fields
from .time_formats import DAY, SECOND, midnight, to_micros, to_millisecond

PUBLISH, CHANGE, REACTIVATE, EXPIRE, STOP = range(5)
LINES_PER_AD = 3.7  # 220,988 lines of 59,830 ads in 120 days
MASKED_SHARE = 0.3  # of closed ads; the rest expired
STALE_SHARE = 0.01  # of active ads: their last line says ACTIVE, but their detail is inactive
REACTIVATED_SHARE = 0.2  # of ads with three lines or more: closed and reactivated (2 of 20 closed ads were seen so)
HIDDEN_SHARE = 0.004  # lines of FINN ads, on top of the visible ones
MAX_LIFETIME_DAYS = 180  # days
MEDIAN_LIFETIME_DAYS = 26  # days
MAX_BATCH_SIZE = 500  # ads in one transaction of NAV's server
_AD_BITS, _KIND_BITS = 24, 3
_LINES = "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADS = "INSERT INTO ad VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def draw_days_left(rng: random.Random) -> int:
    """Draws the days until an active ad expires: 37 % within 7, 59 % within 14, 83 % within 30, the rest within half a year."""
    draw = rng.random()
    for share, first, last in ((0.37, 1, 7), (0.59, 8, 14), (0.83, 15, 30)):
        if draw < share:
            return rng.randint(first, last)
    return min(31 + int(rng.expovariate(1 / 25)), MAX_LIFETIME_DAYS - 1)


def build_history(
    store: Store, *, active: int = 10_000, lines: int = 40_000, days: int = 180, seed: int = 1,
    now: datetime | None = None,
) -> None:  # fmt: skip
    """Fills an empty store with `lines` visible lines over `days` days; exactly `active` ads are ACTIVE at the end.

    The store is marked complete last, so that an interrupted build is detected (see `read_build_parameters`).
    """
    if lines < active:
        raise ValueError(f"{active} active ads need at least as many lines, not {lines}")
    if active < 1 or days < 3:
        raise ValueError("a history needs an active ad and three days at least")
    with store.reading() as connection:
        if connection.execute("SELECT 1 FROM line LIMIT 1").fetchone():
            raise ValueError("the store has a history already; build into a new file")
    today = midnight(to_micros(now or store.clock()))
    history = _History(store, active, lines, days, seed, today)
    store.drop_indexes()
    with store.writing() as connection:
        store.set_meta("seed", seed)
        store.set_meta("salt", f"history-{seed}")
        store.reload_salt()
        connection.executemany(_LINES, history.lines())
        connection.executemany(_ADS, history.ads())
        store.set_meta("next_number", history.count + 1)
        store.set_meta("target", active)
    store.create_indexes()
    store.set_meta("complete", f"{active} {lines} {days} {seed}")


def read_build_parameters(store: Store) -> str | None:
    """Reads the parameters of a completed build; None if the store was never built, or the build was interrupted."""
    return store.meta("complete")


class _History:
    """Plan of the history: the events of each ad and their times. Ads are indexes; ad `i` has the number `i + 1`.

    The first `active` ads are ACTIVE at the end, the next ones (up to `stale_end`) only by their last line, the rest are closed.
    """

    def __init__(self, store: Store, active: int, lines: int, days: int, seed: int, today: int) -> None:
        self.store, self.seed, self.today, self.days = store, seed, today, days
        self.rng = random.Random(f"history {seed}")  # noqa: S311 - a reproducible history, not a secret
        self.start = midnight(today, -days)
        closed = max(round(lines / LINES_PER_AD) - active, min(int(1.1 * active), int((lines - 1.6 * active) / 2.2)), 0)
        self.active, self.count = active, active + closed
        self.stale_end = active + min(closed, round(active * STALE_SHARE))
        counts = self._draw_line_counts(lines)
        self.published, self.expires, self.updated = ([0] * self.count for _ in range(3))
        self.status = bytearray(self.count)  # 1 = ACTIVE
        self.revisions = [0] * self.count
        events: list[int] = []
        for ad, number in enumerate(counts):
            self._plan_ad(ad, number, events)
        events.sort()
        self.events = events

    def _draw_line_counts(self, lines: int) -> list[int]:
        """Draws the number of lines of each ad: at least one, two for most closed ads; the other lines go to few ads."""
        counts = [1] * self.count
        left = lines - self.count
        for ad in range(self.stale_end, self.count):
            if left and self.rng.random() < 0.97:  # the first line of the others is before the feed's start
                counts[ad] += 1
                left -= 1
        for _ in range(left):
            # A low index is more likely within each group: a few ads are edited many times.
            group = self.rng.random() * self.count < self.active
            low, high = (0, self.active) if group else (self.active, self.count)
            counts[low + int((high - low) * self.rng.random() ** 1.7)] += 1
        order = list(range(self.stale_end, self.count))
        self.rng.shuffle(order)  # so that closed ads with many lines do not all have low numbers
        counts[self.stale_end :] = [counts[ad] for ad in order]
        return counts

    def _plan_ad(self, ad: int, number: int, events: list[int]) -> None:
        rng = self.rng
        if ad < self.active:
            left = draw_days_left(rng)
            age = min(1 + int(rng.expovariate(1 / 14)), self.days - 1, MAX_LIFETIME_DAYS - left)
            begin, expires, last = midnight(self.today, -age), midnight(self.today, left), self.today
        else:
            life = min(MAX_LIFETIME_DAYS, max(1, int(rng.lognormvariate(0, 0.9) * MEDIAN_LIFETIME_DAYS)), self.days - 2)
            ago = rng.randint(1, self.days - 1 - life)
            expires = midnight(self.today, -ago)
            begin, last = midnight(expires, -life), expires
        self.published[ad], self.expires[ad] = begin, expires
        masked = rng.random() < MASKED_SHARE
        closes = ad >= self.stale_end
        time = self._draw_office_time(begin)
        steps = max(1, number - 1)
        back = rng.randint(1, number - 2) if number > 2 and rng.random() < REACTIVATED_SHARE else 0
        final = time
        for index in range(number):
            if closes and index == number - 1:
                # An ad expires at midnight; an administrator stops it before that.
                what, final = (STOP, max(time + SECOND, last - rng.randrange(DAY))) if masked else (
                    EXPIRE, last + rng.randrange(20 * 60) * SECOND)  # fmt: skip
            elif index == 0:
                what, final = PUBLISH, time
            else:
                what = CHANGE
                if back and index == back:
                    what = STOP if masked else EXPIRE
                elif back and index == back + 1:
                    what = REACTIVATE
                if rng.random() < 0.25:  # a correction soon after the previous line: both on one page
                    final = time + rng.randrange(20, 900) * SECOND
                else:
                    final = self._draw_office_time(time + int((last - time) / steps * rng.random() * 1.5))
            if final >= self.today:  # the history ends at the start of today
                final = time + int((self.today - time) * rng.random())
            final = max(final, time + 1)  # an ad's lines keep their order
            events.append(((final << _AD_BITS) | ad) << _KIND_BITS | what)
            time = final
        self.updated[ad] = to_millisecond(time - UPDATED_BEFORE_LINE)
        self.status[ad] = ad < self.active
        if not closes and ad >= self.active:
            self.expires[ad] = midnight(self.today, draw_days_left(rng))

    def _draw_office_time(self, stamp: int) -> int:
        """Draws a time on the day of `stamp`: most in office hours, few on a weekend."""
        rng, day = self.rng, midnight(stamp)
        weekday = (day // DAY + 4) % 7  # 1970-01-01 was a Thursday; midnight in Oslo is on the evening before in UTC
        if weekday >= 5 and rng.random() < 0.8 and day - weekday * DAY > self.start:
            day = midnight(day, rng.randint(0, 4) - weekday)
        hour = rng.triangular(6, 20, 10) if rng.random() < 0.9 else rng.random() * 24
        return day + int(hour * 3600 * SECOND) + rng.randrange(SECOND)

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _batches(self) -> Iterator[list[tuple[int, int]]]:
        """Yields the (time, event) pairs of each transaction: all rows of a batch have the time of its last event."""
        rng, events, position = self.rng, self.events, 0
        while position < len(events):
            size = min(int(rng.paretovariate(1.1)), MAX_BATCH_SIZE)
            part: dict[int, int] = {}
            first = events[position] >> (_AD_BITS + _KIND_BITS)
            for packed in events[position : position + size]:
                ad = packed >> _KIND_BITS & ((1 << _AD_BITS) - 1)
                if ad in part or (packed >> (_AD_BITS + _KIND_BITS)) > first + 1800 * SECOND:
                    break  # two edits of one ad are in two batches, and a batch spans half an hour at most
                part[ad] = packed
            position += len(part)
            time = events[position - 1] >> (_AD_BITS + _KIND_BITS)
            yield [(time, packed) for packed in part.values()]

    def _in_feed_order(self) -> Iterator[tuple[int, int]]:
        """Yields the events batch by batch; some batches run concurrently: their rows are interleaved and times go back."""
        waiting: list[tuple[int, int]] | None = None
        for batch in self._batches():
            if waiting is None:
                if self.rng.random() < 0.15:
                    waiting = batch
                else:
                    yield from batch
                continue
            yield from self._interleave(waiting, batch)
            waiting = None
        yield from waiting or ()

    def _interleave(self, one: list[tuple[int, int]], two: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        mask = (1 << _AD_BITS) - 1
        if {packed >> _KIND_BITS & mask for _, packed in one} & {packed >> _KIND_BITS & mask for _, packed in two}:
            yield from one  # an ad's own lines keep their order
            yield from two
            return
        sides = [iter(one), iter(two)]
        picks = [1] + [0] * len(one) + [1] * (len(two) - 1)
        middle = picks[1:]
        self.rng.shuffle(middle)
        for side in [picks[0], *middle]:
            yield next(sides[side])

    def lines(self) -> Iterator[tuple[Any, ...]]:
        """Yields the rows of the `line` table in feed order, and counts the revisions of each ad."""
        rng, headline, seed, mask = self.rng, self.store.ads.headline, self.seed, (1 << _AD_BITS) - 1
        uuids, peak, first = self._uuids(), 0, True
        for time, packed in self._in_feed_order():
            if not first and rng.random() < HIDDEN_SHARE:
                seq = self.store.take_seq()
                hidden = self.store.line_id(seq)
                yield seq, hidden, hidden, ACTIVE, "?", "?", "?", "FINN", time, None
            first = False
            ad, what = packed >> _KIND_BITS & mask, packed & 7
            if what == CHANGE:
                self.revisions[ad] += 1
            line = fill_line_fields(headline(ad + 1, seed, self.revisions[ad]))
            title, business_name = ("...", "") if what == STOP else (line.title, line.business_name)
            peak = max(peak, time)
            seq = self.store.take_seq()
            status = ACTIVE if what <= REACTIVATE else INACTIVE
            line_id = self.store.line_id(seq)
            yield seq, line_id, uuids[ad], status, title, business_name, line.municipal, line.source, time, peak

    def ads(self) -> Iterator[tuple[Any, ...]]:
        """Yields the rows of the `ad` table in the order of their uuids. Call after `lines`."""
        uuids, headline = self._uuids(), self.store.ads.headline
        for ad in sorted(range(self.count), key=uuids.__getitem__):
            finn = self.active <= ad < self.stale_end and ad % 5 == 0  # an ACTIVE line with a detail that is 404
            source = "FINN" if finn else headline(ad + 1, self.seed, self.revisions[ad]).source
            status = ACTIVE if self.status[ad] or finn else INACTIVE
            dates = self.published[ad], self.expires[ad], self.updated[ad]
            yield uuids[ad], ad + 1, self.seed, self.revisions[ad], None, source, status, "", *dates

    def _uuids(self) -> list[str]:
        if not hasattr(self, "_known"):
            self._known = [self.store.ads.uuid_for(ad + 1, self.seed) for ad in range(self.count)]
        return self._known
