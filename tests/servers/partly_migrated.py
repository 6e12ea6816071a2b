"""Database of SQLite with one migration left to apply: all migrations of a new one take three seconds of processor time."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

LEFT = "sessions.0001_initial"
"""The migration that is left; no other depends on it."""


def copy_partly_migrated(template: Path, target: Path) -> None:
    """Copy a migrated database, and undo one migration in the copy."""
    shutil.copy(template, target)
    with closing(sqlite3.connect(target)) as database, database:
        database.execute("DROP TABLE django_session")
        deleted = database.execute("DELETE FROM django_migrations WHERE app || '.' || name = ?", [LEFT])
        assert deleted.rowcount == 1


def is_migrated(file: Path) -> bool:
    """Whether that migration has been applied."""
    with closing(sqlite3.connect(file)) as database:
        return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_session'").fetchall())
