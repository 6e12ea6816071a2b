"""What the consumer must remember: where in the feed it stands, which details it still owes, and what its runs did."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ingest.client.errors import WrongOrigin


class FeedState(models.Model):
    """The one row of the feed that this database follows.

    `page_id` is the page still to be read. `page_seen` are the fingerprints of those of its lines that were applied
    before: the first line of a page repeats the last of the page before, and the tail is read again at each poll.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    origin = models.CharField(_("strømmens adresse"), max_length=500)
    page_id = models.CharField(_("neste side"), max_length=36, blank=True)
    page_seen = models.JSONField(default=list, blank=True)
    first_started = models.DateTimeField(_("fulgt siden"), default=timezone.now)
    last_read = models.DateTimeField(_("sist lest"), null=True, blank=True)
    last_line_time = models.DateTimeField(_("siste linje vi har lest"), null=True, blank=True)
    tip_time = models.DateTimeField(_("nyeste linje i strømmen"), null=True, blank=True)
    tip_checked = models.DateTimeField(_("nyeste linje kontrollert"), null=True, blank=True)
    token = models.TextField(blank=True, help_text=_("Det offentlige tokenet; et eget token lagres ikke"))
    token_problem = models.TextField(_("problem med token"), blank=True)
    problem = models.TextField(_("problem"), blank=True)
    problem_since = models.DateTimeField(null=True, blank=True)
    catching_up = models.BooleanField(
        default=False, help_text=_("Lesingen begynte på nytt etter tid: linjene kan være eldre enn det vi vet")
    )
    cursor_lost = models.DateTimeField(
        _("mistet plassen"), null=True, blank=True, help_text=_("Når siden vi sto på, ikke fantes lenger")
    )
    marker = models.PositiveBigIntegerField(default=0)
    pages_read = models.PositiveBigIntegerField(default=0)
    lines_read = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("strømmens tilstand")
        verbose_name_plural = _("strømmens tilstand")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ingest_one_feed")]

    def __str__(self) -> str:
        return self.origin

    @classmethod
    def bound(cls, origin: str) -> FeedState:
        """The row, made at the first call. Raises `WrongOrigin` where the database follows another feed."""
        origin = origin.rstrip("/")
        state, _made = cls.objects.get_or_create(id=1, defaults={"origin": origin})
        if state.origin != origin:
            raise WrongOrigin(
                f"This database follows {state.origin}, but NAV_FEED_URL is {origin}, where its place in the feed and its "
                f"ads mean nothing. Set NAV_FEED_URL back, or point DATABASE_URL at a new database."
            )
        return state

    @classmethod
    def lock(cls) -> None:
        """Locks the row until the transaction ends: the first lock of every transaction that writes the queue or, for the
        feed, ads (docs/decisions/0015-order-of-locks.md)."""
        cls.objects.filter(id=1).update(marker=F("marker"))

    @classmethod
    def take_markers(cls, count: int) -> int:
        """The first of `count` numbers that no task has had before. Within a transaction."""
        cls.objects.filter(id=1).update(marker=F("marker") + count)
        return int(cls.objects.values_list("marker", flat=True).get(id=1)) - count + 1


class PageMark(models.Model):
    """A page that was read, and when: from where the feed is walked again to find lines committed late."""

    page_id = models.CharField(max_length=36, primary_key=True)
    line_time = models.DateTimeField(db_index=True, help_text=_("Tidspunktet på sidens første linje"))
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("bokmerke")
        verbose_name_plural = _("bokmerker")

    def __str__(self) -> str:
        return f"{self.page_id} ({timezone.localtime(self.line_time):%Y-%m-%d %H:%M})"


class DetailTask(models.Model):
    """An ad whose detail is to be fetched. `marker` changes with each new line about the ad: an answer that was asked for
    before is then not written."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Venter")
        DEFERRED = "deferred", _("Utsatt etter feil")
        QUARANTINED = "quarantined", _("I karantene")

    class Origin(models.TextChoices):
        LINE = "line", _("Linje i strømmen")
        REPLAY = "replay", _("Linje funnet ved ny gjennomgang")
        RECHECK = "recheck", _("Løpende kontroll")
        ADMIN = "admin", _("Bedt om av en administrator")

    class Says(models.TextChoices):
        """What the last line of the ad says of it; empty where no line is the reason to ask."""

        ACTIVE = "ACTIVE", _("Aktiv")
        INACTIVE = "INACTIVE", _("Ikke aktiv")
        MASKED = "MASKED", _("Ikke aktiv, og tittelen er trukket tilbake")

    uuid = models.UUIDField(primary_key=True)
    marker = models.PositiveBigIntegerField()
    line_time = models.DateTimeField(null=True, blank=True)
    line_says = models.CharField(max_length=8, choices=Says, blank=True, default="")
    missing_since = models.DateTimeField(
        null=True, blank=True, help_text=_("Siden da er svaret 404, uten at en annen annonse viser at strømmen er frisk")
    )
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.LINE)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING, db_index=True)
    attempts = models.PositiveIntegerField(_("forsøk"), default=0)
    next_try = models.DateTimeField(_("neste forsøk"), default=timezone.now, db_index=True)
    reason = models.TextField(_("grunn"), blank=True)
    queued = models.DateTimeField(_("lagt i kø"), default=timezone.now)

    class Meta:
        verbose_name = _("detalj som skal hentes")
        verbose_name_plural = _("detaljer som skal hentes")
        indexes = [models.Index(fields=["-line_time", "-marker"], name="detailtask_newest")]

    def __str__(self) -> str:
        return str(self.uuid)


class Run(models.Model):
    """One piece of work on the feed, as an administrator sees it."""

    class Kind(models.TextChoices):
        SYNC = "sync", _("Følge strømmen")
        REPLAY = "replay", _("Ny gjennomgang av de siste dagene")
        RECHECK = "recheck", _("Kontroll av aktive annonser")
        RETRY = "retry", _("Nytt forsøk på karantenen")
        TRUTH = "truth", _("Sammenligning med strømmen")

    class State(models.TextChoices):
        QUEUED = "queued", _("I kø")
        RUNNING = "running", _("Pågår")
        DONE = "done", _("Ferdig")
        FAILED = "failed", _("Mislyktes")
        STOPPED = "stopped", _("Stoppet")
        SKIPPED = "skipped", _("Noen andre var i gang")

    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    started = models.DateTimeField(default=timezone.now, db_index=True)
    finished = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True)
    progress = models.JSONField(default=dict, blank=True, help_text=_("phase, done, total, rate (per sekund)"))
    error = models.TextField(blank=True)
    requested_by = models.CharField(_("bedt om av"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("kjøring")
        verbose_name_plural = _("kjøringer")
        ordering = ["-started"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.started):%Y-%m-%d %H:%M}"

    def finish(self, state: str, *, report: dict[str, Any] | None = None, error: str = "") -> None:
        self.state, self.error, self.finished = state, error, timezone.now()
        self.report = report or self.report
        with transaction.atomic():
            self.save(update_fields=["state", "error", "finished", "report"])
