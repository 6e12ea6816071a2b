"""Migrated database of SQLite, made by one worker of a run: the others' test databases, and those of processes, are copies.

All migrations take 1.5 s of processor time in a worker, and a process of their own twice as much; the migration of a migrated
database takes 0.1 s.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests import parallel


def is_shared() -> bool:
    """Whether this is one of several workers whose tests run on SQLite."""
    return "PYTEST_XDIST_WORKER" in os.environ and connection.vendor == "sqlite"


def _migrate_new_database(file: Path) -> bytes:
    """Migrate a new database in this process; returns its content. Data migrations read the connection "default"."""
    tests_database = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(file)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = tests_database
    return file.read_bytes()


@pytest.fixture(scope="session")
def migrated_file(
    tmp_path_factory: pytest.TempPathFactory, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Path:
    """File of a migrated, empty database, where `is_shared()`; no connection of this process has it open."""
    file = tmp_path_factory.mktemp("sqlite") / "db.sqlite3"
    with django_db_blocker.unblock():
        content = parallel.make_once(tmp_path_factory, "sqlite", lambda: _migrate_new_database(file))
    file.write_bytes(content)
    return file


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """pytest-django's fixture, called before it creates the test database: that is then there already."""
    if is_shared():
        # By another process: this one must not open the database's files (tests/database_files.py).
        copy = ["cp", "--", request.getfixturevalue("migrated_file"), connection.settings_dict["TEST"]["NAME"]]
        subprocess.run(copy, check=True)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """pytest-django's fixture: whether the test database is one that is there. Its folder is deleted at the end of the run."""
    return is_shared() or bool(request.config.getvalue("reuse_db"))
