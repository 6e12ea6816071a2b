"""Models of shared searches: one secret link a search, and colleagues who are invited by mail."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SearchShare(models.Model):
    """The secret link of a saved search. The link is the signed id (`links.py`); deleting the row revokes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    search = models.OneToOneField("saved.SavedSearch", models.CASCADE, related_name="share")
    created = models.DateTimeField(_("opprettet"), default=timezone.now)

    class Meta:
        verbose_name = _("delt søk")
        verbose_name_plural = _("delte søk")

    def __str__(self) -> str:
        return str(self.pk)


class SearchInvitation(models.Model):
    """Invitation of a colleague to a saved search, by mail. Once accepted, the search is on the colleague's own list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    search = models.ForeignKey("saved.SavedSearch", models.CASCADE, related_name="invitations")
    address = models.EmailField(_("e-postadresse"))
    created = models.DateTimeField(_("opprettet"), default=timezone.now)
    colleague = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="shared_searches")
    """Set when the invitation is accepted."""

    last_looked = models.DateTimeField(_("sist sett på"), default=timezone.now)
    """The colleague's last look: the number of new ads is their own."""

    class Meta:
        verbose_name = _("invitasjon til søk")
        verbose_name_plural = _("invitasjoner til søk")
        constraints = [
            models.UniqueConstraint(fields=["search", "address"], name="search_invitation_once_an_address"),
            models.UniqueConstraint(fields=["search", "colleague"], name="search_invitation_once_a_colleague"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
