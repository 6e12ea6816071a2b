"""First load of a site of real processes, during which OpenSearch ends and starts again."""

from __future__ import annotations

import time
from collections.abc import Callable

from jobsearch.demo.feed_server import FakeFeed
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until
from tests.servers.redis import Redis

from .processes import OwnNode

ADS = 200


class FirstLoad:
    """A site that loads the feed and indexes the ads on the node."""

    def __init__(self, live_site: Callable[..., LiveSite], redis: Redis, feed: FakeFeed, node: OwnNode) -> None:
        for _ in range(ADS):
            feed.publish()
        feed.faults.latency(detail=1)  # half a minute of loading, with six requests in parallel
        self.feed = feed
        self.site = live_site(
            "postgresql",
            feed=feed.url,
            broker=redis.url,
            redis_prefix=redis.prefix,
            SEARCH_URL=node.url,
            FEED_POLL_SECONDS="2",
        )
        self._worker = self.site.worker("worker", concurrency=3)
        self._beat = self.site.beat()
        self._before = 0

    def wait_for_first_indexed(self) -> None:
        wait_until(lambda: self._count("indexed_version > 0") >= 30, 90, "the first ads in the index")

    def begin_outage(self) -> None:
        """To be called when the node has ended."""
        self._before = len(self.site.active())
        assert self._before < ADS, "the load had already ended"
        self.feed.faults.latency(detail=0.2)

    def wait_for_ads_without_engine(self) -> None:
        enough = min(self._before + 50, ADS)
        wait_until(lambda: len(self.site.active()) >= enough, 60, "the load to continue without an engine")
        time.sleep(6)  # one attempt of the indexing, which fails

    def check_end(self) -> None:
        """Waits until all ads are in the index; asserts that neither process has ended and that the load was not restarted."""
        wait_until(self._is_indexed, 120, "all ads in the index")
        assert self._worker.poll() is None, self.site.log("worker")[-2000:]
        assert self._beat.poll() is None, self.site.log("beat")[-2000:]
        assert self.site.manage("check_consistency", "--feed") == 0, self.site.log("manage")
        # The consistency check requests each ad once more.
        syncs = self.site.rows("SELECT state FROM core_job WHERE kind = 'sync' ORDER BY started")
        assert {state for (state,) in syncs} <= {"done", "running"}, "the load failed because of the engine"
        details = [request.path for request in self.feed.requests if "/feedentry/" in request.path]
        assert len(details) < ADS * 2 + 50, "the load was restarted"

    def _is_indexed(self) -> bool:
        return self.site.active() == set(self.feed.read_active_ads()) and not self._count("version > indexed_version")

    def _count(self, condition: str) -> int:
        return int(self.site.value(f"SELECT count(*) FROM vacancies_vacancy WHERE {condition}"))
