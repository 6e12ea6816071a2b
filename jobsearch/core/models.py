"""Tables of the shared infrastructure: leases, background jobs, heartbeats, counters and failures of services."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LeaseRecord(models.Model):
    """Row of a lease (`jobsearch.core.leases.Lease`). `owner` is empty while the lease is free."""

    name = models.CharField(max_length=20, primary_key=True)
    owner = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """Background job: one run of a task, started by the schedule, by a command or by an administrator.

    `jobsearch.core.jobs` has the registry of kinds and every change of state.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("I kø")
        RUNNING = "running", _("Pågår")
        DONE = "done", _("Ferdig")
        FAILED = "failed", _("Mislyktes")
        STOPPED = "stopped", _("Stoppet")
        SKIPPED = "skipped", _("Noen andre var i gang")

    kind = models.CharField(_("slag"), max_length=20)
    state = models.CharField(_("tilstand"), max_length=8, choices=State, default=State.QUEUED)
    requested_by = models.CharField(_("bedt om av"), max_length=150, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    """The process that claimed the job (`lease_owners`)."""
    started = models.DateTimeField(_("startet"), default=timezone.now, db_index=True)
    """While the job is queued: when it was queued."""
    finished = models.DateTimeField(_("ferdig"), null=True, blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True)
    """When the running job last recorded its progress."""
    progress = models.JSONField(default=dict, blank=True)
    """`phase`, `done`, `total` (0: unknown) and `rate` (per second). `waiting_since` while another server does not answer."""
    arguments = models.JSONField(default=dict, blank=True)
    """What the person who started the job chose, such as a date. No personal data."""
    stop_requested_by = models.CharField(max_length=150, blank=True)
    """Who asked a running job to stop. It stops when it records its progress the next time."""
    result = models.JSONField(default=dict, blank=True)
    """Numbers by name."""
    uneventful = models.BooleanField(default=False)
    """Of the schedule, finished, and nothing had changed: lists leave these out, which are nearly all (one each five seconds)."""
    error_code = models.CharField(_("feil"), max_length=60, blank=True)
    error_detail = models.TextField(blank=True)

    class Meta:
        default_permissions = ()  # `ingest.Run` has them
        ordering = ["-started"]
        indexes = [
            models.Index(fields=["-started"], name="job_unfinished", condition=models.Q(finished__isnull=True)),
            models.Index(fields=["-started"], name="job_eventful", condition=models.Q(uneventful=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {timezone.localtime(self.started):%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """Heartbeat of a long-running process: a worker, or beat (`jobsearch.core.heartbeats`)."""

    class Role(models.TextChoices):
        WORKER = "worker", _("Arbeider")
        BEAT = "beat", _("Tidsplan (beat)")

    name = models.CharField(max_length=200, primary_key=True)
    role = models.CharField(max_length=6, choices=Role)
    queues = models.JSONField(default=list)
    """Names of the queues that a worker serves."""
    started = models.DateTimeField(default=timezone.now)
    seen = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """Total of events of one kind since the first one, of all processes (`jobsearch.core.counters`).

    `sampled_…` are the totals when the last sample was taken, so that a sample holds what came since.
    """

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    sampled_number = models.BigIntegerField(default=0)
    sampled_seconds = models.FloatField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class ServiceFailure(models.Model):
    """A service that fails now, such as the mail server. The row is deleted at the next success (`jobsearch.core.failures`)."""

    name = models.CharField(max_length=40, primary_key=True)
    detail = models.CharField(max_length=300)
    since = models.DateTimeField(default=timezone.now)
    last = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
