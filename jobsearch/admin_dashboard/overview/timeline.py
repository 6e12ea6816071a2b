"""Timeline of the overview: jobs and incidents, the newest first, with runs of uneventful jobs folded to one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ingest.error_messages import describe_error
from ingest.models import FeedJob
from jobsearch.admin_dashboard.models import Incident
from jobsearch.admin_dashboard.problems import SEVERITIES, Severity
from jobsearch.admin_dashboard.problems.base import BROKEN, OK
from jobsearch.admin_dashboard.report_texts import describe_outcome, format_number
from jobsearch.admin_dashboard.time_formats import format_moment
from jobsearch.core import jobs
from jobsearch.core.models import Job

MAX_JOBS, MAX_ENTRIES = 400, 30
_ROUTINE = {FeedJob.SYNC, FeedJob.RECHECK, FeedJob.REPLAY}
_COLUMNS = ("pk", "kind", "state", "requested_by", "started", "finished", "result", "error_code", "error_detail")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `url` is "" where there is nothing to open."""

    time: dt.datetime
    when: str
    severity: Severity
    text: str
    detail: str = ""
    url: str = ""


def build_timeline(incidents: Sequence[Incident], now: dt.datetime) -> list[Entry]:
    """The last day, or less where very many jobs ran."""
    since = now - dt.timedelta(days=1)
    finished = Job.objects.filter(started__gte=since, finished__isnull=False).only(*_COLUMNS).order_by("-started")[:MAX_JOBS]
    entries: list[Entry] = []
    for key, group in groupby(finished, _find_fold):
        found = list(group)
        if key is None or len(found) == 1:
            entries += [_describe_job(job, now) for job in found]
        else:
            entries.append(_fold(found, now))
    entries += [entry for incident in incidents for entry in _describe_incident(incident, now) if entry.time >= since]
    entries.sort(key=lambda entry: entry.time, reverse=True)
    return entries[:MAX_ENTRIES]


def _find_fold(job: Job) -> str | None:
    """What neighbouring jobs must have in common to be folded; None for a job that is shown alone."""
    if job.requested_by or job.kind not in _ROUTINE:
        return None
    return f"error {job.error_code}" if job.error_code else job.state


def _fold(found: Sequence[Job], now: dt.datetime) -> Entry:
    first, last = found[-1], found[0]
    number = {"n": format_number(len(found)), "time": format_moment(first.started, now)}
    moment = last.finished or last.started
    when = format_moment(moment, now)
    if last.error_code:
        text = ngettext("%(n)s mislykket runde siden %(time)s", "%(n)s mislykkede runder siden %(time)s", len(found)) % number
        return Entry(moment, when, BROKEN, text, describe_error(last.error_code, last.error_detail), _job_url(last))
    sums = {name: sum(job.result.get(name, 0) for job in found) for name in ("new", "updated", "closed")}
    changes = [
        ngettext("%(n)s ny", "%(n)s nye", sums["new"]) % {"n": format_number(sums["new"])} if sums["new"] else "",
        _("%(n)s endret") % {"n": format_number(sums["updated"])} if sums["updated"] else "",
        _("%(n)s lukket") % {"n": format_number(sums["closed"])} if sums["closed"] else "",
    ]
    text = ngettext("%(n)s runde uten feil siden %(time)s", "%(n)s runder uten feil siden %(time)s", len(found)) % number
    return Entry(moment, when, OK, text, ", ".join(filter(None, changes)) or _("ingenting nytt"))


def _describe_job(job: Job, now: dt.datetime) -> Entry:
    moment = job.finished or job.started
    severity = BROKEN if job.state == Job.State.FAILED else OK
    text = jobs.get_label(job)
    if job.requested_by:
        text = _("%(work)s, bedt om av %(who)s") % {"work": text, "who": job.requested_by}
    state = "" if job.state == Job.State.DONE else f"{job.get_state_display()}. "
    return Entry(moment, format_moment(moment, now), severity, text, f"{state}{describe_outcome(job)}", _job_url(job))


def _describe_incident(incident: Incident, now: dt.datetime) -> list[Entry]:
    severity = SEVERITIES.get(incident.severity, BROKEN)
    started = Entry(incident.started, format_moment(incident.started, now), severity, incident.title)
    if incident.ended is None:
        return [started]
    over = _("Løst: %(title)s") % {"title": incident.title}
    return [started, Entry(incident.ended, format_moment(incident.ended, now), OK, over)]


def _job_url(job: Job) -> str:
    return reverse("admin:ingest_run_change", args=[job.pk])
