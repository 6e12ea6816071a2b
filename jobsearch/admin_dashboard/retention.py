"""Retention of tables that would grow for ever. The whole list of tables and their bounds is in docs/operations.md."""

from __future__ import annotations

import datetime as dt

from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.utils import timezone

from ingest.models import Run
from jobsearch.search import api as search

RUN_DAYS = 14  # a run that ended is deleted by the next sync after as long (`ingest.sync.RUNS_KEPT`); these never ended
ADMIN_LOG_DAYS = 400  # who hid or closed what: long enough for last year's question
THREAD_FAILURE_DAYS = 1


def delete_old_rows(now: dt.datetime | None = None) -> dict[str, int]:
    """Deletes what is past its time; returns how many rows of each table, but for sessions, which Django does not count."""
    now = now or timezone.now()
    call_command("clearsessions", verbosity=0)
    runs = Run.objects.filter(started__lt=now - dt.timedelta(days=RUN_DAYS), finished__isnull=True)
    entries = LogEntry.objects.filter(action_time__lt=now - dt.timedelta(days=ADMIN_LOG_DAYS))
    failures = search.ThreadFailure.objects.filter(last__lt=now - dt.timedelta(days=THREAD_FAILURE_DAYS))
    return {"runs": runs.delete()[0], "admin_log": entries.delete()[0], "thread_failures": failures.delete()[0]}
