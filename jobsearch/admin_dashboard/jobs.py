"""Jobs that an administrator can start: registers their kinds and buttons, and starts them for a request."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ingest import error_messages, lease
from ingest.models import JobKind as FeedJob
from jobsearch.core import jobs
from jobsearch.core.jobs import ACTIONS, JobAction, JobKind, register_action, register_kind
from jobsearch.core.models import Job

INDEX = "index"
TRUTH = "truth"

register_kind(JobKind(FeedJob.SYNC, FeedJob.SYNC.label, lease=lease.NAME))
register_kind(JobKind(FeedJob.REPLAY, FeedJob.REPLAY.label))
register_kind(JobKind(FeedJob.RECHECK, FeedJob.RECHECK.label))
register_kind(JobKind(FeedJob.RETRY, FeedJob.RETRY.label))
register_kind(JobKind(TRUTH, _("Sammenligning")))
register_kind(JobKind(INDEX, _("Ny søkeindeks")))

register_action(
    JobAction(
        "sync",
        FeedJob.SYNC,
        "ingest.tasks.follow_feed",
        "ingest.add_run",
        _("Les strømmen nå"),
        _("Leser fra plassen vi står på til slutten av strømmen, og henter detaljene."),
    )
)
register_action(
    JobAction(
        "retry",
        FeedJob.RETRY,
        "ingest.tasks.retry_quarantined",
        "ingest.change_detailtask",
        _("Prøv karantenen på nytt"),
        _("Alt i karantene og alt som er utsatt, får en ny start og hentes med en gang."),
    )
)
register_action(
    JobAction(
        "replay",
        FeedJob.REPLAY,
        "ingest.tasks.replay_overlap",
        "ingest.add_run",
        _("Gå gjennom de siste dagene på nytt"),
        _("Finner linjer som kom sent til strømmen. Lukker aldri en annonse."),
    )
)
register_action(
    JobAction(
        "rebuild",
        INDEX,
        "jobsearch.admin_dashboard.tasks.rebuild_index",
        "ingest.add_run",
        _("Bygg søkeindeksen på nytt"),
        _("En ny indeks fylles fra databasen ved siden av den gamle, og tar over når den er ferdig. Søket virker imens."),
        confirm=True,
    )
)
register_action(
    JobAction(
        "truth",
        TRUTH,
        "jobsearch.admin_dashboard.tasks.check_truth",
        "ingest.add_run",
        _("Sammenlign database og indeks"),
        _("Finner annonser der søkeindeksen sier noe annet enn databasen. Endrer ingenting."),
    )
)
register_action(
    JobAction(
        "truth-feed",
        TRUTH,
        "jobsearch.admin_dashboard.tasks.check_truth_with_feed",
        "ingest.add_run",
        _("Sammenlign også med strømmen"),
        _("Leser hele strømmen på nytt og spør om hver aktive annonse: det tar tid, og mange forespørsler til NAV."),
        confirm=True,
    )
)


def can_start(user: User | AnonymousUser, action: JobAction) -> bool:
    """Whether this user may start the job of this action."""
    return bool(user.is_active and user.is_staff and user.has_perm(action.permission))


def start_from(request: HttpRequest, key: str) -> None:
    """Starts the job of this action for a user of Django admin, unless one is active, and shows a message about it."""
    action = ACTIONS[key]
    if active := jobs.find_active(action.kind):
        message = gettext("«%(work)s» er allerede i gang, bedt om %(time)s.")
        time = timezone.localtime(active.started).strftime("%H:%M:%S")
        messages.info(request, message % {"work": jobs.get_label(active), "time": time})
        return
    job = jobs.start(action, request.user.get_username())
    if job.state == Job.State.FAILED and job.error_code:
        error = error_messages.describe_error(job.error_code, job.error_detail).rstrip(".")
        cure = gettext("Sjekk CELERY_BROKER_URL og at køen kjører, og prøv igjen.")
        message = gettext("«%(work)s» kom ikke i gang. %(error)s. %(cure)s")
        messages.error(request, message % {"work": jobs.get_label(job), "error": error, "cure": cure})
    else:
        message = gettext("«%(work)s» er satt i gang. Framdriften vises i kontrollrommet.")
        messages.success(request, message % {"work": jobs.get_label(job)})
