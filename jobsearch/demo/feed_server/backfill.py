"""A past for the feed: months of lines, made in seconds, with the shares that were counted in the real feed.

Everything is deterministic in the seed; only the dates hang on `now`, which is cut to the start of its day in Oslo.

A happening is packed into one integer (time, ad, what), so that 330,000 of them sort quickly and stay small in memory.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .store import ACTIVE, INACTIVE, UPDATED_BEFORE_LINE, Store, as_told
from .time_formats import DAY, SECOND, micros, midnight, to_millisecond

PUBLISH, CHANGE, REACTIVATE, EXPIRE, STOP = range(5)
LINES_PER_AD = 3.7  # 220,988 lines of 59,830 ads in 120 days
MASKED_SHARE = 0.3  # of closed ads; the rest expired
STALE_SHARE = 0.01  # of active ads: their last line says ACTIVE, the detail does not
COME_BACK_SHARE = 0.2  # of ads with three lines or more: closed and reactivated (2 of 20 closed ads were seen so)
HIDDEN_SHARE = 0.004  # lines of FINN ads, on top of the visible ones
LONGEST_LIFE = 180  # days
MEDIAN_LIFE = 26  # days
LARGEST_BATCH = 500  # ads in one transaction of NAV's server
_AD_BITS, _WHAT_BITS = 24, 3
_LINES = "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADS = "INSERT INTO ad VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def days_left(chance: random.Random) -> int:
    """Days until an active ad expires: 37 % within 7, 59 % within 14, 83 % within 30, the rest within half a year."""
    draw = chance.random()
    for share, first, last in ((0.37, 1, 7), (0.59, 8, 14), (0.83, 15, 30)):
        if draw < share:
            return chance.randint(first, last)
    return min(31 + int(chance.expovariate(1 / 25)), LONGEST_LIFE - 1)


def build(
    store: Store, *, active: int = 10_000, lines: int = 40_000, days: int = 180, seed: int = 1,
    now: datetime | None = None,
) -> None:  # fmt: skip
    """Fill an empty store with `lines` visible lines over `days` days; exactly `active` ads end ACTIVE.

    The store is marked complete last, so that a build that was cut short is noticed (see `is_complete`).
    """
    if lines < active:
        raise ValueError(f"{active} active ads need at least as many lines, not {lines}")
    if active < 1 or days < 3:
        raise ValueError("a past needs an active ad and three days at least")
    with store.reading() as connection:
        if connection.execute("SELECT 1 FROM line LIMIT 1").fetchone():
            raise ValueError("the store has a past already; build into a new file")
    today = midnight(micros(now or store.clock()))
    past = _Past(store, active, lines, days, seed, today)
    store.drop_indexes()
    with store.writing() as connection:
        store.set_meta("seed", seed)
        store.set_meta("salt", f"history-{seed}")
        store.reload_salt()
        connection.executemany(_LINES, past.lines())
        connection.executemany(_ADS, past.ads())
        store.set_meta("next_number", past.count + 1)
        store.set_meta("target", active)
    store.create_indexes()
    store.set_meta("complete", f"{active} {lines} {days} {seed}")


def is_complete(store: Store) -> str | None:
    """The parameters of a finished build; None for a store that was never built, or not to its end."""
    return store.meta("complete")


class _Past:
    """The plan of a past: what happens to which ad and when. Ads are indexes; ad `i` has the number `i + 1`.

    The first `active` ads end ACTIVE, the next `stale` ones look so by their last line only, the rest are closed.
    """

    def __init__(self, store: Store, active: int, lines: int, days: int, seed: int, today: int) -> None:
        self.store, self.seed, self.today, self.days = store, seed, today, days
        self.chance = random.Random(f"history {seed}")  # noqa: S311 - a reproducible past, not a secret
        self.start = midnight(today, -days)
        closed = max(round(lines / LINES_PER_AD) - active, min(int(1.1 * active), int((lines - 1.6 * active) / 2.2)), 0)
        self.active, self.count = active, active + closed
        self.stale_end = active + min(closed, round(active * STALE_SHARE))
        counts = self._line_counts(lines)
        self.published, self.expires, self.updated = ([0] * self.count for _ in range(3))
        self.status = bytearray(self.count)  # 1 = ACTIVE
        self.revisions = [0] * self.count
        happenings: list[int] = []
        for ad, number in enumerate(counts):
            self._plan(ad, number, happenings)
        happenings.sort()
        self.happenings = happenings

    def _line_counts(self, lines: int) -> list[int]:
        """How many lines each ad has: one at least, two for most closed ads, the others skewed to few ads."""
        counts = [1] * self.count
        left = lines - self.count
        for ad in range(self.stale_end, self.count):
            if left and self.chance.random() < 0.97:  # the first line of the others lies before the feed's start
                counts[ad] += 1
                left -= 1
        for _ in range(left):
            # A low index is likelier within each group: a few ads are edited again and again.
            group = self.chance.random() * self.count < self.active
            low, high = (0, self.active) if group else (self.active, self.count)
            counts[low + int((high - low) * self.chance.random() ** 1.7)] += 1
        order = list(range(self.stale_end, self.count))
        self.chance.shuffle(order)  # closed ads with many lines shall not all have low numbers
        counts[self.stale_end :] = [counts[ad] for ad in order]
        return counts

    def _plan(self, ad: int, number: int, happenings: list[int]) -> None:
        chance = self.chance
        if ad < self.active:
            left = days_left(chance)
            age = min(1 + int(chance.expovariate(1 / 14)), self.days - 1, LONGEST_LIFE - left)
            begin, expires, last = midnight(self.today, -age), midnight(self.today, left), self.today
        else:
            life = min(LONGEST_LIFE, max(1, int(chance.lognormvariate(0, 0.9) * MEDIAN_LIFE)), self.days - 2)
            ago = chance.randint(1, self.days - 1 - life)
            expires = midnight(self.today, -ago)
            begin, last = midnight(expires, -life), expires
        self.published[ad], self.expires[ad] = begin, expires
        masked = chance.random() < MASKED_SHARE
        closes = ad >= self.stale_end
        time = self._office_time(begin)
        room = max(1, number - 1)
        back = chance.randint(1, number - 2) if number > 2 and chance.random() < COME_BACK_SHARE else 0
        final = time
        for index in range(number):
            if closes and index == number - 1:
                # An ad runs out at midnight; somebody who stops it does so before.
                what, final = (STOP, max(time + SECOND, last - chance.randrange(DAY))) if masked else (
                    EXPIRE, last + chance.randrange(20 * 60) * SECOND)  # fmt: skip
            elif index == 0:
                what, final = PUBLISH, time
            else:
                what = CHANGE
                if back and index == back:
                    what = STOP if masked else EXPIRE
                elif back and index == back + 1:
                    what = REACTIVATE
                if chance.random() < 0.25:  # a correction right after the last line: twice on one page
                    final = time + chance.randrange(20, 900) * SECOND
                else:
                    final = self._office_time(time + int((last - time) / room * chance.random() * 1.5))
            if final >= self.today:  # the past ends where today begins
                final = time + int((self.today - time) * chance.random())
            final = max(final, time + 1)  # an ad's lines keep their order
            happenings.append(((final << _AD_BITS) | ad) << _WHAT_BITS | what)
            time = final
        self.updated[ad] = to_millisecond(time - UPDATED_BEFORE_LINE)
        self.status[ad] = ad < self.active
        if not closes and ad >= self.active:
            self.expires[ad] = midnight(self.today, days_left(chance))

    def _office_time(self, stamp: int) -> int:
        """A time on the day of `stamp`: most in office hours, few on a week-end."""
        chance, day = self.chance, midnight(stamp)
        weekday = (day // DAY + 4) % 7  # 1970-01-01 was a Thursday; Oslo's midnight lies in the evening before in UTC
        if weekday >= 5 and chance.random() < 0.8 and day - weekday * DAY > self.start:
            day = midnight(day, chance.randint(0, 4) - weekday)
        hour = chance.triangular(6, 20, 10) if chance.random() < 0.9 else chance.random() * 24
        return day + int(hour * 3600 * SECOND) + chance.randrange(SECOND)

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _batches(self) -> Iterator[list[tuple[int, int]]]:
        """(time, happening) per transaction: rows in a batch share its time, which is that of its last happening."""
        chance, happenings, position = self.chance, self.happenings, 0
        while position < len(happenings):
            size = min(int(chance.paretovariate(1.1)), LARGEST_BATCH)
            part: dict[int, int] = {}
            first = happenings[position] >> (_AD_BITS + _WHAT_BITS)
            for packed in happenings[position : position + size]:
                ad = packed >> _WHAT_BITS & ((1 << _AD_BITS) - 1)
                if ad in part or (packed >> (_AD_BITS + _WHAT_BITS)) > first + 1800 * SECOND:
                    break  # two edits of one ad come in two batches, and a batch waits half an hour at most
                part[ad] = packed
            position += len(part)
            time = happenings[position - 1] >> (_AD_BITS + _WHAT_BITS)
            yield [(time, packed) for packed in part.values()]

    def _in_feed_order(self) -> Iterator[tuple[int, int]]:
        """Batches one after the other; now and then two that ran at once, whose rows mix and whose times jump back."""
        waiting: list[tuple[int, int]] | None = None
        for batch in self._batches():
            if waiting is None:
                if self.chance.random() < 0.15:
                    waiting = batch
                else:
                    yield from batch
                continue
            yield from self._mixed(waiting, batch)
            waiting = None
        yield from waiting or ()

    def _mixed(self, one: list[tuple[int, int]], two: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        mask = (1 << _AD_BITS) - 1
        if {packed >> _WHAT_BITS & mask for _, packed in one} & {packed >> _WHAT_BITS & mask for _, packed in two}:
            yield from one  # an ad's own lines keep their order
            yield from two
            return
        sides = [iter(one), iter(two)]
        picks = [1] + [0] * len(one) + [1] * (len(two) - 1)
        middle = picks[1:]
        self.chance.shuffle(middle)
        for side in [picks[0], *middle]:
            yield next(sides[side])

    def lines(self) -> Iterator[tuple[Any, ...]]:
        """Rows for the `line` table, in feed order; also counts the revisions of ads on the way."""
        chance, headline, seed, mask = self.chance, self.store.ads.headline, self.seed, (1 << _AD_BITS) - 1
        uuids, peak, first = self._uuids(), 0, True
        for time, packed in self._in_feed_order():
            if not first and chance.random() < HIDDEN_SHARE:
                seq = self.store.take_seq()
                hidden = self.store.line_id(seq)
                yield seq, hidden, hidden, ACTIVE, "?", "?", "?", "FINN", time, None
            first = False
            ad, what = packed >> _WHAT_BITS & mask, packed & 7
            if what == CHANGE:
                self.revisions[ad] += 1
            told = as_told(headline(ad + 1, seed, self.revisions[ad]))
            title, business_name = ("...", "") if what == STOP else (told.title, told.business_name)
            peak = max(peak, time)
            seq = self.store.take_seq()
            status = ACTIVE if what <= REACTIVATE else INACTIVE
            line_id = self.store.line_id(seq)
            yield seq, line_id, uuids[ad], status, title, business_name, told.municipal, told.source, time, peak

    def ads(self) -> Iterator[tuple[Any, ...]]:
        """Rows for the `ad` table, in the order of their uuids; `lines` comes first."""
        uuids, headline = self._uuids(), self.store.ads.headline
        for ad in sorted(range(self.count), key=uuids.__getitem__):
            finn = self.active <= ad < self.stale_end and ad % 5 == 0  # a stale line over a detail that is 404
            source = "FINN" if finn else headline(ad + 1, self.seed, self.revisions[ad]).source
            status = ACTIVE if self.status[ad] or finn else INACTIVE
            dates = self.published[ad], self.expires[ad], self.updated[ad]
            yield uuids[ad], ad + 1, self.seed, self.revisions[ad], None, source, status, "", *dates

    def _uuids(self) -> list[str]:
        if not hasattr(self, "_known"):
            self._known = [self.store.ads.uuid_for(ad + 1, self.seed) for ad in range(self.count)]
        return self._known
