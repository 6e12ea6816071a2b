"""Watch of the site, each minute: a sample, the incidents, and the alarms that are due.

A Celery task does it. Where no worker runs, a thread of a web process does, or a dead worker would raise no alarm.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time

from django.db import DatabaseError, connections
from django.utils import timezone

from jobsearch.core import heartbeats
from jobsearch.core.leases import Lease, LeaseError

from . import alarms, incidents, samples
from .facts import load_facts
from .models import Sample
from .problems import find_problems

log = logging.getLogger(__name__)
LEASE_NAME, LEASE_SECONDS = "watch", 90
CHECK_SECONDS = 60
TASK_LATE = dt.timedelta(minutes=3)
"""Age of the newest sample from which a web process does the task's work."""


def watch(now: dt.datetime | None = None) -> bool:
    """One round. Returns False where another process does it now."""
    try:
        with Lease(LEASE_NAME, seconds=LEASE_SECONDS), alarms.in_site_language():
            facts = load_facts(now)
            problems = find_problems(facts)
            samples.take_sample(facts)
            incidents.record_problems(problems, facts.now)
            alarms.send_alarms({problem.code: problem for problem in problems}, facts.now)
            heartbeats.delete_old(facts.now)
    except LeaseError:
        return False
    return True


def watch_if_late(now: dt.datetime | None = None) -> bool:
    """One round, unless the task has taken a sample lately. Whether it was done."""
    now = now or timezone.now()
    newest = Sample.objects.filter(period=Sample.Period.MINUTE).order_by("-moment").values_list("moment", flat=True).first()
    if newest is not None and now - newest < TASK_LATE:
        return False
    return watch(now)


def start_watching() -> None:
    """Starts the thread of a web process that watches where no worker does."""
    threading.Thread(target=_watch_forever, name="watch", daemon=True).start()


def _watch_forever() -> None:
    while True:
        time.sleep(CHECK_SECONDS)
        try:
            watch_if_late()
        except DatabaseError as error:
            log.warning("The site could not be watched (%s).", type(error).__name__)
        except Exception:  # any error: the next round must run
            log.exception("The site could not be watched.")
        connections.close_all()
