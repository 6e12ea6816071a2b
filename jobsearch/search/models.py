"""What the search remembers in the database: which index its notes about rows (`indexed_version`) are about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class IndexState(models.Model):
    """One row: the index in service. Where an engine shows another one, or none, the index is built anew."""

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


class IndexLease(models.Model):
    """Who may write an index, or build one, just now: the right runs out by itself, so a dead worker blocks nobody long."""

    name = models.CharField(max_length=20, primary_key=True)
    token = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("indekslås")
        verbose_name_plural = _("indekslåser")

    def __str__(self) -> str:
        return self.name
