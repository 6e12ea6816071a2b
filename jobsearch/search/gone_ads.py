"""Ads that the database has closed or hidden and the index still shows: every search excludes them."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from jobsearch.vacancies.models import Moderation, Vacancy

MOST_EXCLUDED = 5000
"""Closed ads that are not yet removed from the index, excluded with each search. There are more than this only during a
first load, when the index has never had them."""


def find_gone() -> set[UUID]:
    """Ads that are closed or hidden in the database and still shown by the index."""
    sql, parameters = _compile_gone()
    to_uuid = Vacancy._meta.pk.to_python  # SQLite has them as text
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {to_uuid(uuid) for (uuid,) in cursor.fetchall()}


@cache
def _compile_gone() -> tuple[str, tuple[Any, ...]]:
    """The SQL of `find_gone`, which every search runs: Django compiles it in 0.7 ms, the database answers in 0.05.

    Two halves of a UNION: joined by OR, SQLite reads every closed ad for the closed half. So it does for `status = 'INACTIVE'`,
    for which it uses an index of all ads that begins with the status; for a range it uses the small index of rows that are not
    indexed yet.
    """
    behind = Vacancy.objects.not_indexed().values_list("uuid", flat=True)
    closed = behind.filter(status__gte=Vacancy.Status.INACTIVE)
    hidden = behind.filter(uuid__in=Moderation.objects.filter(hidden=True).values("uuid"))
    sql, parameters = hidden.union(closed, all=True)[:MOST_EXCLUDED].query.sql_with_params()
    return sql, tuple(parameters)
