"""Celery's Redis transport, with a fix that lets a worker survive a restart of the broker during a task."""

from __future__ import annotations

from typing import Any

from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(kombu_redis.Channel):
    """Kombu's channel, with an exception that its callers handle.

    A connection that is lost during a task is closed, and the task's message is acknowledged on it later. Kombu then reads
    the address of the closed connection, and the resulting AttributeError ends the worker.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if getattr(self.connection, "client", None) is None:
            raise RedisConnectionError("This connection to the broker is closed.")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc,no-any-return]  # not in kombu's stub


class Transport(kombu_redis.Transport):
    """Kombu's Redis transport with the channel above."""

    Channel = Channel
