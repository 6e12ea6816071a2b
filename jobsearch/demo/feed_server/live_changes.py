"""The feed goes on: ads are published, edited, stopped, expired and reactivated at a pace a person can watch.

What happens next follows from a counter that is kept in the store, so a restart goes on where the last run ended.
"""

from __future__ import annotations

import logging
import random
import threading
from datetime import datetime
from types import TracebackType

from .backfill import LARGEST_BATCH, MASKED_SHARE, days_left
from .store import Store
from .time_formats import SECOND, micros, midnight, moment

LOG = logging.getLogger(__name__)
DRIFT = 0.05
"""How far the number of active ads may move from its target, as a share of it."""
_OPEN = "status = 'ACTIVE' AND source <> 'FINN' AND mode = ''"


def catch_up(store: Store, now: datetime | None = None, *, target: int | None = None) -> int:
    """Do what the real feed would have done since the store was last used; answers the number of lines.

    An ad whose `expires` has passed gets its INACTIVE line shortly after that moment. When many have gone, new ads are
    published over the same time, until the number of active ads is `target` again (default: none are published).
    """
    present = micros(now or store.clock())
    with store.reading() as connection:
        due = connection.execute(
            f"SELECT uuid, expires FROM ad WHERE {_OPEN} AND expires <= ? ORDER BY expires, uuid",  # noqa: S608
            (present,),
        ).fetchall()
        newest = connection.execute("SELECT max(time) FROM line").fetchone()[0] or present
    begin = min(newest, present)
    # An ad expires at a midnight; the real feed tells it in the minutes after, a batch at a time.
    happenings: list[tuple[int, str | None]] = []
    for position, (uuid, expires) in enumerate(due):
        late = (60 + 20 * (position // LARGEST_BATCH)) * SECOND
        happenings.append((min(max(expires + late, begin), present), uuid))
    missing = 0 if target is None else target - (store.active_count() - len(due))
    if target is not None and missing > target * DRIFT / 2:
        happenings += [(begin + (present - begin) * (index + 1) // missing, None) for index in range(missing)]
    happenings.sort(key=lambda happening: happening[0])
    with store.writing():
        for time, closing in happenings:
            if closing is not None:
                store.expire(closing, at=moment(time))
            else:
                _publish(store, random.Random(f"{store.seed} {time}"), time, present)  # noqa: S311
    return len(happenings)


def _publish(store: Store, chance: random.Random, time: int, present: int) -> str:
    expires = moment(midnight(present, days_left(chance)))
    return store.publish(published=moment(midnight(time)), expires=expires, at=moment(time))


class Publisher:
    """Changes the feed every `interval` seconds, in a thread (as a context manager) or step by step.

    `target` is the number of active ads it keeps to within 5 %; the default is what the history was built for, or the
    number that are active at the start.
    """

    def __init__(self, store: Store, interval: float = 4.0, *, target: int | None = None) -> None:
        self.store, self.interval = store, interval
        self.target = target or int(store.meta("target") or 0) or store.active_count()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def step(self) -> list[str]:
        """One happening, sometimes a batch of several; answers their names, such as `publish`."""
        counter = int(self.store.meta("live_counter") or 0) + 1
        chance = random.Random(f"live {self.store.seed} {counter}")  # noqa: S311 - to be the same every time
        done = ["expire"] * catch_up(self.store, target=self.target)
        with self.store.batch():
            self.store.set_meta("live_counter", counter)
            for _ in range(1 if chance.random() < 0.8 else chance.randint(2, 5)):
                if name := self._happen(chance):
                    done.append(name)
        return done

    def _happen(self, chance: random.Random) -> str | None:
        active = self._count("ACTIVE")
        names = ["publish"] * 7 + ["change"] * 6 + ["expire"] * 4 + ["stop"] * 2 + ["reactivate"]
        name = chance.choice(names)
        drift = active - self.target
        if drift >= self.target * DRIFT / 2 and name in ("publish", "reactivate"):
            name = "stop"
        elif -drift >= self.target * DRIFT / 2 and name in ("expire", "stop"):
            name = "publish"
        # A small feed has no room to drift at all: then only edits are left.
        step = {"publish": 1, "reactivate": 1, "expire": -1, "stop": -1}.get(name, 0)
        if step and abs(drift + step) > max(abs(drift) - 1, self.target * DRIFT):
            name = "change"
        return self._do(name, chance)

    def _do(self, name: str, chance: random.Random) -> str | None:
        now = micros(self.store.clock())
        if name == "publish":
            _publish(self.store, chance, self.store.time_of(None), now)
            return name
        uuid = self._pick(chance, "INACTIVE" if name == "reactivate" else "ACTIVE")
        if uuid is None:
            return None
        if name == "reactivate":
            self.store.reactivate(uuid, expires=moment(midnight(now, days_left(chance))))
        elif name == "change":
            self.store.change(uuid)
        elif name == "stop" or chance.random() < MASKED_SHARE:
            self.store.stop(uuid)
            name = "stop"
        else:
            self.store.expire(uuid)
        return name

    def _count(self, status: str) -> int:
        with self.store.writing() as connection:  # not a reader: what this batch did already counts
            row = connection.execute(
                f"SELECT count(*) FROM ad WHERE {_OPEN.replace('ACTIVE', status)}"  # noqa: S608
            ).fetchone()
        return int(row[0])

    def _pick(self, chance: random.Random, status: str) -> str | None:
        """An ad by the place of a random uuid in their order, which needs no list of all ads."""
        probe = f"{chance.getrandbits(32):08x}"
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
        """Step after step until `stop`. A step that fails is logged, and the next one is tried."""
        while not self._stopped.wait(self.interval):
            try:
                self.step()
            except Exception:
                LOG.exception("the feed's live publisher failed a step")

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="fake_feed-live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for a step under way."""
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def __enter__(self) -> Publisher:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()
