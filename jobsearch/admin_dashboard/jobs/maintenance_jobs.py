"""Jobs that keep the site in order: purge, erasure of a person, test mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ingest import detail_queue
from jobsearch.core import jobs
from jobsearch.core.models import Job
from jobsearch.saved import erasure as saved_erasure
from jobsearch.saved.mail import mails
from jobsearch.search import indexing
from jobsearch.statistics import employers
from jobsearch.vacancies import erasure, store
from jobsearch.vacancies import tasks as vacancy_tasks
from jobsearch.vacancies.deletion_models import Erasure
from jobsearch.vacancies.models import Tombstone
from jobsearch.vacancies.suppression import load_suppressor

from . import error_messages, retention
from .index_jobs import run_claimed


class NoAddress(Exception):
    """The user who asked for a test mail has no e-mail address."""


def purge(job_id: int) -> None:
    """Does at once what the schedule does each minute and each night: closes, deletes and erases what is due."""

    def work(job: Job, progress: jobs.Progress) -> Mapping[str, Any]:
        before = Tombstone.objects.count()
        progress("purge", 0, 4)
        closed = store.close_expired()
        progress("purge", 1, 4)
        forgotten = vacancy_tasks.forget_old()
        progress("purge", 2, 4)
        deleted = retention.delete_old_rows()
        progress("purge", 3, 4)
        removed = indexing.remove_ended()
        indexing.erase(at_once=True)
        store.erase_deleted_content()
        tombstones = max(0, before + forgotten - Tombstone.objects.count())
        return {"closed": closed, "forgotten": forgotten, "tombstones": tombstones, "unindexed": removed, **deleted}

    run_claimed(job_id, work)


def erase_person(job_id: int) -> None:
    """Applies the suppression list to every stored ad and to the index's files. The job has a request's id, and no name."""

    def work(job: Job, progress: jobs.Progress) -> Mapping[str, Any]:
        request = Erasure.objects.filter(pk=job.arguments.get("erasure")).first()
        changed = erase_from_database(request, lambda done, total: progress("erase", done, total))
        if changed or (request and request.ads):  # some were changed before the job began
            indexing.index_changes()
            indexing.erase(at_once=True)
        return {"erased": changed}

    run_claimed(job_id, work)


def erase_from_database(request: Erasure | None = None, progress: erasure.Progress | None = None) -> int:
    """Applies the suppression list to every table that may hold a name; returns how many ads changed."""
    changed = erasure.erase_everywhere(request, progress)
    suppressor = load_suppressor()
    detail_queue.erase_received(suppressor)
    employers.erase_names(suppressor)
    saved_erasure.erase_names(suppressor)
    store.erase_deleted_content()
    return changed


def send_test_mail(job_id: int) -> None:
    """Sends a mail to the user who asked for it, the way alerts are sent."""

    def work(job: Job, progress: jobs.Progress) -> Mapping[str, Any]:
        user = User.objects.filter(username=job.requested_by).exclude(email="").first()
        if user is None:
            raise NoAddress
        with translation.override(None):
            message = EmailMultiAlternatives(
                _("Prøve fra kontrollrommet"),
                _("Denne meldingen viser at nettstedet kan sende e-post.") + f"\n\n{timezone.localtime():%d.%m.%Y %H:%M:%S}\n",
                to=[user.email],
                headers={"Auto-Submitted": "auto-generated"},
            )
        mails.send_now(message)
        return {"sent": 1}

    run_claimed(job_id, work, _classify)


def _classify(error: Exception) -> tuple[str, str] | None:
    if isinstance(error, NoAddress):
        return "no-address", ""
    if isinstance(error, mails.AddressRefused | mails.MailServerDown):
        return "mail", str(error)
    return error_messages.classify_for_job(error)
