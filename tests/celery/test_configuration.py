"""Celery settings that depend on each other."""

from __future__ import annotations

import importlib
import os

import pytest
from celery import current_app
from django.conf import settings
from kombu.utils.url import parse_url

from jobsearch import env

OURS = sorted(name for name in ("ingest", "jobsearch"))


@pytest.fixture(scope="module")
def tasks() -> list[str]:
    current_app.loader.import_default_modules()
    return sorted(name for name in current_app.tasks if name.split(".")[0] in OURS)


@pytest.fixture
def redis_settings(monkeypatch: pytest.MonkeyPatch):
    """The project's settings with a Redis broker."""
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:6399/0")
    module = importlib.import_module("jobsearch.settings")
    spec = module.__spec__
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    return fresh


def test_every_task_has_a_route(tasks: list[str]) -> None:
    names = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert tasks
    for task in tasks:
        route = current_app.amqp.router.route({}, task)
        assert route["queue"].name in names
        assert any(task == rule or task.startswith(rule.rstrip("*")) for rule in settings.CELERY_TASK_ROUTES), task


def test_each_queue_has_its_own_exchange() -> None:
    assert len({queue.exchange.name for queue in settings.CELERY_TASK_QUEUES}) == len(settings.CELERY_TASK_QUEUES)
    assert all(queue.routing_key == queue.name == queue.exchange.name for queue in settings.CELERY_TASK_QUEUES)


def test_urgent_tasks_are_not_in_the_feeds_queue(tasks: list[str]) -> None:
    queue_of = {task: current_app.amqp.router.route({}, task)["queue"].name for task in tasks}
    assert queue_of["jobsearch.vacancies.tasks.close_expired"] != queue_of["ingest.tasks.follow_feed"]
    assert queue_of["jobsearch.search.tasks.index_changes"] != queue_of["ingest.tasks.follow_feed"]


def test_the_visibility_timeout_is_longer_than_any_task(redis_settings) -> None:
    visibility = redis_settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert redis_settings.CELERY_TASK_SOFT_TIME_LIMIT < redis_settings.CELERY_TASK_TIME_LIMIT < visibility


def test_a_scheduled_message_expires_when_the_next_one_is_due_or_after_five_seconds(tasks: list[str]) -> None:
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in tasks, f"{name} names a task that is not there"
        # The broker on the file system is read once a second: a message must live longer than that.
        assert entry["options"]["expires"] <= max(entry["schedule"], 5)


def test_task_results_are_ignored() -> None:
    assert current_app.conf.task_ignore_result
    assert not current_app.conf.result_backend
    assert "CELERY_RESULT_BACKEND" not in os.environ


def test_the_cache_has_a_key_prefix_in_a_shared_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_URL", "redis://127.0.0.1:6399/1")
    cache = env.cache("CACHE_URL", "locmem://")
    assert cache["KEY_PREFIX"]
    assert parse_url(str(cache["LOCATION"]))["virtual_host"] == "1"
