"""Incidents: each problem from its beginning to its end, and which alarms are due about it.

An alarm is sent once when a problem was found twice, a minute apart, and once when it has been gone for some minutes. So a
restart sends nothing, and a problem that comes and goes sends one alarm.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from jobsearch.admin_dashboard.models import Incident
from jobsearch.admin_dashboard.problems import Problem

CHECKS_TO_ALARM = 2
GONE = dt.timedelta(minutes=3)
KEPT = dt.timedelta(days=400)
MAX_ATTEMPTS = 10
"""Failed attempts to send one alarm, a minute apart, after which it is given up."""
MAX_TITLE = 300


def record_problems(problems: Sequence[Problem], now: dt.datetime) -> None:
    """Opens an incident for each new problem, and ends those whose problem has been gone for some minutes."""
    found = {problem.code: problem for problem in problems}
    open_incidents = {one.code: one for one in Incident.objects.filter(ended__isnull=True)}
    for code, problem in found.items():
        values = {"severity": problem.severity.key, "title": problem.title[:MAX_TITLE], "last_seen": now}
        if incident := open_incidents.get(code):
            is_alarm = incident.is_alarm or problem.is_alarm
            Incident.objects.filter(pk=incident.pk).update(checks=F("checks") + 1, is_alarm=is_alarm, **values)
        else:
            started = min(problem.since or now, now)
            try:
                with transaction.atomic():
                    Incident.objects.create(code=code, started=started, is_alarm=problem.is_alarm, **values)
            except IntegrityError:
                continue  # another process has opened it at this moment
    ended = Incident.objects.filter(ended__isnull=True, last_seen__lte=now - GONE).exclude(code__in=found)
    ended.update(ended=F("last_seen"), attempts=0)
    Incident.objects.filter(ended__lt=now - KEPT).delete()


def claim_alarm(now: dt.datetime) -> Incident | None:
    """The next incident about whose beginning or end an alarm is due; None for none. At most one process gets it."""
    begins = Q(announced__isnull=True, ended__isnull=True, checks__gte=CHECKS_TO_ALARM)
    ends = Q(announced__isnull=False, ended__isnull=False, end_announced__isnull=True)
    for incident in Incident.objects.filter(begins | ends, is_alarm=True, attempts__lt=MAX_ATTEMPTS).order_by("started")[:20]:
        column = "end_announced" if incident.ended else "announced"
        unclaimed = Incident.objects.filter(pk=incident.pk, **{f"{column}__isnull": True})
        if unclaimed.update(**{column: now}):
            setattr(incident, column, now)
            return incident
    return None


def release_alarm(incident: Incident) -> None:
    """Makes an alarm that could not be sent due again."""
    column = "end_announced" if incident.ended else "announced"
    Incident.objects.filter(pk=incident.pk).update(attempts=F("attempts") + 1, **{column: None})


def list_latest() -> list[Incident]:
    """The latest 100 incidents, open and ended, the newest first."""
    return list(Incident.objects.order_by("-started")[:100])
