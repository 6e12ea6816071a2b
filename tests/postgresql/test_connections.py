"""Connections to PostgreSQL: the pool of the web process, reconnection, and the server's time-outs."""

from __future__ import annotations

import concurrent.futures
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator

import psycopg
import pytest

from jobsearch import env_databases
from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads
from tests.servers import postgresql, processes
from tests.servers.live import LiveSite, wait_for_first_ads
from tests.servers.ports import wait_until
from tests.servers.postgresql import OwnServer
from tests.servers.redis import Redis

ADS = 150
URL = "postgres://u:p@db.example:5432/jobs"


@pytest.fixture
def feed() -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        yield fake_feed


def copy_database(source: str, target: str) -> None:
    """Copies the tables of a database to one on another server: its migrations would take ten times the processor time."""
    programs = postgresql._programs()
    dump = subprocess.run([programs / "pg_dump", "--no-owner", source], check=True, stdout=subprocess.PIPE)
    restore = [programs / "psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", target]
    subprocess.run(restore, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)


def configuration(monkeypatch: pytest.MonkeyPatch, *, web: bool = False, url: str = URL) -> dict:
    monkeypatch.setenv("DATABASE_URL", url)
    return env_databases.database("DATABASE_URL", "", web=web)


def test_only_a_web_process_has_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pool" in configuration(monkeypatch, web=True)["OPTIONS"]
    assert configuration(monkeypatch, web=True)["CONN_MAX_AGE"] == 0  # Django refuses both at once
    assert "pool" not in configuration(monkeypatch)["OPTIONS"]


def test_a_dropped_connection_is_never_reused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert configuration(monkeypatch)["CONN_HEALTH_CHECKS"] is True
    assert configuration(monkeypatch, web=True)["CONN_HEALTH_CHECKS"] is True


def test_session_options_of_the_url_have_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    options = configuration(monkeypatch, url=f"{URL}?sslmode=require&options=-c%20lock_timeout%3D1000")["OPTIONS"]
    assert (options["sslmode"], options["options"]) == ("require", "-c lock_timeout=1000")


def test_the_web_process_shares_connections_and_ends_its_pool_and_a_worker_has_its_own(
    live_site: Callable[..., LiveSite], feed: FakeFeed, redis_server: Redis
) -> None:
    site = live_site("postgresql", feed=feed.url, broker=redis_server.url, redis_prefix=redis_server.prefix)
    url = site.web()
    gunicorn = site._running[-1]

    def get(_number: int) -> int:
        with urllib.request.urlopen(f"{url}/readyz", timeout=60) as answer:
            return int(answer.status)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(get, range(60))) == {200}
    # One for each of the four request threads, and one for the thread that reloads the vocabulary of the ads. The session of a
    # process that has just ended may be counted for a moment.
    sessions = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jobsearch'"
    wait_until(lambda: 1 <= site.value(f"SELECT count(*) {sessions}") <= 5, 30, "no more sessions than threads")
    before = {*site.rows(f"SELECT pid {sessions}")}
    get(0)
    assert {*site.rows(f"SELECT pid {sessions}")} <= before, "a request opened a new session"
    processes.stop(gunicorn, seconds=30)
    assert "couldn't stop thread" not in site.log("web")
    assert "Traceback" not in site.log("web")
    site.worker("worker")
    site.wake("ingest.tasks.follow_feed")
    wait_until(lambda: site.rows("SELECT 1 FROM core_job WHERE state = 'done'"), 40, "a run")
    assert "Traceback" not in site.log("worker")


def test_the_site_works_again_after_a_restart_of_the_database(
    own_postgresql: OwnServer, postgresql_template: str, tmp_path, feed: FakeFeed
) -> None:
    ad = feed.publish()
    with own_postgresql.database() as database:
        copy_database(postgresql_template, database)
        site = LiveSite(tmp_path, database=database, feed=feed.url)
        try:
            assert site.manage("sync") == 0
            page = f"{site.web()}/stilling/{ad}/"
            with urllib.request.urlopen(page, timeout=60) as answer:
                assert answer.status == 200
            own_postgresql.stop()
            own_postgresql.start()
            with urllib.request.urlopen(page, timeout=60) as answer:
                assert answer.status == 200
        finally:
            site.stop()


def test_a_first_load_survives_a_restart_of_postgresql(
    own_postgresql: OwnServer, postgresql_template: str, own_redis, tmp_path, feed: FakeFeed
) -> None:
    for _ in range(ADS):
        feed.publish()
    feed.faults.latency(detail=0.1)
    with own_postgresql.database() as database:
        copy_database(postgresql_template, database)
        site = LiveSite(tmp_path, database=database, feed=feed.url, broker=own_redis.url, FEED_POLL_SECONDS="2")
        try:
            worker, beat = site.worker("worker"), site.beat()
            wait_for_first_ads(site, feed, 50)
            assert len(site.active()) < ADS, "the load had already ended"
            own_postgresql.stop()
            time.sleep(3)  # so that beat reads its schedule while the database is down
            own_postgresql.start()
            feed.faults.latency(detail=0)
            # The run that lost its database could not release its lease, and its process still runs: the lease expires within
            # a minute, which this test does not wait for.
            site.rows("UPDATE core_leaserecord SET expires = now() WHERE name = 'feed' RETURNING name")
            wait_until(lambda: site.active() == set(feed.read_active_ads()), 60, "all ads")
            assert worker.poll() is None, site.log("worker")[-2000:]
            assert beat.poll() is None, site.log("beat")[-2000:]
        finally:
            site.stop()


def test_the_server_ends_the_session_of_a_paused_process(live_site: Callable[..., LiveSite], feed: FakeFeed) -> None:
    """As when a machine sleeps during a transaction: the server ends the session, and others continue."""
    site = live_site("postgresql", feed=feed.url)
    site.rows("INSERT INTO core_leaserecord (name, owner, expires) VALUES ('feed', '', now())")
    options = env_databases._SESSION.replace("=60000", "=1000")
    with psycopg.connect(site.database, options=options) as paused:
        paused.execute("UPDATE core_leaserecord SET owner = owner WHERE name = 'feed'")
        assert site.manage("sync") == 0  # otherwise it would wait for the row as long as the paused session exists
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            paused.execute("SELECT 1")
