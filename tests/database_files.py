"""Reading of the files of an SQLite database that this process has open: by another process, never by this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

_guarded: list[str] = []


class OpenedHere(Exception):
    """A test has opened a file of the database in this process. Read it by `read_files`."""


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _guarded and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.fsdecode(arguments[0])
        if path.startswith(_guarded[0]):
            raise OpenedHere(f"{path} is read by this process, which loses its locks. Use tests.database_files.read_files.")


@pytest.fixture(scope="session", autouse=True)
def guard_database_files() -> Iterator[None]:
    """No test opens the database's files in this process. SQLite does it in C, where no event of Python tells of it."""
    name = str(connection.settings_dict["TEST"]["NAME"])
    if os.path.isabs(name):  # noqa: PTH117 - PostgreSQL has a name that is no path
        _guarded.append(name)
        sys.addaudithook(_refuse)
    yield
    _guarded.clear()


def read_files(*paths: Path) -> bytes:
    """The content of files, read by another process.

    When a process closes a file, it loses all its locks on that file (`fcntl(2)`), those of SQLite too. Another process that then
    opens the database resets the file in memory that this one still uses, which ends this one with SIGBUS.
    """
    return subprocess.run(["cat", "--", *map(str, paths)], check=True, stdout=subprocess.PIPE).stdout
