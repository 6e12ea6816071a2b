"""The record of vacancies.

Each row counts a `version`, raised by whatever changes what a search may say of the ad; the search keeps the version that it
has taken over in `indexed_version`. So nobody has to tell the search anything: it looks for rows that are behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from . import visibility


class VacancyQuerySet(models.QuerySet["Vacancy"]):
    def active(self, now: dt.datetime | None = None) -> VacancyQuerySet:
        """What may be shown at this moment, by the rule of `visibility`."""
        hidden = Moderation.objects.filter(uuid=models.OuterRef("uuid"), hidden=True)
        return self.filter(visibility.active_condition(now)).filter(~models.Exists(hidden))

    def list_active(self, uuids: Iterable[UUID], now: dt.datetime | None = None) -> list[Vacancy]:
        """The active ads among these uuids, in their order: read by primary key, then judged by `visibility` in Python.

        `active().filter(uuid__in=…)` finds the same rows, but SQLite reads every active ad for it: without statistics it
        takes an index on `status` for the narrower one (51 ms instead of 4 for 25 of 10,000 ads).
        """
        wanted = list(dict.fromkeys(uuids))
        rows = {row.uuid: row for row in self.filter(pk__in=wanted)} if wanted else {}
        hidden = Moderation.find_hidden(rows)
        return [row for uuid in wanted if (row := rows.get(uuid)) and visibility.is_active(row, now, hidden=row.uuid in hidden)]

    def not_indexed(self) -> VacancyQuerySet:
        """Rows whose latest version the search has not taken over."""
        return self.filter(version__gt=F("indexed_version"))


class Vacancy(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Aktiv")
        INACTIVE = "INACTIVE", _("Ikke aktiv")

    class Closed(models.TextChoices):
        """Why an ad is not active: what an administrator reads, not shown to job seekers."""

        FEED = "feed", _("Strømmen sa at annonsen er inaktiv")
        WITHDRAWN = "withdrawn", _("Annonsen finnes ikke lenger i strømmen")
        EXPIRED = "expired", _("Siste dag er passert")
        UNREADABLE = "unreadable", _("Detaljene lar seg ikke lese")

    uuid = models.UUIDField(primary_key=True)
    status = models.CharField(max_length=8, choices=Status)
    title = models.TextField(blank=True)
    job_title = models.TextField(blank=True)
    employer_name = models.TextField(blank=True)
    employer_orgnr = models.CharField(max_length=20, blank=True, db_index=True)
    employer_homepage = models.TextField(blank=True)
    employer_description = models.TextField(blank=True)
    description = models.TextField(blank=True, help_text=_("HTML, renset etter en liste over tillatte elementer"))
    language = models.CharField(max_length=8, blank=True, help_text=_("Språket i teksten, gjettet: nb, nn, en …"))
    source = models.CharField(max_length=100, blank=True)
    source_url = models.TextField(blank=True)
    application_url = models.TextField(blank=True)
    application_due_text = models.TextField(blank=True)
    application_due = models.DateField(null=True, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    expires = models.DateTimeField()
    visible_until = models.DateTimeField(
        db_index=True, help_text=_("Midnatt i Oslo etter siste dag: fra da av er annonsen ikke aktiv")
    )
    updated = models.DateTimeField(null=True, blank=True, help_text=_("Annonsens egen tid for siste endring"))
    line_time = models.DateTimeField(null=True, blank=True, help_text=_("Når strømmen sist fortalte om annonsen"))
    sector = models.CharField(max_length=100, blank=True)
    extent = models.CharField(max_length=100, blank=True)
    engagement = models.CharField(max_length=100, blank=True)
    start_text = models.TextField(blank=True)
    position_count = models.PositiveIntegerField(null=True, blank=True)
    body_hash = models.CharField(max_length=64, blank=True, help_text=_("Like tekster fra samme arbeidsgiver har samme"))
    content_hash = models.CharField(max_length=64, blank=True)
    raw = models.JSONField(null=True, blank=True)
    first_seen = models.DateTimeField(db_index=True)
    changed = models.DateTimeField(db_index=True)
    checked = models.DateTimeField(db_index=True, help_text=_("Når detaljene sist ble hentet og stemte"))
    closed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    closed_reason = models.CharField(max_length=10, choices=Closed, blank=True)
    version = models.PositiveBigIntegerField(default=1)
    indexed_version = models.PositiveBigIntegerField(default=0)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("stilling")
        verbose_name_plural = _("stillinger")
        indexes = [
            # The status first: a search asks for the closed ones among these, and SQLite would else read all closed ads.
            models.Index(fields=["status", "uuid"], name="vacancy_behind_index", condition=Q(version__gt=F("indexed_version"))),
            models.Index(fields=["status", "checked"], name="vacancy_to_recheck"),
            models.Index(fields=["employer_name", "status"], name="vacancy_of_employer_name"),
            # With all that tells which are active, or SQLite takes an index that begins with the status for an employer's
            # active ads and reads all that are active.
            models.Index(fields=["employer_orgnr", "status", "visible_until", "uuid"], name="vacancy_of_employer"),
            # For "data as of": a maximum without an index reads every row past its texts (30-50 ms for 10,000 ads).
            models.Index(fields=["line_time"], name="vacancy_line_time"),
            # All that the count of active ads and the site maps read, so that no row is fetched for them.
            models.Index(fields=["status", "uuid", "visible_until", "changed", "employer_orgnr"], name="vacancy_active_in_order"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.uuid)


class Location(models.Model):
    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="locations")
    position = models.PositiveSmallIntegerField()
    raw_country = models.TextField(blank=True)
    raw_county = models.TextField(blank=True)
    raw_municipality = models.TextField(blank=True)
    city = models.TextField(blank=True)
    postal_code = models.CharField(max_length=40, blank=True)
    address = models.TextField(blank=True)
    path = models.CharField(
        max_length=200, db_index=True, blank=True, help_text=_("VESTLAND/BERGEN, VESTLAND, UTLAND/SVERIGE eller tom")
    )

    class Meta:
        verbose_name = _("arbeidssted")
        verbose_name_plural = _("arbeidssteder")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.path


class Contact(models.Model):
    """A person to ask about an active ad. Deleted in the transaction that closes the ad; copied nowhere else."""

    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="contacts")
    position = models.PositiveSmallIntegerField()
    name = models.TextField(blank=True)
    email = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    role = models.TextField(blank=True)
    title = models.TextField(blank=True)

    class Meta:
        verbose_name = _("kontaktperson")
        verbose_name_plural = _("kontaktpersoner")
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.vacancy_id} #{self.position}"  # no name: this text ends up in logs and in admin's history


class Occupation(models.Model):
    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="occupations")
    raw_level1 = models.TextField(blank=True)
    raw_level2 = models.TextField(blank=True)
    path = models.CharField(max_length=250, db_index=True, help_text=_("Helse og sosial/Sykepleier"))

    class Meta:
        verbose_name = _("yrke")
        verbose_name_plural = _("yrker")

    def __str__(self) -> str:
        return self.path


class Category(models.Model):
    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="categories")
    type = models.CharField(max_length=40)
    raw_code = models.TextField(blank=True)
    raw_name = models.TextField(blank=True)
    code = models.CharField(max_length=200, db_index=True, blank=True)
    name = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("kategori")
        verbose_name_plural = _("kategorier")

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


class Moderation(models.Model):
    """An administrator's decision to hide an ad. A table of its own, which following the feed never writes."""

    uuid = models.UUIDField(primary_key=True)
    hidden = models.BooleanField(_("skjult"), default=True)
    note = models.TextField(_("begrunnelse"), blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("moderering")
        verbose_name_plural = _("modereringer")

    def __str__(self) -> str:
        return str(self.uuid)

    @classmethod
    def find_hidden(cls, uuids: Collection[UUID]) -> set[UUID]:
        """Those of these ads that an administrator has hidden."""
        if not uuids:
            return set()
        return set(cls.objects.filter(pk__in=list(uuids), hidden=True).values_list("uuid", flat=True))


class Tombstone(models.Model):
    """What is left of an ad after its retention: that it was, and when it ended. The search deletes its document by it."""

    uuid = models.UUIDField(primary_key=True)
    closed_on = models.DateField()
    version = models.PositiveBigIntegerField()
    indexed_version = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("gravstein")
        verbose_name_plural = _("gravsteiner")
        indexes = [
            models.Index(fields=["uuid"], name="tombstone_behind_index", condition=Q(version__gt=F("indexed_version"))),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class PostalCode(models.Model):
    """Where a postal code is, as `manage.py load_postal_codes` was told. The rows are one table: replaced together, never
    one by one, and `loaded` is the same moment in all of them."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=100)
    latitude = models.FloatField(help_text=_("Grader nord, WGS 84"))
    longitude = models.FloatField(help_text=_("Grader øst, WGS 84"))
    loaded = models.DateTimeField()

    class Meta:
        verbose_name = _("postnummer")
        verbose_name_plural = _("postnumre")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
