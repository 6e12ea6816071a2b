"""Restart of OpenSearch during a first load: the load continues, and the index catches up afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until
from tests.servers.redis import Redis

from .processes import OwnNode

ADS = 200


def count_not_indexed(site: LiveSite) -> int:
    return site.value("SELECT count(*) FROM vacancies_vacancy WHERE version > indexed_version")


def count_indexed(site: LiveSite) -> int:
    return site.value("SELECT count(*) FROM vacancies_vacancy WHERE indexed_version > 0")


def test_a_first_load_survives_a_restart_of_opensearch(
    live_site: Callable[..., LiveSite], redis_server: Redis, node: OwnNode
) -> None:
    with FakeFeed(ads=plain_ads) as feed:
        for _ in range(ADS):
            feed.publish()
        feed.faults.latency(detail=1)  # half a minute of loading, with six requests in parallel
        site = live_site(
            "postgresql",
            feed=feed.url,
            broker=redis_server.url,
            redis_prefix=redis_server.prefix,
            SEARCH_URL=node.url,
            FEED_POLL_SECONDS="2",
        )
        worker = site.worker("worker", concurrency=3)
        beat = site.beat()
        wait_until(lambda: count_indexed(site) >= 30, 90, "the first ads in the index")
        node.kill()
        before = len(site.active())
        assert before < ADS, "the load had already ended"
        feed.faults.latency(detail=0.2)
        wait_until(lambda: len(site.active()) > before + 50, 60, "the load to continue without an engine")
        time.sleep(6)  # one attempt of the indexing, which fails
        node.start()
        node.wait()
        wait_until(
            lambda: site.active() == set(feed.read_active_ads()) and not count_not_indexed(site), 120, "all ads in the index"
        )
        assert worker.poll() is None, site.log("worker")[-2000:]
        assert beat.poll() is None, site.log("beat")[-2000:]
        assert site.manage("check_consistency", "--feed") == 0, site.log("manage")
        # The consistency check requests each ad once more.
        syncs = site.rows("SELECT state FROM core_job WHERE kind = 'sync' ORDER BY started")
        assert {state for (state,) in syncs} <= {"done", "running"}, "the load failed because of the engine"
        details = [request.path for request in feed.requests if "/feedentry/" in request.path]
        assert len(details) < ADS * 2 + 50, "the load was restarted"
