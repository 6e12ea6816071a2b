"""Tables of the feed consumer: its cursor in the feed, and the queue of details to fetch."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ingest.client.errors import WrongOrigin
from jobsearch.core.models import Job

TOKEN_ERRORS = frozenset({"unauthorized", "same-token", "no-token"})
"""Codes of `ingest.client.errors.Unauthorized`."""


class FeedState(models.Model):
    """State of following the feed, in one row: cursor, token and last error.

    `page_id` is the next page to read. `page_seen` are the fingerprints of those of its lines that were already applied: the
    first line of a page repeats the last line of the page before, and the last page is read again at each poll.
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
    error_code = models.CharField(max_length=60, blank=True)
    error_detail = models.TextField(blank=True)
    error_since = models.DateTimeField(_("problem siden"), null=True, blank=True)
    catching_up = models.BooleanField(
        default=False, help_text=_("Lesingen begynte på nytt etter tid: linjene kan være eldre enn det vi vet")
    )
    cursor_lost = models.DateTimeField(
        _("mistet plassen"), null=True, blank=True, help_text=_("Når siden vi sto på, ikke fantes lenger")
    )
    marker = models.PositiveBigIntegerField(default=0)
    paused_until = models.DateTimeField(_("på pause til"), null=True, blank=True)
    """Until then the schedule does not read the feed: see `pausing`."""
    paused_by = models.CharField(_("satt på pause av"), max_length=150, blank=True)
    pages_read = models.PositiveBigIntegerField(_("leste sider"), default=0)
    lines_read = models.PositiveBigIntegerField(_("leste linjer"), default=0)

    class Meta:
        verbose_name = _("strømmens tilstand")
        verbose_name_plural = _("strømmens tilstand")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ingest_one_feed")]

    def __str__(self) -> str:
        return self.origin

    @property
    def has_token_error(self) -> bool:
        """Whether the last sync run ended because NAV refuses the token, or issues none."""
        return self.error_code in TOKEN_ERRORS

    @classmethod
    def get_for_feed(cls, origin: str) -> FeedState:
        """Returns the row, and creates it at the first call. Raises `WrongOrigin` if the database follows another feed."""
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
        """Locks the row until the transaction ends.

        First lock of every transaction that writes the queue, or ads of the feed (docs/decisions/0015-order-of-locks.md).
        """
        cls.objects.filter(id=1).update(marker=F("marker"))

    @classmethod
    def take_markers(cls, count: int) -> int:
        """Returns the first of `count` new generation numbers. In a transaction."""
        cls.objects.filter(id=1).update(marker=F("marker") + count)
        return int(cls.objects.values_list("marker", flat=True).get(id=1)) - count + 1


class PageMark(models.Model):
    """Bookmark: a page that was read, and when. The replay starts at one, to find lines that were committed late."""

    page_id = models.CharField(max_length=36, primary_key=True)
    line_time = models.DateTimeField(db_index=True, help_text=_("Tidspunktet på sidens første linje"))
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("bokmerke")
        verbose_name_plural = _("bokmerker")

    def __str__(self) -> str:
        return f"{self.page_id} ({timezone.localtime(self.line_time):%Y-%m-%d %H:%M})"


class DetailTask(models.Model):
    """An ad whose detail is to be fetched.

    `marker` is a generation number, which changes with each new line about the ad: an answer to an earlier request is not
    written.
    """

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
        """Status in the ad's last line; empty where the task was not queued for a line."""

        ACTIVE = "ACTIVE", _("Aktiv")
        INACTIVE = "INACTIVE", _("Ikke aktiv")
        MASKED = "MASKED", _("Ikke aktiv, og tittelen er trukket tilbake")

    uuid = models.UUIDField(primary_key=True)
    marker = models.PositiveBigIntegerField(_("merke"))
    line_time = models.DateTimeField(_("linjens tid"), null=True, blank=True)
    line_says = models.CharField(max_length=8, choices=Says, blank=True, default="")
    missing_since = models.DateTimeField(
        null=True, blank=True, help_text=_("Siden da er svaret 404, uten at en annen annonse viser at strømmen er frisk")
    )
    origin = models.CharField(_("hvorfor i køen"), max_length=8, choices=Origin, default=Origin.LINE)
    state = models.CharField(_("tilstand"), max_length=12, choices=State, default=State.WAITING, db_index=True)
    attempts = models.PositiveIntegerField(_("forsøk"), default=0)
    next_try = models.DateTimeField(_("neste forsøk"), default=timezone.now, db_index=True)
    error_code = models.CharField(_("grunn"), max_length=60, blank=True)
    error_detail = models.TextField(blank=True)
    error_field = models.CharField(_("felt"), max_length=60, blank=True)
    """The field of the detail that cannot be read."""
    received = models.TextField(_("det som kom"), blank=True)
    """The detail that cannot be read, shortened and without contacts (`client.redacted_details`)."""
    queued = models.DateTimeField(_("lagt i kø"), default=timezone.now)

    class Meta:
        verbose_name = _("detalj som skal hentes")
        verbose_name_plural = _("detaljer som skal hentes")
        indexes = [models.Index(fields=["-line_time", "-marker"], name="detailtask_newest")]

    def __str__(self) -> str:
        return str(self.uuid)


class SeenLine(models.Model):
    """A line of the feed that was applied: an ad's history for administrators. Without the line's texts."""

    uuid = models.UUIDField(db_index=True)
    line_time = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=DetailTask.Says)
    read_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("linje i strømmen")
        verbose_name_plural = _("linjer i strømmen")
        constraints = [
            # A page is read again after a lost cursor: each line is kept once.
            models.UniqueConstraint(fields=["uuid", "line_time", "status"], name="seenline_once")
        ]

    def __str__(self) -> str:
        return f"{self.uuid} {self.status}"


class FeedJob(models.TextChoices):
    """Kinds of jobs on the feed (`jobsearch.core.jobs`)."""

    SYNC = "sync", _("Følge strømmen")
    REPLAY = "replay", _("Ny gjennomgang av de siste dagene")
    RECHECK = "recheck", _("Kontroll av aktive annonser")
    RETRY = "retry", _("Nytt forsøk på karantenen")
    FETCH = "fetch", _("Henting av én annonse")
    DISCARD = "discard", _("Tømming av karantenen")
    PAUSE = "pause", _("Pause i lesingen")
    RESUME = "resume", _("Slutt på pausen")


class Run(Job):
    """Every job, under the name that the admin's URLs and permissions have had since the first release.

    `ingest.view_run` is the permission to see jobs, `ingest.add_run` to start and cancel them.
    """

    class Meta:
        proxy = True
        verbose_name = _("kjøring")
        verbose_name_plural = _("kjøringer")
        ordering = ["-started"]
