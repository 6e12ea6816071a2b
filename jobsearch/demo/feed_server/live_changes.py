"""Live changes: ads are published, edited, stopped, expired and reactivated, a few seconds apart.

The next change depends on a counter in the store, so a restarted server continues where it ended.
"""

from __future__ import annotations

import logging
import random
import threading
from datetime import datetime
from types import TracebackType

from .backfill import MASKED_SHARE, MAX_BATCH_SIZE, draw_days_left
from .store import Store
from .time_formats import SECOND, midnight, to_datetime, to_micros

LOG = logging.getLogger(__name__)
DRIFT = 0.05
"""Maximum difference of the number of active ads from its target, as a share of the target."""
_OPEN = "status = 'ACTIVE' AND source <> 'FINN' AND mode = ''"


def catch_up(store: Store, now: datetime | None = None, *, target: int | None = None) -> int:
    """Adds the lines that NAV's feed would have added since the store was last used; returns their number.

    An ad whose `expires` has passed gets its INACTIVE line shortly after that time. If many have expired, new ads are
    published over the same time, until the number of active ads is `target` again (default: none are published).
    """
    present = to_micros(now or store.clock())
    with store.reading() as connection:
        due = connection.execute(
            f"SELECT uuid, expires FROM ad WHERE {_OPEN} AND expires <= ? ORDER BY expires, uuid",  # noqa: S608
            (present,),
        ).fetchall()
        newest = connection.execute("SELECT max(time) FROM line").fetchone()[0] or present
    begin = min(newest, present)
    # An ad expires at midnight; NAV's feed publishes the lines in the minutes after, batch by batch.
    events: list[tuple[int, str | None]] = []
    for position, (uuid, expires) in enumerate(due):
        late = (60 + 20 * (position // MAX_BATCH_SIZE)) * SECOND
        events.append((min(max(expires + late, begin), present), uuid))
    missing = 0 if target is None else target - (store.active_count() - len(due))
    if target is not None and missing > target * DRIFT / 2:
        events += [(begin + (present - begin) * (index + 1) // missing, None) for index in range(missing)]
    events.sort(key=lambda event: event[0])
    with store.writing():
        for time, closing in events:
            if closing is not None:
                store.expire(closing, at=to_datetime(time))
            else:
                _publish(store, random.Random(f"{store.seed} {time}"), time, present)  # noqa: S311
    return len(events)


def _publish(store: Store, rng: random.Random, time: int, present: int) -> str:
    expires = to_datetime(midnight(present, draw_days_left(rng)))
    return store.publish(published=to_datetime(midnight(time)), expires=expires, at=to_datetime(time))


class LivePublisher:
    """Changes the feed every `interval` seconds, in a thread (as a context manager) or step by step.

    `target` is the number of active ads, kept within 5 %; the default is that of the backfill, or the number of active ads at
    the start.
    """

    def __init__(self, store: Store, interval: float = 4.0, *, target: int | None = None) -> None:
        self.store, self.interval = store, interval
        self.target = target or int(store.meta("target") or 0) or store.active_count()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def step(self) -> list[str]:
        """Makes one change, sometimes a batch of several; returns their names, such as `publish`."""
        counter = int(self.store.meta("live_counter") or 0) + 1
        rng = random.Random(f"live {self.store.seed} {counter}")  # noqa: S311 - to be the same every time
        done = ["expire"] * catch_up(self.store, target=self.target)
        with self.store.batch():
            self.store.set_meta("live_counter", counter)
            for _ in range(1 if rng.random() < 0.8 else rng.randint(2, 5)):
                if name := self._run_event(rng):
                    done.append(name)
        return done

    def _run_event(self, rng: random.Random) -> str | None:
        active = self._count("ACTIVE")
        names = ["publish"] * 7 + ["change"] * 6 + ["expire"] * 4 + ["stop"] * 2 + ["reactivate"]
        name = rng.choice(names)
        drift = active - self.target
        if drift >= self.target * DRIFT / 2 and name in ("publish", "reactivate"):
            name = "stop"
        elif -drift >= self.target * DRIFT / 2 and name in ("expire", "stop"):
            name = "publish"
        # In a small feed the number may not change at all: then only edits are possible.
        step = {"publish": 1, "reactivate": 1, "expire": -1, "stop": -1}.get(name, 0)
        if step and abs(drift + step) > max(abs(drift) - 1, self.target * DRIFT):
            name = "change"
        return self._do(name, rng)

    def _do(self, name: str, rng: random.Random) -> str | None:
        now = to_micros(self.store.clock())
        if name == "publish":
            _publish(self.store, rng, self.store.time_of(None), now)
            return name
        uuid = self._pick(rng, "INACTIVE" if name == "reactivate" else "ACTIVE")
        if uuid is None:
            return None
        if name == "reactivate":
            self.store.reactivate(uuid, expires=to_datetime(midnight(now, draw_days_left(rng))))
        elif name == "change":
            self.store.change(uuid)
        elif name == "stop" or rng.random() < MASKED_SHARE:
            self.store.stop(uuid)
            name = "stop"
        else:
            self.store.expire(uuid)
        return name

    def _count(self, status: str) -> int:
        with self.store.writing() as connection:  # not a reader: the changes of this batch must be counted
            row = connection.execute(
                f"SELECT count(*) FROM ad WHERE {_OPEN.replace('ACTIVE', status)}"  # noqa: S608
            ).fetchone()
        return int(row[0])

    def _pick(self, rng: random.Random, status: str) -> str | None:
        """Picks the ad that follows a random uuid in uuid order: needs no list of all ads."""
        probe = f"{rng.getrandbits(32):08x}"
        with self.store.writing() as connection:
            for edge in (probe, ""):
                row = connection.execute(
                    "SELECT uuid FROM ad WHERE status = ? AND source <> 'FINN' AND mode = '' AND uuid >= ? ORDER BY uuid LIMIT 1",
                    (status, edge),
                ).fetchone()
                if row:
                    return str(row[0])
        return None

    def run(self) -> None:
        """Repeats `step` until `stop`. A failing step is logged, and the next one is tried."""
        while not self._stopped.wait(self.interval):
            try:
                self.step()
            except Exception:
                LOG.exception("The live publisher failed a step.")

    def start(self) -> None:
        """Runs in a thread."""
        self._thread = threading.Thread(target=self.run, name="fake_feed-live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stops, and waits for the current step."""
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def __enter__(self) -> LivePublisher:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()
