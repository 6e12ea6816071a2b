"""Background jobs: registry of kinds, and the changes of a job's state from queued to finished.

A job is a row of `Job` and a Celery task that gets nothing but the row's id. The worker claims the row by a conditional
UPDATE, so no job runs twice or after it was cancelled, even if its message is delivered twice or late.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.forms import Form
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from . import lease_owners
from .leases import find_holder
from .logging import log_run
from .models import Job

QUEUED_TOO_LONG = dt.timedelta(minutes=15)
"""After this time a queued job no longer prevents the same one from being started again: its message is lost. It is also how
long a job may run that records no progress."""
HEARTBEAT_TIMEOUT = dt.timedelta(minutes=3)
"""A running job records its progress every second. After this time without, its process is gone."""
KEPT = dt.timedelta(days=14)
_RECORD_SECONDS = 1.0
_WAITING_SECONDS = 5.0
_MAX_BROKER_ERROR = 300  # characters
_NO_EFFECT = frozenset({"pages", "lines", "seconds", "unchanged", "at_tip", "waiting", "deferred", "quarantined"})
"""Numbers of a result that are not zero even where nothing has changed."""

Progress = Callable[[str, int, int], None]
"""Called with a phase, the number done, and the expected total (0: unknown)."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """Kind of job.

    `name` is stored in `Job.kind`; `lease` names the lease that a running job of this kind holds. `stoppable`: a running job may
    be stopped when it records its progress, because what it has done until then is complete in itself.
    """

    name: str
    label: str | Promise
    lease: str = ""
    stoppable: bool = False


@dataclass(frozen=True, slots=True)
class JobAction:
    """Button that starts a job.

    `key` is its name in URLs, `task` the dotted path of the Celery task, `permission` what a user needs to start it. `group` is
    the heading above it on the page of all jobs. `confirm`: ask before the start. `form`: asks for the job's arguments; its
    `cleaned_data` has JSON values only. `inline`: runs in the request itself, for what takes milliseconds and must not wait for a
    worker. `parallel`: may run beside another of its kind.
    """

    key: str
    kind: str
    task: str
    permission: str
    label: str | Promise
    explanation: str | Promise
    group: str | Promise
    confirm: bool = False
    form: type[Form] | None = None
    inline: bool = False
    parallel: bool = False


KINDS: dict[str, JobKind] = {}
ACTIONS: dict[str, JobAction] = {}


def register_kind(kind: JobKind) -> None:
    """Adds a kind to the registry, under its stored name."""
    KINDS[kind.name] = kind


def register_action(action: JobAction) -> None:
    """Adds a button to the registry, under its key."""
    ACTIONS[action.key] = action


def get_label(job: Job) -> str:
    """The kind's label in the reader's language; the stored name where no such kind is registered any more."""
    kind = KINDS.get(job.kind)
    return str(kind.label) if kind else job.kind


def start(action: JobAction, requested_by: str, arguments: Mapping[str, Any] | None = None) -> Job:
    """Queues a job. Where the broker refuses the message, the returned job has failed with the error code "broker"."""
    fail_interrupted(action.kind)
    job = Job.objects.create(kind=action.kind, requested_by=requested_by, arguments=dict(arguments or {}))
    if action.inline:
        import_string(action.task)(job.pk)
        job.refresh_from_db()
        return job
    try:
        # No retry: a user waits for the page.
        import_string(action.task).apply_async(args=[job.pk], retry=False)
    except Exception as error:  # every transport has exceptions of its own
        detail = f"{type(error).__name__}: {' '.join(str(error).split())}"
        finish(job, Job.State.FAILED, error=("broker", detail[:_MAX_BROKER_ERROR]))
    else:
        job.refresh_from_db()
    return job


def begin(kind: str, requested_by: str = "") -> Job:
    """Creates a job that this process runs at once, without a queue."""
    owner = lease_owners.create_owner()
    return Job.objects.create(kind=kind, state=Job.State.RUNNING, requested_by=requested_by, owner=owner)


def claim(job_id: int | None) -> Job | None:
    """Claims a queued job for this process; None where it is not queued any more, was deleted, or `job_id` is None."""
    if job_id is None:
        return None
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, owner=lease_owners.create_owner(), started=timezone.now()
    )
    return Job.objects.get(pk=job_id) if claimed else None


def finish(job: Job, state: str, *, result: Mapping[str, Any] | None = None, error: tuple[str, str] = ("", "")) -> None:
    """Records how a job ended. `error` is its code and its detail."""
    job.state, job.finished = state, timezone.now()
    job.error_code, job.error_detail = error
    job.result = dict(result) if result else job.result
    job.uneventful = state == Job.State.DONE and not job.requested_by and not _has_effect(job.result)
    with transaction.atomic():
        job.save(update_fields=["state", "finished", "error_code", "error_detail", "result", "uneventful"])


def _has_effect(result: Mapping[str, Any]) -> bool:
    return any(value for name, value in result.items() if name not in _NO_EFFECT)


class AlreadyRunning(Exception):
    """Another process does the same work now: the job is skipped."""


class StopRequested(Exception):
    """A person asked the running job to stop; raised where it records its progress."""

    def __init__(self, username: str) -> None:
        super().__init__(username)
        self.username = username


def run(
    job: Job,
    work: Callable[[ProgressRecorder], Mapping[str, Any]],
    classify: Callable[[Exception], tuple[str, str] | None],
) -> Mapping[str, Any] | None:
    """Runs a claimed job and records its result. Returns the result, or None where the job failed or was skipped.

    `classify` returns the code and the detail of an expected error. Any other exception is recorded with the code "bug" and
    raised again.
    """
    try:
        with log_run(f"job-{job.pk}"):
            result = work(ProgressRecorder(job))
    except AlreadyRunning:
        finish(job, Job.State.SKIPPED)
        return None
    except StopRequested as error:
        finish(job, Job.State.STOPPED, error=("stopped", error.username))
        return None
    except Exception as error:
        known = classify(error)
        finish(job, Job.State.FAILED, error=known or describe_bug(error))
        if known is None:
            raise
        return None
    finish(job, Job.State.DONE, result=result)
    return result


def describe_bug(error: Exception) -> tuple[str, str]:
    """Code and detail of an unexpected exception."""
    return "bug", f"{type(error).__name__}: {error}"


def find_active(kind: str) -> Job | None:
    """A queued or running job of this kind, which makes a second one unnecessary; lost and interrupted ones do not count."""
    jobs = Job.objects.filter(kind=kind, state__in=[Job.State.QUEUED, Job.State.RUNNING], finished__isnull=True)
    return next((job for job in jobs.order_by("-started")[:5] if not _is_lost(job)), None)


def _is_lost(job: Job) -> bool:
    if job.state == Job.State.RUNNING:
        return is_interrupted(job)
    return timezone.now() - job.started > QUEUED_TOO_LONG


def is_interrupted(job: Job) -> bool:
    """Whether a job in the state "running" has lost its process, as far as can be known."""
    if job.owner and lease_owners.is_dead(job.owner):
        return True
    now, kind = timezone.now(), KINDS.get(job.kind)
    if kind and kind.lease:
        return find_holder(kind.lease) is None
    if job.heartbeat is None:
        return now - job.started > QUEUED_TOO_LONG
    return now - job.heartbeat > HEARTBEAT_TIMEOUT


def fail_interrupted(kind: str) -> None:
    """Marks jobs of this kind whose process is gone as failed, with the error code "silent"."""
    for job in Job.objects.filter(kind=kind, state=Job.State.RUNNING, finished__isnull=True):
        if is_interrupted(job):
            finish(job, Job.State.FAILED, error=("silent", ""))


def fail_running(kind: str) -> None:
    """Marks every running job of this kind as failed. For the process that holds the kind's lease: no other can be running."""
    running = Job.objects.filter(kind=kind, state=Job.State.RUNNING)
    running.update(state=Job.State.FAILED, finished=timezone.now(), error_code="silent", error_detail="")


