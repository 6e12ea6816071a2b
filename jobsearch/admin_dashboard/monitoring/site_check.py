"""Monitoring of the site, each minute: takes a sample, records incidents, and sends the alarms that are due.

A Celery task does it. Where no worker runs, a thread of a web process does it: otherwise a dead worker would raise no alarm.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time

from django.db import DatabaseError, connections
from django.utils import timezone

from jobsearch.admin_dashboard.facts.site_facts import load_facts
from jobsearch.admin_dashboard.models import Sample
from jobsearch.admin_dashboard.problems import find_problems
from jobsearch.core import heartbeats
from jobsearch.core.leases import Lease, LeaseError

from . import alarms, incidents, samples

log = logging.getLogger(__name__)
LEASE_NAME, LEASE_SECONDS = "watch", 90
CHECK_SECONDS = 60
TASK_LATE = dt.timedelta(minutes=3)
"""Age of the newest sample from which a web process does the task's work."""


def check_site(now: dt.datetime | None = None) -> bool:
    """One check. Returns False where another process does it now."""
    try:
        with Lease(LEASE_NAME, seconds=LEASE_SECONDS), alarms.use_site_language():
            facts = load_facts(now)
            problems = find_problems(facts)
            samples.take_sample(facts)
            incidents.record_problems(problems, facts.now)
            alarms.send_alarms({problem.code: problem for problem in problems}, facts.now)
            heartbeats.delete_old(facts.now)
    except LeaseError:
        return False
    return True


def check_site_if_late(now: dt.datetime | None = None) -> bool:
    """One check, unless the task has taken a sample lately. Returns whether it was done."""
    now = now or timezone.now()
    newest = Sample.objects.filter(period=Sample.Period.MINUTE).order_by("-moment").values_list("moment", flat=True).first()
    if newest is not None and now - newest < TASK_LATE:
        return False
    return check_site(now)


def start_monitoring() -> None:
    """Starts the thread of a web process that checks the site where no worker does."""
    threading.Thread(target=_monitor_forever, name="monitoring", daemon=True).start()


def _monitor_forever() -> None:
    while True:
        time.sleep(CHECK_SECONDS)
        try:
            check_site_if_late()
        except DatabaseError as error:
            log.warning("The site could not be checked (%s).", type(error).__name__)
        except Exception:  # any error: the next check must run
            log.exception("The site could not be checked.")
        connections.close_all()
