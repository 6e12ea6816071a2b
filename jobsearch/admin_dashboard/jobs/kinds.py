"""Jobs that an administrator can start: registers their kinds and buttons, and starts them for a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ingest import error_messages, lease
from ingest.models import FeedJob
from jobsearch.core import jobs
from jobsearch.core.jobs import ACTIONS, JobAction, JobKind, register_action, register_kind
from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.core.models import Job

from .forms import AdForm, PauseForm, SinceForm

INDEX = "index"
CONSISTENCY_CHECK = "truth"  # as stored in `Job.kind` since the first version
REPAIR = "repair"
ROLLBACK = "rollback"
PURGE = "purge"
ERASE = "erase"
MAIL = "mail"
_START_SECONDS, _WAIT_SECONDS = 60, 5
"""A start holds its lease for longer than a broker that is down takes to refuse the message. Another press waits a little."""
_TASKS = "jobsearch.admin_dashboard.tasks"
MAY_START = "ingest.add_run"
MAY_CHANGE_QUEUE = "ingest.change_detailtask"

FEED_GROUP = _("Strømmen")
QUARANTINE_GROUP = _("Karantenen")
INDEX_GROUP = _("Søkeindeksen")
CHECK_GROUP = _("Kontroll og retting")
OTHER_GROUP = _("Sletting og e-post")
"""Headings of the page of all jobs, which lists them in the order in which they are registered below."""

register_kind(JobKind(FeedJob.SYNC, FeedJob.SYNC.label, lease=lease.NAME, stoppable=True))
register_kind(JobKind(FeedJob.REPLAY, FeedJob.REPLAY.label, stoppable=True))
register_kind(JobKind(FeedJob.RECHECK, FeedJob.RECHECK.label))
register_kind(JobKind(FeedJob.FETCH, FeedJob.FETCH.label))
register_kind(JobKind(FeedJob.RETRY, FeedJob.RETRY.label))
register_kind(JobKind(FeedJob.DISCARD, FeedJob.DISCARD.label))
register_kind(JobKind(FeedJob.PAUSE, FeedJob.PAUSE.label))
register_kind(JobKind(FeedJob.RESUME, FeedJob.RESUME.label))
register_kind(JobKind(CONSISTENCY_CHECK, _("Sammenligning"), stoppable=True))
register_kind(JobKind(REPAIR, _("Sammenligning og retting"), stoppable=True))
register_kind(JobKind(INDEX, _("Ny søkeindeks"), stoppable=True))
register_kind(JobKind(ROLLBACK, _("Forrige søkeindeks")))
register_kind(JobKind(PURGE, _("Sletting av det som er for gammelt")))
register_kind(JobKind(ERASE, _("Sletting av en person")))
register_kind(JobKind(MAIL, _("Prøvemelding på e-post")))

register_action(
    JobAction(
        "sync",
        FeedJob.SYNC,
        "ingest.tasks.follow_feed",
        MAY_START,
        _("Les strømmen nå"),
        _("Leser fra plassen vi står på til slutten av strømmen, og henter detaljene."),
        FEED_GROUP,
    )
)
register_action(
    JobAction(
        "pause",
        FeedJob.PAUSE,
        "ingest.tasks.pause",
        MAY_START,
        _("Sett lesingen på pause"),
        _(
            "Strømmen leses ikke før pausen er over. Annonser som NAV stopper imens, vises til da, med kontaktpersoner. "
            "Annonser med utløpt siste dag forsvinner som vanlig, og søket virker."
        ),
        FEED_GROUP,
        confirm=True,
        form=PauseForm,
        inline=True,
        parallel=True,
    )
)
register_action(
    JobAction(
        "resume",
        FeedJob.RESUME,
        "ingest.tasks.resume",
        MAY_START,
        _("Avslutt pausen"),
        _("Strømmen leses igjen med en gang."),
        FEED_GROUP,
        inline=True,
    )
)
register_action(
    JobAction(
        "retry",
        FeedJob.RETRY,
        "ingest.tasks.retry_quarantined",
        MAY_CHANGE_QUEUE,
        _("Prøv karantenen på nytt"),
        _("Alt i karantene og alt som er utsatt, får en ny start og hentes med en gang."),
        QUARANTINE_GROUP,
    )
)
register_action(
    JobAction(
        "discard",
        FeedJob.DISCARD,
        "ingest.tasks.discard_quarantined",
        MAY_CHANGE_QUEUE,
        _("Forkast alt i karantenen"),
        _("Annonsene hentes ikke før strømmen har noe nytt om dem, eller til noen ber om det. Ingen annonse blir slettet."),
        QUARANTINE_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "replay",
        FeedJob.REPLAY,
        "ingest.tasks.replay_overlap",
        MAY_START,
        _("Gå gjennom de siste dagene på nytt"),
        _("Finner linjer som kom sent til strømmen. Lukker aldri en annonse."),
        FEED_GROUP,
    )
)
register_action(
    JobAction(
        "replay-since",
        FeedJob.REPLAY,
        "ingest.tasks.replay_overlap",
        MAY_START,
        _("Gå gjennom strømmen på nytt fra en dato"),
        _("Leser alle sider fra den dagen og henter det vi mangler. Lukker aldri en annonse. Mange dager tar noen minutter."),
        FEED_GROUP,
        confirm=True,
        form=SinceForm,
    )
)
register_action(
    JobAction(
        "recheck",
        FeedJob.RECHECK,
        "ingest.tasks.recheck_all",
        MAY_START,
        _("Hent alle aktive annonser på nytt"),
        _("Én forespørsel til NAV for hver aktive annonse. Med 10 000 annonser tar det omtrent en halv time."),
        FEED_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "fetch",
        FeedJob.FETCH,
        "ingest.tasks.fetch_ad",
        MAY_CHANGE_QUEUE,
        _("Hent én annonse på nytt"),
        _("Annonsen hentes hos NAV med en gang, også om vi ikke har den fra før."),
        FEED_GROUP,
        confirm=True,
        form=AdForm,
        parallel=True,
    )
)
register_action(
    JobAction(
        "rebuild",
        INDEX,
        f"{_TASKS}.rebuild_index",
        MAY_START,
        _("Bygg søkeindeksen på nytt"),
        _("En ny indeks fylles fra databasen ved siden av den gamle, og tar over når den er ferdig. Søket virker imens."),
        INDEX_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "rollback",
        ROLLBACK,
        f"{_TASKS}.rollback_index",
        MAY_START,
        _("Ta i bruk forrige søkeindeks"),
        _("Den forrige indeksen får alt som er endret siden, og tar over. OpenSearch tar vare på den i et døgn."),
        INDEX_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "check",
        CONSISTENCY_CHECK,
        f"{_TASKS}.check_consistency",
        MAY_START,
        _("Sammenlign database og indeks"),
        _("Finner annonser der søkeindeksen sier noe annet enn databasen. Endrer ingenting."),
        CHECK_GROUP,
    )
)
register_action(
    JobAction(
        "check-feed",
        CONSISTENCY_CHECK,
        f"{_TASKS}.check_consistency_with_feed",
        MAY_START,
        _("Sammenlign også med strømmen"),
        _("Leser hele strømmen på nytt og spør om hver aktive annonse: det tar tid, og mange forespørsler til NAV."),
        CHECK_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "repair",
        REPAIR,
        f"{_TASKS}.repair",
        MAY_START,
        _("Sammenlign og rett indeksen"),
        _("Annonser der søkeindeksen avviker fra databasen, skrives på nytt. Om nødvendig bygges hele indeksen."),
        CHECK_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "repair-feed",
        REPAIR,
        f"{_TASKS}.repair_with_feed",
        MAY_START,
        _("Sammenlign med strømmen og rett"),
        _(
            "Leser hele strømmen på nytt, spør om hver aktive annonse og retter databasen og indeksen: det tar tid, og mange "
            "forespørsler til NAV."
        ),
        CHECK_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "purge",
        PURGE,
        f"{_TASKS}.purge",
        MAY_START,
        _("Slett det som er for gammelt"),
        _(
            "Lukker utløpte annonser, glemmer annonser etter lagringstiden og fjerner slettet tekst fra filene med en gang. "
            "Ellers skjer det av seg selv, hvert minutt og hver natt. Det kan ikke angres."
        ),
        OTHER_GROUP,
        confirm=True,
    )
)
register_action(
    JobAction(
        "mail",
        MAIL,
        f"{_TASKS}.send_test_mail",
        MAY_START,
        _("Send en prøvemelding på e-post"),
        _("Meldingen går til din egen adresse, på samme måte som varslene."),
        OTHER_GROUP,
    )
)

HIDDEN_ACTIONS: dict[str, JobAction] = {
    "erase": JobAction(
        "erase",
        ERASE,
        f"{_TASKS}.erase_person",
        "vacancies.add_erasure",
        _("Slett en person"),
        _("Fjerner personen fra alle annonser, fra indeksen og fra filene."),
        "",
        parallel=True,
    )
}
"""Actions that start from a page of their own, not from a button."""


def can_start(user: User | AnonymousUser, action: JobAction) -> bool:
    """Whether this user may start the job of this action."""
    return bool(user.is_active and user.is_staff and user.has_perm(action.permission))


def list_actions(user: User | AnonymousUser) -> list[JobAction]:
    """The actions that this user may start, without those that cannot succeed: the embedded engine keeps no former index."""
    embedded = settings.SEARCH_URL.startswith("embedded:")
    return [action for action in ACTIONS.values() if can_start(user, action) and not (embedded and action.kind == ROLLBACK)]


def _start_once(request: HttpRequest, action: JobAction, arguments: Mapping[str, Any] | None) -> Job | None:
    """Starts the job unless one of its kind is active. A lease keeps a second press at the same moment from starting another."""
    username = request.user.get_username()
    if action.parallel:
        return jobs.start(action, username, arguments)
    try:
        with Lease(f"start {action.kind}", seconds=_START_SECONDS, wait=_WAIT_SECONDS):
            active = jobs.find_active(action.kind)
            if active is None:
                return jobs.start(action, username, arguments)
    except LeaseHeld:  # the broker keeps the other press waiting
        messages.info(request, gettext("«%(work)s» settes i gang akkurat nå.") % {"work": jobs.KINDS[action.kind].label})
        return None
    message = gettext("«%(work)s» er allerede i gang, bedt om %(time)s.")
    time = timezone.localtime(active.started).strftime("%H:%M:%S")
    messages.info(request, message % {"work": jobs.get_label(active), "time": time})
    return None


def start_from(request: HttpRequest, key: str, arguments: Mapping[str, Any] | None = None) -> Job | None:
    """Starts the job of this action for a user of Django admin, unless one is active, and shows a message about it.

    Returns the job; None where another one is active.
    """
    action = ACTIONS.get(key) or HIDDEN_ACTIONS[key]
    job = _start_once(request, action, arguments)
    if job is None:
        return None
    if job.state == Job.State.FAILED and job.error_code:
        error = error_messages.describe_error(job.error_code, job.error_detail).rstrip(".")
        cure = gettext("Sjekk CELERY_BROKER_URL og at køen kjører, og prøv igjen.") if job.error_code == "broker" else ""
        message = gettext("«%(work)s» kom ikke i gang. %(error)s. %(cure)s")
        messages.error(request, (message % {"work": jobs.get_label(job), "error": error, "cure": cure}).rstrip())
    elif action.inline:
        messages.success(request, gettext("«%(work)s» er utført.") % {"work": jobs.get_label(job)})
    else:
        message = gettext("«%(work)s» er satt i gang. Framdriften vises i kontrollrommet.")
        messages.success(request, message % {"work": jobs.get_label(job)})
    return job
