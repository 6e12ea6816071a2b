"""Keyset pagination: reads a whole queryset in batches, each batch a query that starts after the last primary key.

Memory holds one batch, and neither a transaction nor a cursor stays open between batches. Not OFFSET: rows that leave the
queryset while it is read would shift the pages, and the database would read all skipped rows again for each page.

Under concurrent writes:

- a row that matches all the time is returned exactly once;
- no row is returned twice, since primary keys don't change;
- a row that is added, or begins to match, is returned only if its key is after the last batch;
- each batch has its rows as they are when it is read: two batches are not one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row")


def iterate_batches(rows: QuerySet[Any, Row], batch_size: int) -> Iterator[list[Row]]:
    """Non-empty lists of at most `batch_size` rows, in the order of the primary key, whatever the order of `rows`.

    Rows are model instances, primary keys (`values_list("pk", flat=True)`) or tuples whose first column is the primary key.
    UUIDs come in the order of their hexadecimal digits, on SQLite and on PostgreSQL.
    """
    rows = rows.order_by("pk")
    following = rows
    while batch := list(following[:batch_size]):
        yield batch
        following = rows.filter(pk__gt=_get_key(batch[-1]))


def _get_key(row: object) -> object:
    if isinstance(row, Model):
        return row.pk
    return row[0] if isinstance(row, tuple) else row
