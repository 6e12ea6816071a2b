"""Statistics of the query planner, gathered by a test and removed after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def gather_statistics() -> Iterator[None]:
    """With the statistics of ANALYZE, as PostgreSQL's autovacuum gathers them within a minute; SQLite has none before.

    Outside of a transaction. SQLite's are removed at the end, also those in the memory of the connection: dropping their tables
    alone leaves them there, and the plans of the next test of the process then come from the rows of this one.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield
    remove_statistics()


def remove_statistics() -> None:
    """Removes SQLite's statistics; PostgreSQL gathers them by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")
            cursor.execute("DROP TABLE IF EXISTS sqlite_stat4")
        connection.close()
