"""Circuit breaker for details: tells an outage from bad ads.

Failures are held back until the feed has shown, by answering for another ad, that it is well; only then do they count
against the ads that they happened to. What they may mean differs:

- *failed* (5xx, timeout): the ad's own, as soon as any other ad is answered;
- *missing* (404): believed only if another ad is there and the missing one is still missing when it is asked for twice more;
- *unreadable*: the ad's own, unless very many are unreadable and none can be read (the feed's form has changed).

"Another ad" is a control, an ad that was there lately, or one of a sample from the whole queue. The newest ads alone prove
nothing: at a first load they may be the only bad ones.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ingest.client.errors import EntryGone, FeedDown, Unauthorized, Unproved
from ingest.client.feed import Feed

from .fetch_pool import DetailPool, Fetched

FAILURES = 5
"""So many different ads failing one after the other, with no answer between, may be an outage."""
MISSING = 10
"""So many 404s one after the other may be a wrong host. 404 is rare: ads that turned FINN, and little else."""
UNREADABLE = 10
"""So many unreadable details one after the other may be a new form of the feed."""
ASKED_AGAIN = 10
"""Missing ads that are asked for twice more before 404 is believed; of more, as many at random."""
_THREADS = 6
_chance = random.SystemRandom()


class Answer(enum.Enum):
    THERE = enum.auto()
    MISSING = enum.auto()
    UNREADABLE = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True)
class Controls:
    """Ads to ask for. `known`: those that ought to be there; `sample`: some of the whole queue, asked if none of them is."""

    known: Sequence[UUID] = ()
    sample: Sequence[UUID] = ()


class Breaker:
    """Holds results back until they are `proved`, or `judge` has asked the feed about other ads."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._failed: list[Fetched] = []
        self._missing: list[Fetched] = []
        self._unreadable: list[Fetched] = []

    @property
    def held(self) -> list[UUID]:
        """The ads whose results are held back."""
        return [result.uuid for result in self._failed + self._missing + self._unreadable]

    @property
    def suspicious(self) -> bool:
        return len(self._failed) >= FAILURES or len(self._missing) >= MISSING or len(self._unreadable) >= UNREADABLE

    def hold(self, result: Fetched) -> None:
        """Takes a result whose outcome is an error."""
        if isinstance(result.outcome, EntryGone):
            self._missing.append(result)
        elif isinstance(result.outcome, FeedDown):
            self._failed.append(result)
        else:
            self._unreadable.append(result)

    def proved(self, number: int, *, readable: bool) -> list[Fetched]:
        """The held results that are no outage now that question `number` was answered, and `readable` or not.

        What was asked for later is held on: the answer may be from before the outage began. A 404 waits for `judge`.
        """
        released = [result for result in self._failed if result.number < number]
        self._failed = [result for result in self._failed if result.number >= number]
        if readable:
            released += self._unreadable
            self._unreadable = []
        return released

    def judge(self, controls: Controls) -> list[Fetched]:
        """Asks the feed for `controls`. Returns what was held where it is the ads' own fault; a 404 that nothing proves has
        the outcome `Unproved` then.

        Raises `FeedDown` if it is the feed's fault. The held results are dropped then: their ads stay as they were.
        """
        failed, missing, unreadable = self._failed, self._missing, self._unreadable
        self._failed, self._missing, self._unreadable = [], [], []
        many = len(unreadable) >= UNREADABLE
        answers: list[Answer] = []
        if failed or missing or many:
            answers = self._ask(controls.known)
            # A 404 proves only that a server is there, which is enough for those that failed.
            sure = any(answer != Answer.FAILED for answer in answers) if not missing and not many else Answer.THERE in answers
            if not sure:
                answers += self._ask(controls.sample)
        self._judge_failed(failed, answers)
        if many and Answer.THERE not in answers:
            raise FeedDown(
                "format", f"{len(unreadable)} details one after the other cannot be read, the last for {unreadable[-1].outcome}"
            )
        return failed + unreadable + (self._judge_missing(missing, answers) if missing else [])

    def _judge_failed(self, failed: list[Fetched], answers: list[Answer]) -> None:
        alive = any(answer != Answer.FAILED for answer in answers) if answers else len(failed) < FAILURES
        if failed and not alive:
            last = failed[-1].outcome
            raise FeedDown("outage", f"{len(failed)} different ads failed one after the other, the last with {last}")

    def _judge_missing(self, missing: list[Fetched], answers: list[Answer]) -> list[Fetched]:
        there = Answer.THERE in answers
        if not there and len(missing) >= MISSING:
            raise FeedDown(
                "mass-404",
                f"{len(missing)} ads are missing at once, and others are just as missing. NAV_FEED_URL or something between "
                "us and NAV may be wrong; no ad is closed for this.",
            )
        if there:
            # Where one of several servers is ill, what it calls missing is there when another is asked.
            uuids = [result.uuid for result in missing]
            again = self._ask(2 * (uuids if len(uuids) <= ASKED_AGAIN else _chance.sample(uuids, ASKED_AGAIN)))
            if all(answer == Answer.MISSING for answer in again):
                return missing
        doubt = Unproved("404-unproved", "The feed says that it has no such ad, but nothing shows that the feed is well.")
        return [replace(result, outcome=doubt) for result in missing]

    def _ask(self, uuids: Sequence[UUID]) -> list[Answer]:
        """What the feed answers for each, asked for at once: in an outage each may take a minute."""
        answers: list[Answer] = []
        pool = DetailPool(self._feed, min(_THREADS, len(uuids)))
        try:
            for uuid in uuids:
                pool.ask(uuid, 0)
            while pool.pending:
                if result := pool.get():
                    answers.append(_answer(result.outcome))
        finally:
            pool.close()
        return answers


def _answer(outcome: object) -> Answer:
    if isinstance(outcome, EntryGone):
        return Answer.MISSING
    if isinstance(outcome, Unauthorized):
        raise outcome
    if isinstance(outcome, FeedDown):
        return Answer.FAILED
    return Answer.UNREADABLE if isinstance(outcome, Exception) else Answer.THERE
