"""Health check of Celery's broker by a trial write: finds one that is down, refuses us, or is full.

Reading alone is not enough: a Redis at its `maxmemory` and a folder on a full disk can be read, but accept no task.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from kombu.connection import Connection

TIMEOUT_SECONDS = 1
"""Kombu's default outlasts most health checks."""
CACHE_SECONDS = 10.0
"""How long a process reuses a result: each open overview needs one every few seconds, and a hanging Redis costs the time-out."""
_TRIAL_BYTES = 4096
_MAX_DETAIL = 200  # characters


@dataclass(frozen=True, slots=True)
class BrokerHealth:
    """Whether the broker accepts a task. `name` has no password, `detail` is the broker's own error message."""

    ok: bool
    name: str
    detail: str = ""


_cached: tuple[float, str, BrokerHealth] | None = None


def get_broker_health() -> BrokerHealth:
    """The broker's health, at most `CACHE_SECONDS` old."""
    global _cached
    key, now = f"{settings.CELERY_BROKER_URL} {_get_options()}", time.monotonic()
    if _cached is None or _cached[1] != key or now - _cached[0] >= CACHE_SECONDS:
        _cached = (now, key, check_broker())
    return _cached[2]


def forget() -> None:
    """Empties the cache: the next call of `get_broker_health` checks the broker."""
    global _cached
    _cached = None


def check_broker() -> BrokerHealth:
    """Writes to the broker and reports whether it could."""
    options = _get_options()
    folder = options.get("data_folder_in")
    return _check_folder(str(folder)) if folder else _check_redis(options)


def _get_options() -> dict[str, Any]:
    return dict(getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}))


def _check_folder(folder: str) -> BrokerHealth:
    name = f"filesystem://{folder}"
    try:
        # Without a name, so that no worker can see the file and nothing is left of it.
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * _TRIAL_BYTES)
            file.flush()
    except OSError as error:
        return BrokerHealth(False, name, os.strerror(error.errno) if error.errno else type(error).__name__)
    return BrokerHealth(True, name)


def _check_redis(options: dict[str, Any]) -> BrokerHealth:
    from redis.exceptions import NoPermissionError  # 7 MB, which a broker on the file system does not need

    options |= {"socket_connect_timeout": TIMEOUT_SECONDS, "socket_timeout": TIMEOUT_SECONDS, "max_retries": 0}
    ssl = getattr(settings, "CELERY_BROKER_USE_SSL", False)
    with Connection(settings.CELERY_BROKER_URL, ssl=ssl, connect_timeout=TIMEOUT_SECONDS, transport_options=options) as broker:
        name = broker.as_uri()  # with stars for the password
        try:
            broker.connect()
            channel: Any = broker.channel()  # the stub's channel is an abstract one
            # The user of a Redis with access rules may be allowed the queues' keys alone: then its answer is enough.
            with contextlib.suppress(NoPermissionError):
                channel.client.set("utlyst-trial", b"\0" * _TRIAL_BYTES, ex=10)
            channel.close()
        except Exception as error:  # kombu's, redis's and the socket's
            detail = f"{type(error).__name__}: {' '.join(str(error).split())}"
            return BrokerHealth(False, name, detail[:_MAX_DETAIL])
    return BrokerHealth(True, name)
