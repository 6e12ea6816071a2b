"""Database models of vacancies.

Each row has a `version`, which every change that concerns the search raises; the search stores the version it has indexed in
`indexed_version`. No message is sent to the search: it looks for rows whose two versions differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import visibility
from .deletion_models import Erasure, Purge, SuppressedIdentifier
from .past_ads import PastAd

__all__ = [
    "Category",
    "Contact",
    "Erasure",
    "Location",
    "Moderation",
    "Occupation",
    "PastAd",
    "PostalCode",
    "PreparedAd",
    "PreparedDocument",
    "Purge",
    "SuppressedIdentifier",
    "Tombstone",
    "Vacancy",
    "VacancyQuerySet",
    "hidden_condition",
]


def hidden_condition() -> models.Exists:
    """Condition on `uuid` for the ads that an administrator hides."""
    return models.Exists(Moderation.objects.filter(uuid=models.OuterRef("uuid"), hidden=True))


class VacancyQuerySet(models.QuerySet["Vacancy"]):
    """Queries for active ads and for ads that are not indexed."""

    def active(self, now: dt.datetime | None = None) -> VacancyQuerySet:
        """The ads that may be shown at this moment, see `visibility`."""
        return self.filter(visibility.active_condition(now)).filter(~hidden_condition())

    def with_hidden(self) -> VacancyQuerySet:
        """The rows with `is_hidden`: whether an administrator hides the ad. A column, so that it cannot change the plan."""
        return self.annotate(is_hidden=hidden_condition())

    def before_deadline(self) -> VacancyQuerySet:
        """The ads whose deadline has not passed or is no date: of the active ones, those of a search without a deadline."""
        today = visibility.get_oslo_date(timezone.now())
        return self.filter(Q(application_due__isnull=True) | Q(application_due__gte=today))

    def list_active(self, uuids: Iterable[UUID], now: dt.datetime | None = None) -> list[Vacancy]:
        """The active ads among these uuids, in the order of the uuids: one query by primary key, filtered in Python.

        `active().filter(uuid__in=…)` finds the same rows, but SQLite reads every active ad for it: without statistics it
        expects an index on `status` to be narrower (51 ms instead of 4 for 25 of 10,000 ads).
        """
        wanted = list(dict.fromkeys(uuids))
        query = self if "is_hidden" in self.query.annotations else self.with_hidden()
        rows = {row.uuid: row for row in query.filter(pk__in=wanted)} if wanted else {}
        found = (row for uuid in wanted if (row := rows.get(uuid)))
        return [row for row in found if visibility.is_active(row, now, hidden=row.is_hidden)]  # type: ignore[attr-defined]

    def for_lists(self, *, with_text: bool = False) -> VacancyQuerySet:
        """The rows with their prepared row, in one query, without the columns that no list shows. `with_text`: for snippets."""
        unused = ("raw", "description", "employer_description", "content_hash", "source_url", "application_url")
        dates = ("expires", "updated", "line_time", "changed", "checked", "closed_at")  # each costs a conversion
        texts = () if with_text else ("prepared__text",)
        return self.select_related("prepared").defer(*unused, *dates, *texts).with_hidden().with_feed_time()

    def with_feed_time(self) -> VacancyQuerySet:
        """The rows with `feed_time` (see `freshness`), the same in each: computed once, in a query that is made anyway."""
        known = Vacancy.objects.filter(line_time__isnull=False).order_by("-line_time")
        return self.annotate(feed_time=models.Subquery(known.values("line_time")[:1]))

    def not_indexed(self) -> VacancyQuerySet:
        """The rows whose latest version is not in the index."""
        return self.filter(version__gt=F("indexed_version"))


class Vacancy(models.Model):
    """A job ad: open, or closed and within its retention. Written by `store`."""

    class Status(models.TextChoices):
        """Status as stored. Whether an ad may be shown also depends on the time, see `visibility`."""

        ACTIVE = "ACTIVE", _("Aktiv")
        INACTIVE = "INACTIVE", _("Ikke aktiv")

    class Closed(models.TextChoices):
        """Why an ad is not active: for administrators, not shown to job seekers."""

        FEED = "feed", _("Strømmen sa at annonsen er inaktiv")
        WITHDRAWN = "withdrawn", _("Annonsen finnes ikke lenger i strømmen")
        EXPIRED = "expired", _("Siste dag er passert")
        UNREADABLE = "unreadable", _("Detaljene lar seg ikke lese")

    uuid = models.UUIDField(_("uuid"), primary_key=True)
    status = models.CharField(max_length=8, choices=Status)
    title = models.TextField(_("tittel"), blank=True)
    job_title = models.TextField(_("stillingstittel"), blank=True)
    employer_name = models.TextField(_("arbeidsgiver"), blank=True)
    employer_orgnr = models.CharField(_("organisasjonsnummer"), max_length=20, blank=True, db_index=True)
    employer_homepage = models.TextField(blank=True)
    employer_description = models.TextField(blank=True)
    description = models.TextField(blank=True)
    """HTML, sanitised by an allow-list of elements."""

    language = models.CharField(_("språk"), max_length=8, blank=True)
    """Of the text, guessed: nb, nn, en …"""

    source = models.CharField(_("kilde"), max_length=100, blank=True)
    source_url = models.TextField(_("kildens lenke"), blank=True)
    application_url = models.TextField(_("søknadslenke"), blank=True)
    application_due_text = models.TextField(_("frist, som oppgitt"), blank=True)
    application_due = models.DateField(_("frist"), null=True, blank=True)
    published = models.DateTimeField(_("publisert"), null=True, blank=True)
    expires = models.DateTimeField(_("siste dag"))
    visible_until = models.DateTimeField(_("vises til"), db_index=True)
    """Midnight in Oslo after the last day: from then on the ad is not active."""

    updated = models.DateTimeField(_("endret hos kilden"), null=True, blank=True)
    """The time of the last change by the ad's own source."""

    line_time = models.DateTimeField(_("sist omtalt i strømmen"), null=True, blank=True)
    """When the feed last had a line about the ad."""

    sector = models.CharField(_("sektor"), max_length=100, blank=True)
    extent = models.CharField(_("omfang"), max_length=100, blank=True)
    engagement = models.CharField(_("ansettelsesform"), max_length=100, blank=True)
    start_text = models.TextField(blank=True)
    position_count = models.PositiveIntegerField(null=True, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    """Equal for ads of one employer with the same text."""

    content_hash = models.CharField(max_length=64, blank=True)
    """Of everything that the source says of the ad, contacts included: any edit gives another one."""

    raw = models.JSONField(null=True, blank=True)
    """The source's own object, without the contacts. None for a closed ad."""

    first_seen = models.DateTimeField(_("først sett"), db_index=True)
    changed = models.DateTimeField(_("endret hos oss"), db_index=True)
    checked = models.DateTimeField(_("sist kontrollert"), db_index=True)
    """When the details were last fetched and were the same."""

    closed_at = models.DateTimeField(_("lukket"), null=True, blank=True, db_index=True)
    closed_reason = models.CharField(_("hvorfor lukket"), max_length=10, choices=Closed, blank=True)
    version = models.PositiveBigIntegerField(_("versjon"), default=1)
    indexed_version = models.PositiveBigIntegerField(_("versjon i indeksen"), default=0)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("stilling")
        verbose_name_plural = _("stillinger")
        indexes = [
            # Status first: a search asks for the closed ads that are not yet indexed; otherwise SQLite reads all closed ads. With
            # the two versions, which SQLite compares again for each row: without them it reads the row, which has texts.
            models.Index(
                fields=["status", "uuid", "version", "indexed_version"],
                name="vacancy_behind_index",
                condition=Q(version__gt=F("indexed_version")),
            ),
            models.Index(fields=["status", "checked"], name="vacancy_to_recheck"),
            models.Index(fields=["employer_name", "status"], name="vacancy_of_employer_name"),
            # With every column of the active condition: otherwise SQLite takes an index that begins with the status for an
            # employer's active ads, and reads all active ads.
            models.Index(fields=["employer_orgnr", "status", "visible_until", "uuid"], name="vacancy_of_employer"),
            # For "data as of": a maximum without an index reads every row with its texts (30-50 ms for 10,000 ads).
            models.Index(fields=["line_time"], name="vacancy_line_time"),
            # Covering index for the count of active ads and for the sitemaps: no row of the table is read.
            models.Index(
                fields=["status", "uuid", "visible_until", "changed", "employer_orgnr", "application_due"],
                name="vacancy_active_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.uuid)


class PreparedAd(models.Model):
    """What lists show of an active ad, computed by `prepared_ads` when the ad is stored.

    So a list is read by one query, and no request redacts a text, parses HTML or reads related rows. Deleted in the transaction
    that closes the ad. A row of an earlier version of the computation is made again in the background.
    """

    vacancy = models.OneToOneField(Vacancy, models.CASCADE, primary_key=True, related_name="prepared")
    version = models.PositiveSmallIntegerField(db_index=True)
    title_language = models.CharField(max_length=8, blank=True)
    duplicate_key = models.TextField(blank=True)
    """Equal for ads that a list shows as one row, see `duplicates`; "" for an ad without text or employer."""

    locations = models.JSONField(default=list)
    """The columns of `prepared_ads.Workplace` for each workplace, in order."""

    occupations = models.JSONField(default=list)
    """Paths."""

    job_names = models.JSONField(default=list)
    redactions = models.JSONField(default=dict)
    """Title, employer, name of an occupation or of a place -> the same without contact information, where that differs."""

    text = models.TextField(blank=True)
    """The opening of the ad's text, plain and without contact information, from which snippets are cut."""

    class Meta:
        verbose_name = _("stilling i lister")
        verbose_name_plural = _("stillinger i lister")

    def __str__(self) -> str:
        return str(self.vacancy_id)


class PreparedDocument(models.Model):
    """The search document of an active ad, as the search has made it, so that a rebuild of the index analyses no text.

    Opaque here, see `prepared_documents`. Deleted in the transaction that closes or changes the ad.
    """

    vacancy = models.OneToOneField(Vacancy, models.CASCADE, primary_key=True, related_name="prepared_document")
    version = models.PositiveBigIntegerField()
    """The version of the ad that was analysed."""

    analysis = models.CharField(max_length=64)
    """Which analysis made it: a document of another one is made again."""

    content = models.BinaryField()

    class Meta:
        verbose_name = _("søkedokument")
        verbose_name_plural = _("søkedokumenter")

    def __str__(self) -> str:
        return str(self.vacancy_id)


class Location(models.Model):
    """A workplace of an ad: the feed's names, and the path of the place (`taxonomy.places`)."""

    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="locations")
    position = models.PositiveSmallIntegerField()
    raw_country = models.TextField(blank=True)
    raw_county = models.TextField(blank=True)
    raw_municipality = models.TextField(blank=True)
    city = models.TextField(blank=True)
    postal_code = models.CharField(max_length=40, blank=True)
    address = models.TextField(blank=True)
    path = models.CharField(max_length=200, db_index=True, blank=True)
    """VESTLAND/BERGEN, VESTLAND, UTLAND/SVERIGE, or empty."""

    class Meta:
        verbose_name = _("arbeidssted")
        verbose_name_plural = _("arbeidssteder")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.path


class Contact(models.Model):
    """A contact person of an active ad. Deleted in the transaction that closes the ad; copied to no other place."""

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
        return f"{self.vacancy_id} #{self.position}"  # no name: this text goes into logs and into the admin's history


class Occupation(models.Model):
    """An occupation of an ad: NAV's names, and their path (`taxonomy.occupations`)."""

    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="occupations")
    raw_level1 = models.TextField(blank=True)
    raw_level2 = models.TextField(blank=True)
    path = models.CharField(max_length=250, db_index=True)
    """Helse og sosial/Sykepleier."""

    class Meta:
        verbose_name = _("yrke")
        verbose_name_plural = _("yrker")

    def __str__(self) -> str:
        return self.path


class Category(models.Model):
    """A category of an ad in another classification: `type` is its name, such as ESCO or STYRK08."""

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
    """An administrator's decision to hide an ad. A separate table, which the sync with the feed never writes."""

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
        """The uuids among these of ads that an administrator has hidden."""
        if not uuids:
            return set()
        return set(cls.objects.filter(pk__in=list(uuids), hidden=True).values_list("uuid", flat=True))


class Tombstone(models.Model):
    """Tombstone: what remains of an ad after its retention, its uuid and its last day.

    The search deletes the ad's document from the index when it finds the tombstone.
    """

    uuid = models.UUIDField(primary_key=True)
    closed_on = models.DateField(_("lukket"))
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
    """A postal code and its coordinates, loaded by `manage.py load_postal_codes`.

    All rows are replaced together, in one transaction; `loaded` is the same moment in all of them.
    """

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=100)
    latitude = models.FloatField()
    """Degrees north, WGS 84."""

    longitude = models.FloatField()
    """Degrees east, WGS 84."""

    loaded = models.DateTimeField()

    class Meta:
        verbose_name = _("postnummer")
        verbose_name_plural = _("postnumre")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
