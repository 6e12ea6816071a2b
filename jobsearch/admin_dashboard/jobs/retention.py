"""Retention: deletes old rows of tables that would otherwise grow without limit. docs/operations.md lists all tables."""

from __future__ import annotations

import datetime as dt

from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.utils import timezone

from ingest.models import SeenLine
from jobsearch.accounts import limits, sessions
from jobsearch.admin_dashboard.personal_data import select_nameless_accounts
from jobsearch.core import jobs
from jobsearch.search.models import ThreadFailure
from jobsearch.search.usage import delete_old_usage
from jobsearch.vacancies.deletion_models import Purge

ADMIN_LOG_DAYS = 400  # who hid or closed an ad: long enough to look up last year's decisions
THREAD_FAILURE_DAYS = 1
SEEN_LINE_DAYS = 200  # an ad is published for six months at most
PURGE_DAYS = 800  # proof of last year's deletions, until the year after


def delete_old_rows(now: dt.datetime | None = None) -> dict[str, int]:
    """Deletes old rows. Returns how many of each table, except of sessions, which Django does not count."""
    now = now or timezone.now()
    call_command("clearsessions", verbosity=0)
    sessions.delete_ended_sessions()
    limits.delete_old_counts()
    entries = LogEntry.objects.filter(action_time__lt=now - dt.timedelta(days=ADMIN_LOG_DAYS))
    failures = ThreadFailure.objects.filter(last__lt=now - dt.timedelta(days=THREAD_FAILURE_DAYS))
    runs = jobs.delete_old_jobs(now)
    admin_log = entries.delete()[0]
    select_nameless_accounts().filter(logentry=None).delete()
    lines = SeenLine.objects.filter(read_at__lt=now - dt.timedelta(days=SEEN_LINE_DAYS))
    purges = Purge.objects.filter(moment__lt=now - dt.timedelta(days=PURGE_DAYS))
    return {
        "runs": runs,
        "admin_log": admin_log,
        "thread_failures": failures.delete()[0],
        "lines_seen": lines.delete()[0],
        "purges": purges.delete()[0],
        "search_usage": delete_old_usage(now),
    }
