"""A saved search is an owner, a name and the canonical parameters, nothing that could drift from what the page asks."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jobsearch.search import api as search

NAME_LENGTH = 80
_PRESENTATION = {"sort", "size", "page", "since"}  # parameters that say how hits are shown, not which
_SHOWN = 100  # characters of parameters that cannot be read


def digest_of(params: str) -> str:
    """What makes two saved searches of a person the same one. A hash: PostgreSQL indexes no text of 8 kB."""
    return hashlib.sha256(params.encode()).hexdigest()


class SavedSearchManager(models.Manager["SavedSearch"]):
    def mark_seen(self, owner_id: int, query: search.SearchQuery, now: dt.datetime) -> None:
        """Counts "new" from now on in the person's saved search with these parameters, whether it was saved in date order or
        in the usual one, which opening it changes to date order. A no-op where the person has saved no such search."""
        query = query.replace(since=0)
        orders = {query.sort, "relevance"} if query.sort == "published" else {query.sort}
        digests = [digest_of(query.replace(sort=sort).urlencode(page=False)) for sort in orders]
        self.filter(owner_id=owner_id, digest__in=digests, last_looked__lt=now).update(last_looked=now)


class SavedSearch(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("navn"), max_length=NAME_LENGTH)
    params = models.TextField(_("parametre"), blank=True, help_text=_("Adressens del etter ?, kanonisk og uten side"))
    digest = models.CharField(max_length=64, editable=False)
    created = models.DateTimeField(_("lagret"), auto_now_add=True)
    last_looked = models.DateTimeField(_("sist sett på"), default=timezone.now)

    objects = SavedSearchManager()

    class Meta:
        verbose_name = _("lagret søk")
        verbose_name_plural = _("lagrede søk")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "digest"], name="saved_search_once_a_person")]

    def __str__(self) -> str:
        return f"#{self.pk}"  # no name and no parameters: what people search for stays out of logs and histories

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.digest = digest_of(self.params)
        super().save(*args, **kwargs)

    @cached_property
    def read(self) -> tuple[search.SearchQuery, list[search.Problem]]:
        """The parameters as the page reads them, and what of them cannot be used."""
        return search.SearchQuery.from_address(self.params)

    @cached_property
    def query(self) -> search.SearchQuery:
        """The search, read by the same code as the page's. What cannot be read finds nothing, never everything."""
        query, problems = self.read
        blocked = any(problem.blocks for problem in problems)
        if blocked or (not (query.q or query.chosen) and self._narrows):
            return search.SearchQuery(unreadable=(("published", self.params[:_SHOWN]),))
        return query.replace(since=0)

    @property
    def unreadable(self) -> str:
        """The parameters, where none of them means anything (any more); "" for a search that can be run."""
        return self.params[:_SHOWN] if self.query.unreadable == (("published", self.params[:_SHOWN]),) else ""

    @staticmethod
    def read_together(rows: Sequence[SavedSearch]) -> None:
        """Reads the parameters of all of them with the queries of one."""
        for row, read in zip(rows, search.read_addresses([row.params for row in rows]), strict=True):
            row.read = read

    @property
    def _narrows(self) -> bool:
        return bool(set(QueryDict(self.params)) - _PRESENTATION)  # not blocked, so there are not too many
