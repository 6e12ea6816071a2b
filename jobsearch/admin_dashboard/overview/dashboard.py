"""Overview of the admin: verdict, problems, figures, timeline and facts. Reads only, with few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from jobsearch.admin_dashboard.facts.site_facts import Facts, load_facts
from jobsearch.admin_dashboard.jobs.kinds import can_start, list_actions
from jobsearch.admin_dashboard.models import Incident, Sample
from jobsearch.admin_dashboard.monitoring import samples
from jobsearch.admin_dashboard.monitoring.incidents import list_latest
from jobsearch.admin_dashboard.problems import BROKEN, OK, UNKNOWN, Problem, Severity, find_problems
from jobsearch.admin_dashboard.report_texts import ProgressText, describe_outcome, describe_progress, format_duration
from jobsearch.admin_dashboard.time_formats import format_moment, format_since
from jobsearch.core import jobs
from jobsearch.core.jobs import ACTIONS, JobAction
from jobsearch.core.models import Job

from .charts import DAY, MONTH, Chart, build_day_charts, build_month_charts
from .sections import Section, build_sections
from .timeline import Entry, build_timeline

QUEUED_WITHOUT_WORKER = dt.timedelta(seconds=30)
"""After this time in the queue, a job is shown with the message that no worker takes it."""
SAMPLES_MISSING = dt.timedelta(minutes=5)
"""A web process takes the samples where no worker does, three minutes late."""
PRIMARY_ACTION = "sync"


@dataclass(frozen=True, slots=True)
class ProblemCard:
    """A problem as the overview shows it. `action` only where this user may start it, `url` only with a link."""

    problem: Problem
    since: str
    action: JobAction | None
    url: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the overview shows it. `warning`: why it may never end. `can_cancel`: it can be cancelled."""

    job: Job
    label: str
    progress: ProgressText | None
    summary: str
    warning: str = ""
    can_cancel: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything that the overview shows. `severity` is the worst of its problems, `sentence` the verdict."""

    severity: Severity
    sentence: str
    details: Sequence[str]
    """Parts of the verdict after the sentence: when the feed was last read, and since when it is so."""
    cards: Sequence[ProblemCard]
    figures: Sequence[Chart]
    timeline: Sequence[Entry]
    running: Sequence[JobRow]
    primary: JobAction | None
    actions: Sequence[JobAction]
    sections: Sequence[Section]


def can_view(user: User | AnonymousUser) -> bool:
    """Whether this user may see the overview."""
    return bool(user.is_active and user.has_perm("ingest.view_run"))


def load_dashboard(user: User | AnonymousUser) -> Dashboard:
    """The whole overview, with the actions that this user may start."""
    facts = load_facts()
    incidents = list_latest()
    problems = find_problems(facts)
    minutes = samples.read_samples(Sample.Period.MINUTE, facts.now - DAY)
    present = (facts.now, samples.collect_states(facts))
    severity, sentence = judge(facts, problems)
    allowed = list_actions(user)
    return Dashboard(
        severity=severity,
        sentence=sentence,
        details=_list_details(facts, severity, problems, incidents, _find_last_gap([moment for moment, _values in minutes])),
        cards=[_make_card(problem, incidents, user, facts.now) for problem in problems],
        figures=build_day_charts([*minutes, present], facts.now),
        timeline=build_timeline(incidents, facts.now),
        running=_list_running(),
        primary=next((action for action in allowed if action.key == PRIMARY_ACTION), None),
        actions=[action for action in allowed if action.key != PRIMARY_ACTION],
        sections=build_sections(
            facts, samples.sum_counts(minutes, facts.now - dt.timedelta(hours=1)), samples.sum_counts(minutes, facts.now - DAY)
        ),
    )


def load_month() -> list[Chart]:
    """The lines of the last 30 days. On a page of their own: they change once an hour, the overview every few seconds."""
    now = timezone.now()
    return build_month_charts(samples.read_samples(Sample.Period.HOUR, now - MONTH), now)


def judge(facts: Facts, problems: Sequence[Problem]) -> tuple[Severity, str]:
    """The verdict. Never "in order" before the feed was read: nothing is known then."""
    if broken := sum(problem.severity is BROKEN for problem in problems):
        return BROKEN, ngettext("%(n)s problem krever handling.", "%(n)s problemer krever handling.", broken) % {"n": broken}
    if problems:
        watched = len(problems)
        sentence = ngettext("Følg med på %(n)s problem.", "Følg med på %(n)s problemer.", watched)
        return problems[0].severity, sentence % {"n": watched}
    if facts.feed.last_read is None:
        return UNKNOWN, gettext("Strømmen er ikke lest ennå. Les den nå, eller vent til neste runde.")
    return OK, gettext("Alt i orden.")


def _find_last_gap(moments: Sequence[dt.datetime]) -> dt.datetime | None:
    """When samples were taken again after minutes without any: the site was down, for which there is no incident."""
    pairs = zip(reversed(moments[:-1]), reversed(moments[1:]), strict=True)
    return next((later for earlier, later in pairs if later - earlier > SAMPLES_MISSING), None)


def _list_details(
    facts: Facts,
    severity: Severity,
    problems: Sequence[Problem],
    incidents: Sequence[Incident],
    up_again: dt.datetime | None,
) -> list[str]:
    details = []
    if facts.feed.waiting_since:
        since_when = format_moment(facts.feed.waiting_since, facts.now)
        details.append(gettext("Venter på svar fra strømmen siden %(time)s.") % {"time": since_when})
    elif facts.feed.following:
        details.append(gettext("Strømmen leses akkurat nå."))
    elif facts.feed.last_read:
        age = format_duration((facts.now - facts.feed.last_read).total_seconds())
        details.append(gettext("Oppdatert for %(age)s siden.") % {"age": age})
    since: dt.datetime | None = None
    if problems:
        since = min((moment for one in problems if (moment := _find_since(one, incidents))), default=None)
    elif severity is OK and not any(one.ended is None for one in incidents):
        state = facts.feed.state
        since = max((one.ended for one in incidents if one.ended), default=state.first_started if state else None)
        since = max(filter(None, (since, up_again)), default=None)
    if since:
        details.append(gettext("Slik har det vært siden %(time)s.") % {"time": format_moment(since, facts.now)})
    return details


def _find_since(problem: Problem, incidents: Sequence[Incident]) -> dt.datetime | None:
    started = next((one.started for one in incidents if one.code == problem.code and one.ended is None), None)
    return problem.since or started


def _make_card(problem: Problem, incidents: Sequence[Incident], user: User | AnonymousUser, now: dt.datetime) -> ProblemCard:
    action = ACTIONS.get(problem.action)
    return ProblemCard(
        problem,
        format_since(_find_since(problem, incidents), now),
        action if action and can_start(user, action) else None,
        reverse(problem.link[0]) if problem.link else "",
    )


def _list_running() -> list[JobRow]:
    """Queued and running jobs."""
    rows = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING], finished__isnull=True).order_by("-started")[:20]
    running = [_job_row(job) for job in rows]
    if any(row.job.state == Job.State.RUNNING and not row.warning for row in running):
        # A worker is busy, so queued jobs wait for their turn and not for a missing worker.
        queued = Job.State.QUEUED
        running = [replace(row, warning="", can_cancel=False) if row.job.state == queued else row for row in running]
    return running


def _job_row(job: Job) -> JobRow:
    warning = ""
    waited = timezone.now() - job.started
    if job.state == Job.State.QUEUED and waited > QUEUED_WITHOUT_WORKER:
        warning = gettext(
            "Ingen bakgrunnsprosess (Celery) har startet jobben etter %(time)s. Start en med «celery --app jobsearch worker», "
            "eller hele nettstedet med «manage.py start»."
        ) % {"time": format_duration(waited.total_seconds())}
    elif job.state == Job.State.RUNNING and jobs.is_interrupted(job):
        warning = gettext("Ingen livstegn: prosessen som gjorde dette, er trolig borte. Sett det i gang på nytt.")
    label, progress, summary = jobs.get_label(job), describe_progress(job), describe_outcome(job)
    return JobRow(job, label, progress, summary, warning, can_cancel=bool(warning))
