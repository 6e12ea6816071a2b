"""Workers as in production: processes on a Redis. A lost worker or message costs one interval."""

from __future__ import annotations

import json
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.celery.conftest import ADS
from tests.servers import processes
from tests.servers.live import LiveSite, wait_for_first_ads
from tests.servers.ports import free_port, wait_until
from tests.servers.redis import OwnRedis, Redis

FOLLOW = "ingest.tasks.follow_feed"
MANY_ADS = 400  # more than the 180 that may be requested again
MUCH = 60  # seconds; kombu's own patience with a broker that is not there has no end


@pytest.fixture
def site(live_site: Callable[..., LiveSite], feed: FakeFeed, redis_server: Redis) -> LiveSite:
    """A site on PostgreSQL and Redis that follows `feed`."""
    return live_site("postgresql", feed=feed.url, broker=redis_server.url, redis_prefix=redis_server.prefix)


def asked(feed: FakeFeed) -> Counter[str]:
    return Counter(request.path.rpartition("/")[2] for request in feed.requests if "/feedentry/" in request.path)


def whole(site: LiveSite, feed: FakeFeed) -> Callable[[], bool]:
    """Whether every ad is stored and no sync run is under way: a run ends some time after it stored the last ad."""
    tasks = "SELECT count(*) FROM ingest_detailtask"
    runs = "SELECT count(*) FROM core_job WHERE kind = 'sync' AND state = 'running'"
    return lambda: site.active() == set(feed.read_active_ads()) and not site.value(tasks) and not site.value(runs)


def test_the_next_task_continues_after_a_killed_worker(site: LiveSite, feed: FakeFeed) -> None:
    for _ in range(MANY_ADS):
        feed.publish()
    feed.faults.latency(detail=0.05)
    first = site.worker("first")
    assert site.wake(FOLLOW) == 0
    wait_for_first_ads(site, feed, 50)
    processes.kill(first)  # worker, pool and all
    had = len(site.active())
    assert had < MANY_ADS
    site.worker("second")
    time.sleep(1)
    assert len(site.active()) < MANY_ADS  # the message that the dead one held is not needed, and not yet given out again
    feed.faults.latency(detail=0)
    assert site.wake(FOLLOW) == 0
    wait_until(whole(site, feed), 90, "all ads")
    runs = site.rows("SELECT state, error_code FROM core_job WHERE kind = 'sync' ORDER BY started")
    assert [state for state, _error in runs] == ["failed", "done"]
    assert max(asked(feed).values()) <= 2
    assert sum(asked(feed).values()) <= MANY_ADS + 180, "what was under way may be asked for again, the rest not"


def test_many_workers_and_messages_run_one_sync_at_a_time(site: LiveSite, full_feed: FakeFeed) -> None:
    site.worker("first", concurrency=3)
    site.worker("second", pool="threads", concurrency=3)
    assert site.wake(FOLLOW, times=6) == 0
    wait_until(whole(site, full_feed), 90, "all ads")
    assert set(asked(full_feed).values()) == {1}
    overlap = (
        "SELECT count(*) FROM core_job a JOIN core_job b ON a.id < b.id "
        "WHERE a.kind = 'sync' AND b.kind = 'sync' AND a.started < b.finished AND b.started < a.finished"
    )
    assert site.value(overlap) == 0


def test_a_worker_serves_only_its_queues(site: LiveSite, feed: FakeFeed) -> None:
    ad = feed.publish()
    site.worker("quick", queues="details,index,maintenance,alerts", concurrency=1)  # as the operations advise
    site.wake(FOLLOW)
    time.sleep(2)
    assert feed.requests == []
    site.worker("feed", queues="feed", concurrency=1)
    wait_until(lambda: site.active() == {ad}, 40, "the ad")


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_redis_restarted_in_the_middle_of_a_first_load_loses_nothing(
    live_site: Callable[..., LiveSite], full_feed: FakeFeed, own_redis: OwnRedis, pool: str
) -> None:
    site = live_site("postgresql", feed=full_feed.url, broker=own_redis.url, FEED_POLL_SECONDS="2")
    worker = site.worker("worker", pool=pool)
    site.beat()
    wait_for_first_ads(site, full_feed, 30)
    own_redis.kill()  # with every message in it
    assert len(site.active()) < ADS, "the load was over before"
    late = full_feed.publish()
    time.sleep(1)
    own_redis.start()
    full_feed.faults.latency(detail=0)
    wait_until(whole(site, full_feed), 90, "all ads, and the one that came meanwhile")
    assert late in site.active()
    assert worker.poll() is None, "the worker ended with its broker"
    assert max(asked(full_feed).values()) == 1, "the load was begun again"


def test_without_a_broker_the_site_works_and_explains_what_is_missing(live_site: Callable[..., LiveSite], feed: FakeFeed) -> None:
    ad = feed.publish()
    nowhere = f"redis://127.0.0.1:{free_port()}"
    site = live_site("postgresql", feed=feed.url, broker=f"{nowhere}/0", CACHE_URL=f"{nowhere}/1")
    assert site.manage("sync") == 0
    url = site.web()
    began = time.monotonic()
    for path in ("/healthz", "/", f"/stilling/{ad}/"):
        with urllib.request.urlopen(url + path, timeout=60) as answer:
            assert answer.status == 200
    with urllib.request.urlopen(f"{url}/readyz", timeout=60) as answer:
        assert json.load(answer)["broker"] == "down"
    assert time.monotonic() - began < MUCH
    began = time.monotonic()
    assert site.wake(FOLLOW) != 0, "a message that no broker took was reported as sent"
    assert time.monotonic() - began < MUCH, "the request waits for a broker that does not answer"


def test_the_children_of_a_prefork_worker_return_freed_memory(live_site: Callable[..., LiveSite], tmp_path: Path) -> None:
    """A thread does so, and none of a parent's threads runs in its children."""
    result = tmp_path / "result"
    site = live_site("sqlite", feed="http://127.0.0.1:9", fork=False, RESULT_FILE=str(result), MALLOC_ARENA_MAX="1")
    words = (
        "worker",
        "--pool",
        "prefork",
        "--concurrency",
        "1",
        "--hostname",
        "one@test",
        "--without-gossip",
        "--without-mingle",
    )
    site.start("worker", "-m", "celery", "-A", "tests.celery.freed_memory", *words)
    assert site.wake("tests.free_memory") == 0
    wait_until(result.exists, 90, "the task")
    assert int(result.read_text().split()[1]) > 40 * 2**20
