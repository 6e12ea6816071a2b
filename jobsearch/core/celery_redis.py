"""Redis as Celery's broker, so that a worker outlives the broker's restart in the midst of a task."""

from __future__ import annotations

from typing import Any

from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(kombu_redis.Channel):
    """Kombu's, with an error that its callers know.

    A connection that is lost while a task is under way is closed, and the task's message is acknowledged on it later. Kombu
    asks the closed connection for its address then, and the AttributeError that comes of it ends the worker.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if getattr(self.connection, "client", None) is None:
            raise RedisConnectionError("This connection to the broker is closed.")
        return super()._connparams(asynchronous=asynchronous)


class Transport(kombu_redis.Transport):
    Channel = Channel
