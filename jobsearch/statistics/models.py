"""Tables of the statistics. None has an ad's uuid, title or text; employers are named by their organisation.

`occupation`, `place`, `municipality` and `sector` are numbers of values (`dimensions.get_number`), so that millions of rows and
their indexes stay small.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DailyCount(models.Model):
    """Ads of one day, occupation (level 2), municipality and sector: published, active at the end of the day, and closed.

    An ad with several occupations or municipalities is in the row of each. `active` is 0 in days without a `CountedDay`.
    """

    day = models.DateField(_("dag"))
    occupation = models.PositiveIntegerField()
    municipality = models.PositiveIntegerField()
    sector = models.PositiveIntegerField()
    new = models.PositiveIntegerField(_("nye"), default=0)
    active = models.PositiveIntegerField(_("aktive"), default=0)
    closed = models.PositiveIntegerField(_("lukket"), default=0)
    days_open = models.JSONField(default=dict)
    """Of the closed ads: days that they were open -> number of ads."""

    class Meta:
        verbose_name = _("dagens annonser")
        verbose_name_plural = _("annonser per dag")
        constraints = [
            models.UniqueConstraint(fields=["day", "occupation", "municipality", "sector"], name="statistics_daily_cell")
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class WeeklyCount(models.Model):
    """Published and closed ads of one week, for each combination of the dimensions and for their totals.

    `occupation` is level 2, level 1 or 0 for all; `place` a municipality, a county or 0; `sector` a sector or 0. Each ad is
    counted once in a row, also one with several municipalities in the row of the whole country, so totals are no sums of parts.
    """

    week = models.DateField(_("uke"))
    """The Monday."""

    occupation = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    sector = models.PositiveIntegerField()
    new = models.PositiveIntegerField(_("nye"), default=0)
    closed = models.PositiveIntegerField(_("lukket"), default=0)
    days_open = models.JSONField(default=dict)
    """As in `DailyCount`."""

    class Meta:
        verbose_name = _("ukens annonser")
        verbose_name_plural = _("annonser per uke")
        constraints = [
            # The series of one row over the weeks.
            models.UniqueConstraint(fields=["occupation", "place", "sector", "week"], name="statistics_weekly_cell")
        ]
        indexes = [
            # Covering indexes of the largest places of an occupation, and of the largest occupations of a place.
            models.Index(fields=["occupation", "sector", "week", "place", "new"], name="statistics_largest_places"),
            models.Index(fields=["place", "sector", "week", "occupation", "new"], name="statistics_largest_occupations"),
            models.Index(fields=["week"], name="statistics_week"),
        ]

    def __str__(self) -> str:
        return f"{self.week}"


class Employer(models.Model):
    """An organisation with its latest name, and its totals of the last year, computed from `EmployerDay`."""

    orgnr = models.PositiveIntegerField(_("organisasjonsnummer"), primary_key=True)
    name = models.CharField(_("navn"), max_length=200, blank=True)
    """Without names of persons; "" where nothing else is left."""

    named_at = models.DateTimeField()
    """When the ad with this name was first seen."""

    new_year = models.PositiveIntegerField(default=0)
    new_quarter = models.PositiveIntegerField(default=0)
    new_quarter_before = models.PositiveIntegerField(default=0)
    growth = models.IntegerField(default=0)
    """`new_quarter` less `new_quarter_before`."""

    active = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("arbeidsgiver")
        verbose_name_plural = _("arbeidsgivere")
        indexes = [
            models.Index(fields=["-new_year", "orgnr"], name="statistics_largest_employers"),
            models.Index(fields=["-growth", "orgnr"], name="statistics_growing_employers"),
            models.Index(fields=["new_quarter", "active", "-new_quarter_before", "orgnr"], name="statistics_stopped_employers"),
        ]

    def __str__(self) -> str:
        return f"{self.orgnr:09d}"


class EmployerDay(models.Model):
    """Ads of one day and employer: published, and active at the end of the day."""

    day = models.DateField(_("dag"))
    orgnr = models.PositiveIntegerField(_("organisasjonsnummer"))
    new = models.PositiveIntegerField(_("nye"), default=0)
    active = models.PositiveIntegerField(_("aktive"), default=0)

    class Meta:
        verbose_name = _("arbeidsgivers dag")
        verbose_name_plural = _("arbeidsgiveres dager")
        constraints = [models.UniqueConstraint(fields=["orgnr", "day"], name="statistics_employer_day")]
        indexes = [
            models.Index(fields=["day"], name="statistics_employers_of_day"),
            models.Index(fields=["day", "orgnr", "new"], name="statistics_new_of_employers", condition=Q(new__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.orgnr:09d} {self.day}"


class CountedDay(models.Model):
    """A day whose active ads are counted."""

    day = models.DateField(primary_key=True)
    is_partial = models.BooleanField(default=False)
    """Counted so late that ads of the day may have been deleted before."""

    class Meta:
        verbose_name = _("talt dag")
        verbose_name_plural = _("talte dager")

    def __str__(self) -> str:
        return f"{self.day}"


class CountingState(models.Model):
    """How far ads are counted, in one row. A run moves `counted_until` in the transaction that writes its counts."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    started = models.DateTimeField()
    """When counting began: before it, only ads that were stored then are counted."""

    counted_until = models.DateTimeField()
    """Ads first seen, and ads closed, until this moment are counted."""

    class Meta:
        verbose_name = _("tellingens tilstand")
        verbose_name_plural = _("tellingens tilstand")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="statistics_one_state")]

    def __str__(self) -> str:
        return f"{self.counted_until}"
