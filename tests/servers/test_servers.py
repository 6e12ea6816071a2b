"""Servers of a test run: used by it alone, ended with it, and no service of this machine is reached."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import psycopg
import pytest
import redis as redis_client

from tests.servers import postgresql, redis
from tests.servers.live import ROOT
from tests.servers.ports import listens, wait_until
from tests.servers.redis import OwnRedis

_RUN = """
import time
from tests.servers import postgresql, redis
with redis.running() as one, postgresql.running() as other:
    print(one.url, other.url, flush=True)
    time.sleep(600)
"""
_OUTSIDE = {
    "DATABASE_URL": "postgres://production.example/jobs",
    "CELERY_BROKER_URL": "redis://production.example/0",
    "CELERY_BROKER_READ_URL": "redis://production.example/0",
    "CELERY_BROKER_WRITE_URL": "redis://production.example/0",
    "CELERY_RESULT_BACKEND": "redis://production.example/0",
    "CACHE_URL": "redis://production.example/1",
    "SEARCH_URL": "https://production.example:9200",
    "NAV_FEED_TOKEN": "production",
    "PGHOST": "production.example",
    "PGSERVICE": "production",
    "PGOPTIONS": "-c search_path=production",
}


def test_killed_test_run_leaves_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    run = subprocess.Popen(
        [sys.executable, "-c", _RUN], cwd=ROOT, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout
    with run.stdout as told:
        ports = [int(port) for port in re.findall(r":(\d+)/", told.readline())]
    assert len(ports) == 2
    assert all(listens(port) for port in ports)
    run.send_signal(signal.SIGKILL)
    run.wait()
    wait_until(lambda: not any(listens(port) for port in ports), 15, "both servers to end")


def test_only_prefixed_keys_are_written_and_deleted_on_a_given_redis(
    own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_REDIS_URL", own_redis.url)
    with redis_client.Redis.from_url(own_redis.url) as client:
        client.set("theirs", "1")
        with redis.running() as first, redis.running() as second:
            assert first.url == own_redis.url
            assert first.prefix != second.prefix
            client.set(f"{first.prefix}queue", "1")
        assert client.keys() == [b"theirs"]


def test_only_own_databases_are_used_on_a_given_postgresql(
    postgresql_server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", postgresql_server.url)

    def databases() -> set[str]:
        with psycopg.connect(postgresql_server.url) as connection:
            return {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}

    before = databases()
    with postgresql.running() as server, server.database() as one, server.database() as other:
        assert server.url == postgresql_server.url
        assert len(databases() - before) == 2
        assert one != other
    assert databases() == before


def test_environment_of_this_machine_does_not_reach_tests() -> None:
    code = (
        "import os, tests.settings as s\n"
        "from celery import current_app\n"
        "import jobsearch.celery\n"
        "told = f'{s.DATABASES} {s.CACHES} {s.SEARCH_URL} {s.NAV_FEED_TOKEN} {dict(os.environ)} '\n"
        "conf = jobsearch.celery.app.conf\n"
        "told += f'{conf.broker_url} {conf.broker_read_url} {conf.broker_write_url} {conf.result_backend}'\n"
        "assert 'production' not in told, told\n"
        "assert 'pool' not in s.DATABASES['default']['OPTIONS']\n"
    )
    environment = {**os.environ, **_OUTSIDE, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    for name in [name for name in environment if name.startswith("TEST_")]:
        del environment[name]
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
