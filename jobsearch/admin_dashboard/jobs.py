"""What an administrator can start: each piece of work is a row of `Run` and a task that is told nothing but the row's id."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from ingest import error_messages
from ingest.lease import NAME as FEED_LEASE
from ingest.models import Run
from jobsearch.core.leases import find_holder

INDEX = "index"
"""The kind of a run that builds a new index. The search keeps no list of its own: an administrator has one."""
KINDS: dict[str, Any] = {**dict(Run.Kind.choices), Run.Kind.TRUTH: _("Sammenligning"), INDEX: _("Ny søkeindeks")}

UNANSWERED = dt.timedelta(seconds=30)
"""So long a queued row may stand before it is said that no worker answers."""
FORGOTTEN = dt.timedelta(minutes=15)
"""A queued row that is older no longer keeps the same work from being asked for again: its message is lost. So long, too,
may work run that does not tell of its progress."""
SILENT = dt.timedelta(minutes=3)
"""A run that notes its progress each second and has been silent for so long has lost its process."""


Person = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Work:
    """`key`: its name in addresses. `task`: where the Celery task is. `permission`: who may start it. `asks`: confirm first."""

    key: str
    kind: str
    task: str
    permission: str
    label: Any
    explanation: Any
    asks: bool = False


_ALL = (
    Work(
        "sync",
        Run.Kind.SYNC,
        "ingest.tasks.follow_feed",
        "ingest.add_run",
        _("Les strømmen nå"),
        _("Leser fra plassen vi står på til slutten av strømmen, og henter detaljene."),
    ),
    Work(
        "retry",
        Run.Kind.RETRY,
        "ingest.tasks.retry_quarantined",
        "ingest.change_detailtask",
        _("Prøv karantenen på nytt"),
        _("Alt i karantene og alt som er utsatt, får en ny start og hentes med en gang."),
    ),
    Work(
        "replay",
        Run.Kind.REPLAY,
        "ingest.tasks.replay_overlap",
        "ingest.add_run",
        _("Gå gjennom de siste dagene på nytt"),
        _("Finner linjer som kom sent til strømmen. Lukker aldri en annonse."),
    ),
    Work(
        "rebuild",
        INDEX,
        "jobsearch.admin_dashboard.tasks.rebuild_index",
        "ingest.add_run",
        _("Bygg søkeindeksen på nytt"),
        _("En ny indeks fylles fra databasen ved siden av den gamle, og tar over når den er ferdig. Søket virker imens."),
        asks=True,
    ),
    Work(
        "truth",
        Run.Kind.TRUTH,
        "jobsearch.admin_dashboard.tasks.check_truth",
        "ingest.add_run",
        _("Sammenlign database og indeks"),
        _("Finner annonser der søkeindeksen sier noe annet enn databasen. Endrer ingenting."),
    ),
    Work(
        "truth-feed",
        Run.Kind.TRUTH,
        "jobsearch.admin_dashboard.tasks.check_truth_with_feed",
        "ingest.add_run",
        _("Sammenlign også med strømmen"),
        _("Leser hele strømmen på nytt og spør om hver aktive annonse: det tar tid, og mange forespørsler til NAV."),
        asks=True,
    ),
)
WORKS = {work.key: work for work in _ALL}


def name_of(run: Run) -> str:
    return str(KINDS.get(run.kind, run.kind))


def may(user: Person, work: Work) -> bool:
    return bool(user.is_active and user.is_staff and user.has_perm(work.permission))


def under_way(work: Work) -> Run | None:
    """A run of this kind that is at work or will be soon, so that a second one has nothing to add."""
    rows = Run.objects.filter(kind=work.kind, state__in=[Run.State.QUEUED, Run.State.RUNNING], finished__isnull=True)
    return next((run for run in rows.order_by("-started")[:5] if not _given_up(run)), None)


def _given_up(run: Run) -> bool:
    if run.state == Run.State.RUNNING:
        return is_silent(run)
    return timezone.now() - run.started > FORGOTTEN


def is_silent(run: Run) -> bool:
    """Whether a run that is said to be at work has lost its process, as far as can be known."""
    now = timezone.now()
    if run.kind == Run.Kind.SYNC:  # a live one holds the lease; it takes it a moment before its row says so
        return find_holder(FEED_LEASE) is None
    seen = run.progress.get("seen") if isinstance(run.progress, dict) else None
    if not seen:
        return now - run.started > FORGOTTEN
    return now - dt.datetime.fromisoformat(str(seen)) > SILENT


def start(work: Work, requested_by: str) -> Run:
    """Queues the work. Where the broker does not take the message, the row that comes back has failed and says why."""
    for run in Run.objects.filter(kind=work.kind, state=Run.State.RUNNING, finished__isnull=True):
        if is_silent(run):
            run.finish(Run.State.FAILED, error="silent")
    run = Run.objects.create(kind=work.kind, requested_by=requested_by)
    try:
        # No second try: a person waits for the page.
        import_string(work.task).apply_async(args=[run.pk], retry=False)
    except Exception as error:  # every transport has errors of its own, and all of them mean the same here
        run.finish(Run.State.FAILED, error=f"broker: {_short(error)}")
    else:
        run.refresh_from_db()
    return run


def start_from(request: HttpRequest, work: Work) -> None:
    """Starts the work for a person who looks at Django admin, and tells how that went."""
    if running := under_way(work):
        told = say("«%(work)s» er allerede i gang, bedt om %(time)s.")
        time = timezone.localtime(running.started).strftime("%H:%M:%S")
        messages.info(request, told % {"work": name_of(running), "time": time})
        return
    run = start(work, request.user.get_username())
    if run.state == Run.State.FAILED and run.error:
        cure = say("Sjekk CELERY_BROKER_URL og at køen kjører, og prøv igjen.")
        told = say("«%(work)s» kom ikke i gang. %(error)s. %(cure)s")
        messages.error(request, told % {"work": name_of(run), "error": error_messages.told(run.error).rstrip("."), "cure": cure})
    else:
        messages.success(request, say("«%(work)s» er satt i gang. Framdriften vises i kontrollrommet.") % {"work": name_of(run)})


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
