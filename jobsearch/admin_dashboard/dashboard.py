"""Admin dashboard: the state of feed, detail queue, ads and index. Reads only.

Each of the four is a panel with a sentence, numbers and buttons.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ingest import status as feed_status
from ingest.error_messages import describe_code
from ingest.models import DetailTask, FeedState
from jobsearch.core import jobs
from jobsearch.core.jobs import ACTIONS, JobAction
from jobsearch.core.models import Job
from jobsearch.search import api as search
from jobsearch.vacancies.models import Moderation, Vacancy
from jobsearch.vacancies.visibility import expired_condition

from .error_counts import count_errors
from .jobs import can_start
from .report_texts import ProgressText, describe_outcome, describe_progress, format_duration, format_number

SLOW_ERASURE = dt.timedelta(minutes=5)
"""NAV's terms: contacts and texts of a closed ad are deleted within this time."""
INDEX_BEHIND = 500
QUEUED_WITHOUT_WORKER = dt.timedelta(seconds=30)
"""After this time in the queue, a job is shown with the message that no worker takes it."""


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity of a panel, shown by symbol, label and colour together, so that none of them alone carries the meaning."""

    key: str
    symbol: str
    label: Any


OK = Severity("ok", "●", _("I orden"))
WATCH = Severity("watch", "▲", _("Følg med"))
BROKEN = Severity("broken", "■", _("Feil"))
UNKNOWN = Severity("unknown", "○", _("Ukjent"))
_WORST = (BROKEN, WATCH, UNKNOWN, OK)


@dataclass(slots=True)
class Panel:
    """Panel of the dashboard. `problems` are sentences; `actions` the buttons; `links` lead to lists, as (URL, text)."""

    key: str
    title: Any
    severity: Severity
    sentence: str
    problems: list[str] = field(default_factory=list)
    numbers: list[tuple[Any, str]] = field(default_factory=list)
    actions: list[JobAction] = field(default_factory=list)
    links: list[tuple[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the dashboard shows it. `warning`: why it may never end. `can_cancel`: it can be cancelled."""

    job: Job
    label: str
    progress: ProgressText | None
    summary: str
    warning: str = ""
    can_cancel: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything that the dashboard shows. `severity` is the worst of its panels, `sentence` their summary."""

    severity: Severity
    sentence: str
    panels: Sequence[Panel]
    running: Sequence[JobRow]
    latest: Sequence[JobRow]


def can_view(user: User | AnonymousUser) -> bool:
    """Whether this user may see the dashboard."""
    return bool(user.is_active and user.has_perm("ingest.view_run"))


def load_dashboard(user: User | AnonymousUser) -> Dashboard:
    """The whole dashboard, with the buttons that this user may use."""
    facts = feed_status.status()
    panels = [_feed(facts), _details(facts), _ads(), _index()]
    for panel in panels:
        panel.actions = [action for action in panel.actions if can_start(user, action)]
    severity = next(severity for severity in _WORST if any(panel.severity is severity for panel in panels))
    bad = [panel for panel in panels if panel.severity in (BROKEN, WATCH)]
    if bad:
        sentence = ngettext("%(n)s problem krever handling.", "%(n)s problemer krever handling.", len(bad)) % {"n": len(bad)}
    elif severity is UNKNOWN:
        sentence = " ".join(panel.sentence for panel in panels if panel.severity is UNKNOWN)
    else:
        sentence = gettext("Alt i orden.")
    running, latest = _job_rows()
    return Dashboard(severity, sentence, panels, running, latest)


def _feed(facts: feed_status.Status) -> Panel:
    state = FeedState.objects.filter(id=1).first()
    severity, sentence = OK, gettext("Oppdatert. Ingen forsinkelse.")
    if state and state.error_code:
        severity, sentence = BROKEN, gettext("Strømmen lar seg ikke lese nå.")
    elif state is None or facts.last_read is None:
        severity, sentence = UNKNOWN, gettext("Strømmen er ikke lest ennå. Les den nå, eller vent til neste runde.")
        if state and timezone.now() - state.first_started > feed_status.late_after():
            severity = BROKEN  # it should have been read by now
    elif timezone.now() - facts.last_read > feed_status.late_after():
        severity, sentence = BROKEN, gettext("Strømmen leses ikke. Sjekk at Celerys arbeider og beat går.")
    elif facts.problems:
        severity, sentence = WATCH, gettext("Strømmen leses, men noe er ikke som det skal.")
    elif facts.following:
        sentence = gettext("Strømmen leses akkurat nå.")
    panel = Panel("feed", _("Strømmen fra NAV"), severity, sentence, actions=_actions("sync", "replay"))
    # Where the feed was never read, the sentence says so already.
    panel.problems = [] if severity is UNKNOWN else facts.problems
    panel.numbers = [
        (_("Nyeste linje"), format_age(facts.newest_line)),
        (_("Etterslep"), format_duration(facts.lag.total_seconds()) if facts.lag is not None else "–"),
        (_("Sist lest"), format_age(facts.last_read)),
        (_("Siste kjøring"), _last_run(facts.last_run)),
        (_("Adresse"), state.origin if state else str(settings.NAV_FEED_URL)),
        (_("Tokenet utløper"), date_format(timezone.localtime(facts.token_expires), "j.n.Y H:i") if facts.token_expires else "–"),
        (_("Neste side"), state.page_id if state and state.page_id else "–"),
    ]
    panel.links = [(reverse("admin:ingest_feedstate_changelist"), _("Hele tilstanden"))]
    return panel


def _details(facts: feed_status.Status) -> Panel:
    severity, sentence = OK, gettext("Ingen detaljer venter.")
    if facts.quarantined:
        severity = WATCH
        sentence = ngettext(
            "%(n)s annonse står i karantene, fordi den ikke lar seg hente.",
            "%(n)s annonser står i karantene, fordi de ikke lar seg hente.",
            facts.quarantined,
        ) % {"n": format_number(facts.quarantined)}
    elif facts.deferred:
        sentence = gettext("Noen detaljer prøves igjen etter en pause. Det går som regel over.")
    elif facts.waiting:
        sentence = gettext("Detaljer hentes fortløpende, de nyeste først.")
    severity = WATCH if facts.queue_problems else severity
    panel = Panel("details", _("Detaljer som skal hentes"), severity, sentence, facts.queue_problems)
    panel.numbers = [
        (_("Venter"), format_number(facts.waiting)),
        (_("Utsatt"), format_number(facts.deferred)),
        (_("I karantene"), format_number(facts.quarantined)),
    ]
    if facts.deferred or facts.quarantined:
        panel.actions = _actions("retry")
        panel.numbers += [(f"– {describe_code(code)}", format_number(count)) for code, count in count_errors()[:5]]
    if facts.oldest_waiting:
        panel.numbers.append((_("Eldste i køen"), format_age(facts.oldest_waiting)))
    url = reverse("admin:ingest_detailtask_changelist")
    panel.links = [(url, _("Hele køen"))]
    if facts.quarantined:
        panel.links.append((f"{url}?state__exact={DetailTask.State.QUARANTINED}", _("Karantenen")))
    return panel


def _ads() -> Panel:
    now = timezone.now()
    active = Vacancy.objects.active(now).count()
    closed = Vacancy.objects.filter(status=Vacancy.Status.INACTIVE).count()
    due = Vacancy.objects.filter(expired_condition(now))
    to_erase = due.count()
    old = Vacancy.objects.filter(closed_at__lt=now - dt.timedelta(days=settings.RETENTION_DAYS)).count()
    severity, sentence = OK, gettext("Databasen holder det den skal, og ikke mer.")
    problems = []
    if not active and not closed:
        severity, sentence = UNKNOWN, gettext("Databasen er tom.")
    if due.filter(visible_until__lte=now - SLOW_ERASURE).exists():
        severity, sentence = BROKEN, gettext("Utløpte annonser har ikke mistet kontaktene sine.")
        problems.append(gettext("De er ute av syne, men skal slettes innen fem minutter. Sjekk at Celerys arbeider og beat går."))
    panel = Panel("record", _("Annonsene"), severity, sentence, problems)
    hidden = Moderation.objects.filter(hidden=True).count()
    panel.numbers = [
        (_("Aktive"), format_number(active)),
        (_("Lukket, slettes etter %(days)s dager") % {"days": settings.RETENTION_DAYS}, format_number(closed)),
        (_("Utløpt, skal slettes nå"), format_number(to_erase)),
        (_("Slettes permanent nå"), format_number(old)),
        (_("Skjult av oss"), format_number(hidden)),
    ]
    panel.links = [
        (reverse("admin:vacancies_vacancy_changelist"), _("Alle annonser")),
        (reverse("admin:vacancies_moderation_changelist"), _("Skjulte")),
    ]
    return panel


def _index() -> Panel:
    panel = Panel("index", _("Søkeindeksen"), OK, gettext("Søket svarer, og indeksen er lik databasen."))
    panel.actions = _actions("rebuild", "truth", "truth-feed")
    behind, oldest, aside = search.count_behind(), search.get_oldest_behind(), search.SetAside.objects.count()
    panel.numbers = [(_("Venter på indeksering"), format_number(behind))]
    if oldest:
        panel.numbers.append((_("Eldste av dem"), format_age(oldest)))
    if aside:
        panel.numbers.append((_("Satt til side"), format_number(aside)))
        panel.links = [(reverse("admin:search_setaside_changelist"), _("Annonser satt til side"))]
    try:
        health = search.engine_health()
    except search.EngineDown as error:
        panel.severity, panel.sentence, panel.problems = BROKEN, gettext("Søket svarer ikke."), [str(error)]
        return panel
    panel.numbers = [
        (_("Søkemotor"), health.version if health.name in health.version else f"{health.name} {health.version}".strip()),
        (_("Dokumenter"), format_number(health.docs)),
        *panel.numbers,
    ]
    if not health.ok:
        panel.severity, panel.sentence = BROKEN, gettext("Søket svarer ikke som det skal.")
        panel.problems = [health.detail] if health.detail else []
    elif oldest and timezone.now() - oldest > search.INDEX_LATE:
        panel.severity, panel.sentence = BROKEN, gettext("Søket svarer, men indeksen tar ikke igjen databasen.")
        sentence = gettext("En endring har ventet i mer enn ti minutter. Sjekk at Celerys arbeider går, og hva loggen sier.")
        panel.problems = [sentence]
    elif behind > INDEX_BEHIND:
        panel.severity, panel.sentence = WATCH, gettext("Søket svarer, men indeksen ligger etter databasen.")
        panel.problems = [gettext("Den tar igjen av seg selv så lenge Celerys arbeider går.")]
    elif aside:
        panel.severity = WATCH
        panel.sentence = ngettext(
            "%(n)s annonse er satt til side, fordi den ikke lar seg indeksere.",
            "%(n)s annonser er satt til side, fordi de ikke lar seg indeksere.",
            aside,
        ) % {"n": format_number(aside)}
    elif behind:
        panel.sentence = gettext("Søket svarer. Noen få rader er på vei inn i indeksen.")
    for failure in search.list_thread_failures():
        panel.severity = WATCH if panel.severity is OK else panel.severity
        message = gettext("En bakgrunnstråd mislykkes: %(name)s, %(error)s. Den prøver igjen av seg selv.")
        panel.problems.append(message % {"name": failure.name, "error": failure.error})
    return panel


def _job_rows() -> tuple[list[JobRow], list[JobRow]]:
    """Queued and running jobs, and the latest that finished."""
    rows = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).order_by("-started")[:20]
    running = [_job_row(job) for job in rows]
    if any(row.job.state == Job.State.RUNNING and not row.warning for row in running):
        # A worker is busy, so queued jobs wait for their turn and not for a missing worker.
        queued = Job.State.QUEUED
        running = [replace(row, warning="", can_cancel=False) if row.job.state == queued else row for row in running]
    finished = Job.objects.filter(finished__isnull=False).order_by("-finished")[:8]
    return running, [_job_row(job) for job in finished]


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


def _actions(*keys: str) -> list[JobAction]:
    return [ACTIONS[key] for key in keys]


def _last_run(job: Job | None) -> str:
    return f"{format_age(job.finished)}: {job.get_state_display().lower()}" if job else "–"


def format_age(moment: dt.datetime | None) -> str:
    """How long ago, and when: "3 min 12 s siden (24.11. 08:15)"."""
    if moment is None:
        return "–"
    age = max(0.0, (timezone.now() - moment).total_seconds())
    when = date_format(timezone.localtime(moment), "j.n. H:i")
    return gettext("%(age)s siden (%(when)s)") % {"age": format_duration(age), "when": when}
