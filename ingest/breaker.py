"""Tells an outage from bad ads. Failures are held back until the feed has proved, by answering for another ad, that it is
alive; only then do they count against the ads that they happened to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from .errors import EntryGone, FeedDown
from .feed import Feed
from .fetching import Fetched
from .messages import BadEntry

FAILURES = 5
"""So many different ads failing one after the other, with no answer between, may be an outage."""
MISSING = 10
"""So many 404s one after the other may be a wrong host. 404 is rare: ads that turned FINN, and little else."""


class Breaker:
    """Holds results back until they are `proved`, or `judge` has asked the feed about other ads."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._failures: list[Fetched] = []
        self._missing: list[Fetched] = []

    @property
    def held(self) -> list[UUID]:
        """The ads whose results are held back."""
        return [result.uuid for result in self._failures + self._missing]

    @property
    def suspicious(self) -> bool:
        return len(self._failures) >= FAILURES or len(self._missing) >= MISSING

    def hold(self, result: Fetched) -> None:
        """Takes a result whose outcome is `EntryGone` or `FeedDown`."""
        (self._missing if isinstance(result.outcome, EntryGone) else self._failures).append(result)

    def proved(self, number: int) -> list[Fetched]:
        """The held results that were asked for before question `number`, which was answered: these were not an outage.

        What was asked for later is held on: the answer may be from before the outage began.
        """
        released = [result for result in self._failures + self._missing if result.number < number]
        self._failures = [result for result in self._failures if result.number >= number]
        self._missing = [result for result in self._missing if result.number >= number]
        return released

    def judge(self, controls: Sequence[UUID]) -> list[Fetched]:
        """Asks the feed for `controls`, ads that ought to be there. Answers what was held if that is the ads' own fault.

        Raises `FeedDown` if it is the feed's. The held results are dropped then: their ads stay as they were.
        """
        failures, missing = self._failures, self._missing
        self._failures, self._missing = [], []
        answers = [self._answer(uuid) for uuid in controls]
        if failures:
            alive = any(answer != "failed" for answer in answers) if answers else len(failures) < FAILURES
            if not alive:
                raise FeedDown(
                    "outage", f"{len(failures)} different ads failed one after the other, the last with {failures[-1].outcome}"
                )
        if missing:
            # A wrong host has none of the ads that we hold as active; where one of several servers is ill, what it
            # calls missing is there when another is asked.
            sound = "there" in answers if answers else len(missing) < MISSING
            if sound and len(missing) >= MISSING:
                sound = all(self._answer(result.uuid) == "missing" for result in missing[:3])
            if not sound:
                raise FeedDown(
                    "mass-404",
                    f"{len(missing)} ads are missing at once, though others are just as missing or they are there when "
                    "asked for again. NAV_FEED_URL or something between us and NAV may be wrong; no ad is closed for this.",
                )
        return failures + missing

    def _answer(self, uuid: UUID) -> str:
        try:
            self._feed.detail(uuid)
        except EntryGone:
            return "missing"
        except FeedDown:
            return "failed"
        except BadEntry:
            return "there"
        return "there"
