"""Database models of deletions: what was deleted when, and the suppression list with the requests behind it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Purge(models.Model):
    """Record of a deletion: which ad lost what, when and why. Proof for NAV's terms of use and for the GDPR.

    Written in the transaction that deletes. Has no content: an ad's uuid says nothing about a person.
    """

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Annonsen tok slutt: kontakter, tekster og lenker")
        MASKED = "masked", _("NAV trakk tilbake tittel og arbeidsgiver")
        FORGOTTEN = "forgotten", _("Lagringstiden er ute: alt unntatt id og dato")
        TOMBSTONES = "tombstones", _("Id-er av annonser som for lengst er borte")
        ERASED = "erased", _("Etter krav fra en person")

    kind = models.CharField(_("hva"), max_length=10, choices=Kind)
    uuid = models.UUIDField(_("annonse"), null=True, blank=True, db_index=True)
    """None where even the ids were deleted: then only `number` is known."""

    moment = models.DateTimeField(_("når"), default=timezone.now, db_index=True)
    number = models.PositiveIntegerField(_("antall"), default=0)
    """Contacts that were deleted; for tombstones, their number."""

    reason = models.CharField(_("hvorfor"), max_length=10, blank=True)
    """Of a closed ad: `Vacancy.closed_reason`."""

    class Meta:
        verbose_name = _("sletting")
        verbose_name_plural = _("slettinger")

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid or self.number}"


class Erasure(models.Model):
    """A person's request not to be published. Has no name: what the person asked to remove is kept as hashes only."""

    created = models.DateTimeField(_("bedt om"), default=timezone.now)
    requested_by = models.CharField(_("utført av"), max_length=150, blank=True)
    reference = models.CharField(_("saksnummer"), max_length=40, blank=True)
    ads = models.PositiveIntegerField(_("endrede annonser"), default=0)
    finished = models.DateTimeField(_("ferdig"), null=True, blank=True)
    """When every stored ad had been searched."""

    class Meta:
        verbose_name = _("krav om sletting")
        verbose_name_plural = _("krav om sletting")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created):%Y-%m-%d} {self.reference}".strip()


class SuppressedIdentifier(models.Model):
    """A name, phone number or e-mail address that may not be published, as a keyed hash (`suppression.identifiers`)."""

    class Kind(models.TextChoices):
        NAME = "name", _("navn")
        PHONE = "phone", _("telefonnummer")
        EMAIL = "email", _("e-postadresse")

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="identifiers")
    kind = models.CharField(_("slag"), max_length=5, choices=Kind)
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    """Which key made the hash: with another one it matches nothing, and a system check says so."""

    class Meta:
        default_permissions = ()
        verbose_name = _("sperret opplysning")
        verbose_name_plural = _("sperrede opplysninger")
        constraints = [models.UniqueConstraint(fields=["erasure", "kind", "digest"], name="suppressed_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
