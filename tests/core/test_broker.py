"""Health check of the broker: a folder and a Redis that are down, refuse us, or are full."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest
import redis

from jobsearch.core import broker
from tests.servers.redis import OwnRedis


@pytest.fixture
def on_redis(settings, own_redis: OwnRedis) -> OwnRedis:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    settings.CELERY_BROKER_URL = own_redis.url
    return own_redis


def test_a_folder_that_can_be_written(settings, tmp_path: Path) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    assert broker.check_broker() == broker.BrokerHealth(True, f"filesystem://{tmp_path}")
    assert list(tmp_path.iterdir()) == [], "nothing that a worker could take for a task"


def test_a_folder_that_is_missing(settings, tmp_path: Path) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "gone")}
    health = broker.check_broker()
    assert (health.ok, health.detail) == (False, "No such file or directory")


class FullDisk(io.BytesIO):
    """A file on a full disk."""

    def write(self, _data: object) -> int:
        raise OSError(errno.ENOSPC, "full")


def test_a_folder_on_a_full_disk(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_options: FullDisk())
    health = broker.check_broker()
    assert (health.ok, health.detail) == (False, "No space left on device")


def test_a_redis_that_answers_leaves_no_message(on_redis: OwnRedis) -> None:
    assert broker.check_broker().ok


def test_a_redis_without_memory_can_be_read_but_not_written(on_redis: OwnRedis) -> None:
    with redis.Redis.from_url(on_redis.url) as client:
        client.config_set("maxmemory", 1)
    health = broker.check_broker()
    assert not health.ok
    assert "maxmemory" in health.detail


def test_a_redis_that_is_down(on_redis: OwnRedis) -> None:
    on_redis.kill()
    health = broker.check_broker()
    assert not health.ok
    assert "ConnectionError" in health.detail or "OperationalError" in health.detail


def test_a_wrong_password_is_explained_without_the_password(on_redis: OwnRedis, settings) -> None:
    with redis.Redis.from_url(on_redis.url) as client:
        client.config_set("requirepass", "the right one")
    settings.CELERY_BROKER_URL = on_redis.url.replace("redis://", "redis://:hemmelig@")
    health = broker.check_broker()
    assert not health.ok
    assert "hemmelig" not in f"{health.name} {health.detail}"
    assert "**" in health.name


def test_a_result_is_reused_until_the_settings_change(settings, tmp_path: Path) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    first = broker.get_broker_health()
    assert broker.get_broker_health() is first
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "gone")}
    assert not broker.get_broker_health().ok
