"""Ads that the database has closed or hidden and the index still shows: every search excludes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jobsearch.core.compiled_select import CompiledSelect
from jobsearch.vacancies.models import Moderation, Vacancy

MOST_EXCLUDED = 5000
"""Closed ads that are not yet removed from the index, excluded with each search. There are more than this only during a
first load, when the index has never had them."""


def find_gone() -> set[UUID]:
    """Ads that are closed or hidden in the database and still shown by the index."""
    return {uuid if isinstance(uuid, UUID) else UUID(uuid) for (uuid,) in _gone.fetch_rows()}


def _build_query() -> QuerySet[Any, Any]:
    """Two halves of a UNION: joined by OR, SQLite reads every closed ad for the closed half.

    `NOT (status = 'ACTIVE')`, since for a condition without NOT SQLite may use the index of all ads that begins with the status:
    it always did so for `=`, and for `>=` once it had statistics of a time when all ads were indexed (8.6 ms for 9,000 ads, each
    search; now 1.2 ms). With NOT only the small index of rows that are not indexed yet is left.
    """
    behind = Vacancy.objects.not_indexed().values_list("uuid", flat=True)
    closed = behind.exclude(status=Vacancy.Status.ACTIVE)
    hidden = behind.filter(uuid__in=Moderation.objects.filter(hidden=True).values("uuid"))
    return hidden.union(closed, all=True)[:MOST_EXCLUDED]


_gone = CompiledSelect(_build_query)
