"""Heartbeats: workers and beat store a time every few seconds, so that any process can read which of them run.

In the database, not by Celery's remote control, which needs a broker that answers and a second for each query.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
from collections.abc import Sequence

from django.db import DatabaseError
from django.utils import timezone

from .models import Heartbeat

log = logging.getLogger(__name__)
BEAT_SECONDS = 15
ALIVE = dt.timedelta(seconds=90)
"""Age of a heartbeat up to which its process counts as running: a database that is busy for a minute delays some."""
KEPT = dt.timedelta(days=7)
"""How long the row of a process that has ended is kept: it states since when none runs."""
_started = timezone.now()


def record(role: Heartbeat.Role, queues: Sequence[str] = ()) -> None:
    """Stores that this process runs now. A database error is only logged: the next heartbeat is due in seconds."""
    name = f"{role} {socket.gethostname()[:120]} {os.getpid()}"
    now = timezone.now()
    try:
        Heartbeat.objects.update_or_create(
            name=name, defaults={"role": role, "queues": sorted(queues), "started": _started, "seen": now}
        )
    except DatabaseError as error:
        log.warning("The heartbeat could not be written (%s).", type(error).__name__)


def delete_old(now: dt.datetime) -> None:
    """Deletes rows of processes that ended long ago, but never the newest of a role, which states since when none runs."""
    for role in Heartbeat.Role:
        newest = Heartbeat.objects.filter(role=role).order_by("-seen").values_list("pk", flat=True).first()
        Heartbeat.objects.filter(role=role, seen__lt=now - KEPT).exclude(pk=newest).delete()