def cancel(job_id: int, username: str) -> Job | None:
    """Cancels a job that is queued or interrupted; None where it is finished or its process is alive."""
    job = Job.objects.filter(pk=job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING]).first()
    if job is None or (job.state == Job.State.RUNNING and not is_interrupted(job)):
        return None
    if not Job.objects.filter(pk=job_id, state=job.state).update(state=Job.State.STOPPED):
        return None  # a worker claimed it meanwhile
    finish(job, Job.State.STOPPED, error=("removed", username))
    return job


def can_stop(job: Job) -> bool:
    """Whether a job's process is alive and its kind can be stopped."""
    kind = KINDS.get(job.kind)
    return bool(kind and kind.stoppable and job.state == Job.State.RUNNING and not job.stop_requested_by)


def request_stop(job_id: int, username: str) -> Job | None:
    """Asks a running job to stop, which it does within seconds; None where its kind cannot be stopped or it is not running."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not can_stop(job):
        return None
    asked = Job.objects.filter(pk=job_id, state=Job.State.RUNNING, stop_requested_by="").update(stop_requested_by=username)
    return job if asked else None


def delete_old_jobs(now: dt.datetime | None = None) -> int:
    """Deletes jobs that finished, or started and never finished, more than `KEPT` ago; returns how many."""
    oldest = (now or timezone.now()) - KEPT
    return Job.objects.filter(Q(finished__lt=oldest) | Q(finished__isnull=True, started__lt=oldest)).delete()[0]


class ProgressRecorder:
    """Writes a job's progress and heartbeat once a second. Called as `recorder(phase, done, total)`.

    Each call is passed on to `listener`. Raises `StopRequested` where a person asked the job to stop.
    """

    def __init__(self, job: Job, listener: Progress | None = None) -> None:
        self._job, self._listener = job, listener
        self._phase, self._phase_started, self._recorded = "", 0.0, 0.0
        self._progress: dict[str, Any] = {}
        self._called, self._is_waiting = time.monotonic(), False

    def note_waiting(self) -> None:
        """Records since when the job waits for another server, once that is `_WAITING_SECONDS`; the next progress removes it.

        For a server that accepts a request and never answers it: until the time limit there is no error to show.
        """
        waited = time.monotonic() - self._called
        if self._is_waiting or waited < _WAITING_SECONDS:
            return
        self._is_waiting, self._recorded = True, 0.0
        since = timezone.now() - dt.timedelta(seconds=waited)
        waiting = {**self._progress, "waiting_since": since.isoformat(timespec="seconds")}
        Job.objects.filter(pk=self._job.pk).update(progress=waiting)

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        self._called, self._is_waiting = now, False
        if phase != self._phase:
            self._phase, self._phase_started, self._recorded = phase, now, 0.0
        if self._listener:
            self._listener(phase, done, total)
        if now - self._recorded < _RECORD_SECONDS:
            return
        self._recorded = now
        rate = round(done / (now - self._phase_started), 1) if now > self._phase_started else 0.0
        progress = self._progress = {"phase": phase, "done": done, "total": total, "rate": rate}
        running = Job.objects.filter(pk=self._job.pk)
        # One statement in nearly every call: only a job that it does not find may have been asked to stop.
        found = running.filter(stop_requested_by="").update(progress=progress, heartbeat=timezone.now())
        if not found and (username := running.values_list("stop_requested_by", flat=True).first()):
            raise StopRequested(username)
