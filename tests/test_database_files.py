"""The database's files: no test may open them in the process that uses the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from tests.database_files import OpenedHere, read_files

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_files_are_read_by_another_process():
    path = Path(connection.settings_dict["NAME"])
    with pytest.raises(OpenedHere, match="read_files"):
        path.read_bytes()
    with pytest.raises(OpenedHere), open(f"{path}-shm", "rb"):  # noqa: PTH123 - the built-in function
        pass
    assert read_files(path).startswith(b"SQLite format 3")
