"""Export and removal of user names in the tables of jobs, erasures and the feed's pause: who asked for what.

These rows outlive the account, as proof of what was done. They name the user in a text, so no cascade finds them.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser

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
