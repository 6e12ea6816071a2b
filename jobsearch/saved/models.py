"""Model of a saved search: owner, name and canonical parameters.

Parameters, not a compiled query: the results page reads the same parameters, so both always find the same ads.
"""

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
_PRESENTATION_PARAMS = {"sort", "size", "page", "since"}  # how hits are shown, not which
_MAX_SHOWN = 100  # characters shown of parameters that cannot be read


def compute_digest(params: str) -> str:
    """Unique key of a saved search among those of its owner. A hash: PostgreSQL cannot index a text of 8 kB."""
    return hashlib.sha256(params.encode()).hexdigest()


class SavedSearchManager(models.Manager["SavedSearch"]):
    """Manager of saved searches."""

    def mark_seen(self, owner_id: int, query: search.SearchQuery, now: dt.datetime) -> None:
        """Set the last look of the owner's saved search with these parameters to `now`: later ads count as new.

        Finds it whether it was saved in date order or in order of relevance, which opening it changes to date order. Does
        nothing where the owner has saved no such search.
        """
        query = query.replace(since=0)
        orders = {query.sort, "relevance"} if query.sort == "published" else {query.sort}
        digests = [compute_digest(query.replace(sort=sort).urlencode(page=False)) for sort in orders]
        self.filter(owner_id=owner_id, digest__in=digests, last_looked__lt=now).update(last_looked=now)


class SavedSearch(models.Model):
    """Saved search of one user. `params` are its canonical parameters, `digest` their hash, unique for the owner."""

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
        return f"#{self.pk}"  # neither name nor parameters: what people search for must not get into logs and admin history

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.digest = compute_digest(self.params)
        super().save(*args, **kwargs)

    @cached_property
    def parsed(self) -> tuple[search.SearchQuery, list[search.Problem]]:
        """The parameters parsed as the results page parses them, and the errors found in them."""
        return search.SearchQuery.from_address(self.params)

    @cached_property
    def query(self) -> search.SearchQuery:
        """The search to run. Parameters that cannot be read give a query that finds nothing, never one that finds all ads."""
        query, problems = self.parsed
        blocked = any(problem.blocks for problem in problems)
        if blocked or (not (query.q or query.chosen) and self._has_filters):
            return search.SearchQuery(unreadable=(("published", self.params[:_MAX_SHOWN]),))
        return query.replace(since=0)

    @property
    def unreadable(self) -> str:
        """The parameters (their first 100 characters) of a search that cannot be run; "" for one that can."""
        return self.params[:_MAX_SHOWN] if self.query.unreadable == (("published", self.params[:_MAX_SHOWN]),) else ""

    @staticmethod
    def parse_all(rows: Sequence[SavedSearch]) -> None:
        """Parse the parameters of all rows with as many database queries as for one."""
        for row, parsed in zip(rows, search.read_addresses([row.params for row in rows]), strict=True):
            row.parsed = parsed

    @property
    def _has_filters(self) -> bool:
        return bool(
            set(QueryDict(self.params)) - _PRESENTATION_PARAMS
        )  # cannot raise TooManyFieldsSent: such parameters are blocked before
