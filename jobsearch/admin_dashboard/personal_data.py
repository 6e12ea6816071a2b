"""Export and removal of user names in what administrators did: jobs, erasures, the feed's pause, and the admin's history.

These rows outlive the account, as proof of what was done, by the account's number in place of its name.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import QuerySet

from ingest.models import FeedState
from jobsearch.core import jobs
from jobsearch.core.models import Job
from jobsearch.vacancies.deletion_models import Erasure

_NAMED_IN_ERROR = ("stopped", "removed")
"""Error codes whose detail is the name of the user who ended the job."""


def export_requests(user: AbstractBaseUser) -> list[dict[str, Any]]:
    """The jobs and erasures that the user asked for, the oldest first."""
    name = user.get_username()
    asked = [
        {"what": jobs.get_label(job), "when": job.started}
        for job in Job.objects.filter(requested_by=name).only("kind", "started", "requested_by")
    ]
    asked += [{"what": "erasure", "when": one.created} for one in Erasure.objects.filter(requested_by=name)]
    return sorted(asked, key=lambda row: row["when"])


def remove_name(user: AbstractBaseUser) -> None:
    """Replaces the user's name by the account's number, as in the admin's history. Before the user is deleted."""
    name, number = user.get_username(), f"#{user.pk}"
    Job.objects.filter(requested_by=name).update(requested_by=number)
    Job.objects.filter(stop_requested_by=name).update(stop_requested_by=number)
    Job.objects.filter(error_code__in=_NAMED_IN_ERROR, error_detail=name).update(error_detail=number)
    Erasure.objects.filter(requested_by=name).update(requested_by=number)
    FeedState.objects.filter(paused_by=name).update(paused_by=number)
    history = LogEntry.objects.filter(user_id=user.pk)
    if history.exists():
        # Deleted with the user, it would no longer prove that this account has viewed contacts, or hidden an ad.
        history.update(user=User.objects.create(username=number, is_active=False, password=make_password(None)))


def select_nameless_accounts() -> QuerySet[User]:
    """The disabled accounts that hold the history of deleted users. No other account's name begins with "#"."""
    return User.objects.filter(username__startswith="#", is_active=False, email="")
