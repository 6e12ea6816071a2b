"""SELECT statements that Django compiles once a process: for small queries that every page runs.

Django compiles such a query in 0.3 to 0.7 ms at each use, where SQLite answers in 0.05.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class CompiledSelect:
    """The SQL of a query set, compiled when it is first used."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build

    def fetch_rows(self, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows, with values as the database's driver returns them: SQLite has uuids as text.

        `parameters`: instead of those that the query set was built with, as the driver takes them.
        """
        sql, built_with = self._statement
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or built_with)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self._build().query.sql_with_params()
        return sql, tuple(parameters)
