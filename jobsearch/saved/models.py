"""A saved search is an owner, a name and the canonical parameters, nothing that could drift from what the page asks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobsearch import search

NAME_LENGTH = 80


class SavedSearch(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("navn"), max_length=NAME_LENGTH)
    params = models.TextField(_("parametre"), blank=True, help_text=_("Adressens del etter ?, kanonisk og uten side"))
    created = models.DateTimeField(_("lagret"), auto_now_add=True)
    last_looked = models.DateTimeField(_("sist sett på"), default=timezone.now)

    class Meta:
        verbose_name = _("lagret søk")
        verbose_name_plural = _("lagrede søk")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"  # no name and no parameters: what people search for stays out of logs and histories

    @property
    def query(self) -> search.SearchQuery:
        """The search, read by the same code as the page's. A value that is gone from the facets is left out, as there."""
        return search.SearchQuery.from_params(QueryDict(self.params))[0]
