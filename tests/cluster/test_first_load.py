"""OpenSearch restarted in the middle of a first load: the load does not notice, and the index catches up by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until
from tests.servers.redis import Redis

from .processes import cluster

ADS = 400


def behind(site: LiveSite) -> int:
    return site.value("SELECT count(*) FROM vacancies_vacancy WHERE version > indexed_version")


def indexed(site: LiveSite) -> int:
    return site.value("SELECT count(*) FROM vacancies_vacancy WHERE indexed_version > 0")


def test_opensearch_restarted_in_the_middle_of_a_first_load_loses_nothing(
    live_site: Callable[..., LiveSite], redis_server: Redis
) -> None:
    with FakeFeed(ads=plain_ads) as feed, cluster(1) as (node,):
        for _ in range(ADS):
            feed.publish()
        feed.faults.latency(detail=1)  # a minute of loading, six at a time
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
        wait_until(lambda: indexed(site) >= 30, 90, "the first ads in the index")
        node.kill()
        held = len(site.active())
        assert held < ADS, "the load was over before"
        feed.faults.latency(detail=0.2)
        wait_until(lambda: len(site.active()) > held + 50, 60, "the load to go on without an engine")
        time.sleep(6)  # a round of indexing that finds nobody
        node.start()
        node.wait()
        wait_until(lambda: site.active() == set(feed.truth()) and not behind(site), 120, "all ads in the index")
        assert worker.poll() is None, site.log("worker")[-2000:]
        assert beat.poll() is None, site.log("beat")[-2000:]
        assert site.manage("check_truth", "--feed") == 0, site.log("manage")
        # The check asks for each ad once more.
        syncs = site.rows("SELECT state FROM ingest_run WHERE kind = 'sync' ORDER BY started")
        assert {state for (state,) in syncs} <= {"done", "running"}, "the load was hindered by the engine"
        details = [request.path for request in feed.requests if "/feedentry/" in request.path]
        assert len(details) < ADS * 2 + 50, "the load was begun anew"
