"""State of the search in the database: the live index, quarantined ads, failing threads."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IndexState(models.Model):
    """The live index, to which `Vacancy.indexed_version` refers. One row. If the engine has another one, it is rebuilt."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    identity = models.CharField(_("indeks"), max_length=200)
    fingerprint = models.CharField(_("skjema"), max_length=64)
    sequence = models.PositiveBigIntegerField(
        _("løpenummer"),
        default=0,
        help_text=_("Telles opp før hver skriving. Har indeksen et høyere, er databasen gjenopprettet."),
    )
    documents = models.PositiveIntegerField(_("dokumenter"), default=0)
    built = models.DateTimeField(_("bygget"))
    seconds = models.FloatField(_("byggetid i sekunder"), default=0)

    class Meta:
        verbose_name = _("søkeindeks")
        verbose_name_plural = _("søkeindeks")

    def __str__(self) -> str:
        return self.identity


class SetAside(models.Model):
    """A quarantined version of an ad: not in the index, because it could not be analysed or the engine refused it."""

    class Reason(models.TextChoices):
        SLOW = "slow", _("Analysen tok for lang tid")
        MEMORY = "memory", _("Analysen brukte for mye minne")
        STALLED = "stalled", _("Analysen svarte ikke")
        CRASHED = "crashed", _("Analysen falt ut")
        ERROR = "error", _("Feil i analysen")
        REFUSED = "refused", _("Søkemotoren tok ikke imot dokumentet")

    uuid = models.UUIDField(primary_key=True)
    version = models.PositiveBigIntegerField(_("versjon"))
    reason = models.CharField(_("grunn"), max_length=10, choices=Reason)
    detail = models.CharField(_("detaljer"), max_length=200, blank=True)
    since = models.DateTimeField(_("satt til side"))
    tries = models.PositiveIntegerField(_("forsøk"), default=1)
    next_try = models.DateTimeField(_("neste forsøk"), db_index=True)
    fingerprint = models.CharField(_("skjema"), max_length=64, help_text=_("En ny versjon av analysen prøver igjen med en gang"))

    class Meta:
        verbose_name = _("annonse satt til side")
        verbose_name_plural = _("annonser satt til side")

    def __str__(self) -> str:
        return str(self.uuid)


class ThreadFailure(models.Model):
    """The last error of a background thread; the row is deleted when the thread succeeds again."""

    name = models.CharField(_("tråd"), max_length=40, primary_key=True)
    error = models.CharField(_("feil"), max_length=200)
    since = models.DateTimeField(_("siden"))
    last = models.DateTimeField(_("sist"))

    class Meta:
        verbose_name = _("tråd som mislykkes")
        verbose_name_plural = _("tråder som mislykkes")

    def __str__(self) -> str:
        return self.name


class SearchUsage(models.Model):
    """How often a filter was used on a day, or a kind of slow search occurred (`jobsearch.search.usage`). No words."""

    MAX_KEY = 120

    class Kind(models.TextChoices):
        FILTER = "filter", _("Filter")
        SLOW = "slow", _("Langsomt søk")

    day = models.DateField()
    kind = models.CharField(max_length=6, choices=Kind)
    key = models.CharField(max_length=MAX_KEY)
    number = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    """The slowest of them."""

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "kind", "key"], name="usage_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.key}"


class MissedWord(models.Model):
    """A word of searches without hits, as a keyed hash; the word itself only from five different days on."""

    digest = models.CharField(max_length=64, primary_key=True)
    word = models.CharField(max_length=30, blank=True)
    days = models.JSONField(default=list)
    """The days on which it was searched for, as ISO dates."""
    number = models.PositiveIntegerField(default=0)
    last = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:12]
