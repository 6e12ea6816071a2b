"""State of the database after a test: emptied by deleting rows where there are some; on PostgreSQL its connection is kept.

Django's `flush` empties all 40 tables and creates the permissions again: 25 ms a test on SQLite, 65 ms on PostgreSQL, where
TRUNCATE makes a new file for each table; 750 tests commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.test import TestCase, TransactionTestCase

KEPT = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
"""Tables that the migrations fill, and no test that commits changes: the roles are groups."""


@pytest.fixture(scope="session", autouse=True)
def empty_database_without_flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_database())
        if connection.vendor == "postgresql":
            keep_connection(patch)
        yield


def keep_connection(patch: pytest.MonkeyPatch) -> None:
    """Let the next test use the connection of this one, unless it is broken or in a transaction.

    Django closes it after each test: a new one takes 8 ms on PostgreSQL and the reading of its catalogue, and 1,000 tests run
    there. No setting of a session outlives a test: the product makes none, and tests make them `LOCAL`.
    """

    def end(cls: type[TestCase]) -> None:
        cls._rollback_atomics(cls.cls_atomics)
        super(TestCase, cls).tearDownClass()

    def empty() -> None:
        if connection.connection is not None and not is_clean():
            connection.close()
        empty_database()

    patch.setattr(TestCase, "tearDownClass", classmethod(end))
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty())
    patch.setattr(TransactionTestCase, "_should_reload_connections", lambda self: False)


def is_clean() -> bool:
    return not connection.in_atomic_block and connection.get_autocommit() and connection.is_usable()


@cache
def list_tables() -> tuple[str, ...]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(sorted({*names} - KEPT))


def empty_database() -> None:
    """Delete all rows. References are checked at the commit, so the order of the tables is of no importance."""
    quote = connection.ops.quote_name
    filled = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {quote(table)})" for number, table in enumerate(list_tables())
    )
    with transaction.atomic(using=DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(filled)
        for (number,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(list_tables()[number])}")
