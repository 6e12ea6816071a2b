"""Row counts of several tables in one query: a UNION ALL of aggregates, each with its own index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, DateTimeField, F, Min, QuerySet, Value
from django.db.models.functions import Cast

_NO_TIME = Cast(Value(None), DateTimeField())
"""NULL with a type: PostgreSQL takes a plain NULL for a text, and refuses the union with a column of times."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Number of rows, and the earliest of their times, where a column was named for it."""

    number: int = 0
    oldest: dt.datetime | None = None


def count_rows(querysets: Mapping[str, QuerySet[Any] | tuple[QuerySet[Any], str]]) -> dict[str, Counted]:
    """Counts the rows of each queryset, in one query. (queryset, column): also the column's minimum."""
    parts = []
    for name, one in querysets.items():
        rows, column = one if isinstance(one, tuple) else (one, "")
        oldest = Min(F(column), output_field=DateTimeField()) if column else _NO_TIME
        # Grouped by a constant, so that the aggregates are columns of an ordinary query, which a union takes.
        grouped = rows.order_by().values(name_=Value(name, output_field=CharField()))
        parts.append(grouped.annotate(number_=Count("pk"), oldest_=oldest).values_list("name_", "number_", "oldest_"))
    found = {name: Counted(number, oldest) for name, number, oldest in parts[0].union(*parts[1:], all=True)}
    return {name: found.get(name, Counted()) for name in querysets}
