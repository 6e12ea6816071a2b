"""Circuit breaker for details: distinguishes an outage of the feed from bad ads.

Failures are held back until the feed answers for another ad; only then do they count as failures of the ads themselves.
The rule depends on the kind of failure:

- *failed* (5xx, timeout): the ad's own failure as soon as any other ad is answered;
- *missing* (404): accepted only if another ad is found and the missing ad is still missing in two more requests;
- *unreadable*: the ad's own failure, unless very many are unreadable and none is readable (the feed's format has changed).

"Another ad" is a control ad, which was found recently, or one of a random sample of the whole queue. The newest ads alone
prove nothing: during a first load they may be the only bad ones.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ingest.client.errors import AdNotFound, FeedUnavailable, Unauthorized, UnconfirmedMissing
from ingest.client.feed import FeedClient

from .fetch_pool import DetailFetchPool, FetchResult

MAX_FAILED = 5
"""This many different ads failing in a row, with no answer between, may be an outage."""
MAX_MISSING = 10
"""This many 404s in a row may mean a wrong host. 404 is rare: ads whose source became FINN, and few others."""
MAX_UNREADABLE = 10
"""This many unreadable details in a row may mean that the feed's format has changed."""
MISSING_RECHECKED = 10
"""Missing ads requested twice more before the 404s are accepted; of a larger number, a random sample of this size."""
_THREADS = 6
_random = random.SystemRandom()


class ProbeResult(enum.Enum):
    """What the feed answers for an ad that is requested as a probe."""

    FOUND = enum.auto()
    MISSING = enum.auto()
    UNREADABLE = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True)
class ControlAds:
    """Ads to request as probes: `known` ones that should be found, and a `sample` of the whole queue if none of those is."""

    known: Sequence[UUID] = ()
    sample: Sequence[UUID] = ()


class CircuitBreaker:
    """Holds failed results back until `release_proved` or `probe_feed` decides whose failure they are."""

    def __init__(self, feed: FeedClient) -> None:
        self._feed = feed
        self._failed: list[FetchResult] = []
        self._missing: list[FetchResult] = []
        self._unreadable: list[FetchResult] = []

    @property
    def held_ads(self) -> list[UUID]:
        """The ads whose results are held back."""
        return [result.uuid for result in self._failed + self._missing + self._unreadable]

    @property
    def should_probe(self) -> bool:
        """Whether so many results are held back that the feed itself may be failing."""
        return len(self._failed) >= MAX_FAILED or len(self._missing) >= MAX_MISSING or len(self._unreadable) >= MAX_UNREADABLE

    def hold(self, result: FetchResult) -> None:
        """Holds back a result whose outcome is an error."""
        if isinstance(result.outcome, AdNotFound):
            self._missing.append(result)
        elif isinstance(result.outcome, FeedUnavailable):
            self._failed.append(result)
        else:
            self._unreadable.append(result)

    def release_proved(self, number: int, *, readable: bool) -> list[FetchResult]:
        """Releases the held results that are the ads' own failures, now that request `number` was answered (`readable` or not).

        Results of later requests stay held: the answer may be from before the outage began. A 404 waits for `probe_feed`.
        """
        released = [result for result in self._failed if result.number < number]
        self._failed = [result for result in self._failed if result.number >= number]
        if readable:
            released += self._unreadable
            self._unreadable = []
        return released

    def probe_feed(self, controls: ControlAds) -> list[FetchResult]:
        """Requests the control ads, and returns the held results if they are the ads' own failures.

        A 404 that no found ad confirms gets the outcome `UnconfirmedMissing`. Raises `FeedUnavailable` if the feed is failing:
        the held results are then dropped, and their ads stay unchanged.
        """
        failed, missing, unreadable = self._failed, self._missing, self._unreadable
        self._failed, self._missing, self._unreadable = [], [], []
        many = len(unreadable) >= MAX_UNREADABLE
        probes: list[ProbeResult] = []
        if failed or missing or many:
            probes = self._probe(controls.known)
            # A 404 proves only that the server responds, which is enough to decide about the failed ones.
            sure = ProbeResult.FOUND in probes if missing or many else any(probe != ProbeResult.FAILED for probe in probes)
            if not sure:
                probes += self._probe(controls.sample)
        self._check_failed(failed, probes)
        if many and ProbeResult.FOUND not in probes:
            raise FeedUnavailable(
                "format", f"{len(unreadable)} details one after the other cannot be read, the last for {unreadable[-1].outcome}"
            )
        return failed + unreadable + (self._check_missing(missing, probes) if missing else [])

    def _check_failed(self, failed: list[FetchResult], probes: list[ProbeResult]) -> None:
        responding = any(probe != ProbeResult.FAILED for probe in probes) if probes else len(failed) < MAX_FAILED
        if failed and not responding:
            last = failed[-1].outcome
            raise FeedUnavailable("outage", f"{len(failed)} different ads failed one after the other, the last with {last}")

    def _check_missing(self, missing: list[FetchResult], probes: list[ProbeResult]) -> list[FetchResult]:
        found = ProbeResult.FOUND in probes
        if not found and len(missing) >= MAX_MISSING:
            raise FeedUnavailable(
                "mass-404",
                f"{len(missing)} ads are missing at once, and others are just as missing. NAV_FEED_URL or something between "
                "us and NAV may be wrong; no ad is closed for this.",
            )
        if found:
            # If one of several servers behind NAV's proxy is faulty, another one finds the ads that it calls missing.
            uuids = [result.uuid for result in missing]
            again = self._probe(2 * (uuids if len(uuids) <= MISSING_RECHECKED else _random.sample(uuids, MISSING_RECHECKED)))
            if all(probe == ProbeResult.MISSING for probe in again):
                return missing
        doubt = UnconfirmedMissing(
            "404-unproved", "The feed says that it has no such ad, but nothing shows that the feed is well."
        )
        return [replace(result, outcome=doubt) for result in missing]

    def _probe(self, uuids: Sequence[UUID]) -> list[ProbeResult]:
        """Requests these details in parallel: during an outage each request may take a minute."""
        probes: list[ProbeResult] = []
        pool = DetailFetchPool(self._feed, min(_THREADS, len(uuids)))
        try:
            for uuid in uuids:
                pool.submit(uuid, 0)
            while pool.pending:
                if result := pool.take_result():
                    probes.append(_classify_outcome(result.outcome))
        finally:
            pool.close()
        return probes


def _classify_outcome(outcome: object) -> ProbeResult:
    if isinstance(outcome, AdNotFound):
        return ProbeResult.MISSING
    if isinstance(outcome, Unauthorized):
        raise outcome
    if isinstance(outcome, FeedUnavailable):
        return ProbeResult.FAILED
    return ProbeResult.UNREADABLE if isinstance(outcome, Exception) else ProbeResult.FOUND
