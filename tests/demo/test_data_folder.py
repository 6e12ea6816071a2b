"""Option `demo --data`: all data are in the passed folder, for any characters in its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jobsearch import env as environment
from jobsearch.demo.management.commands import demo

NAMES = [
    "50%25 off",
    "a b",
    "hash#tag",
    "what?",
    "blåbær og øl",
    "a=b;c",
    "100%",
    "%2e%2e",
    "a+b",
    "a&b",
    "emoji 🙂",
    "user@host",
    "a:b",
    "'\"",
    " x ",
]


@pytest.fixture
def prepared(monkeypatch):
    """Runs the command, and returns the environment with which it restarts itself."""
    passed: dict[str, str] = {}

    class Restarted(Exception):
        pass

    def execve(program: str, arguments: list[str], env: dict[str, str]) -> None:
        passed.update(env)
        raise Restarted

    for name in ("DATABASE_URL", "NAV_FEED_URL", demo.ENVIRONMENT_READY):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "execve", execve)

    def prepare(folder: Path) -> dict[str, str]:
        with pytest.raises(Restarted):
            call_command("demo", "--data", str(folder))
        return passed

    return prepare


@pytest.mark.parametrize("name", NAMES)
def test_all_data_are_in_the_given_folder(prepared, monkeypatch, tmp_path, name):
    folder = tmp_path / name
    for variable, value in prepared(folder).items():
        if variable in {"DATABASE_URL", "SEARCH_URL", "CELERY_BROKER_URL"}:
            monkeypatch.setenv(variable, value)
    database = environment.database("DATABASE_URL", "")["NAME"]
    index = environment.path_after_scheme("SEARCH_URL", environment.search_url("SEARCH_URL", ""))
    broker = environment.path_after_scheme("CELERY_BROKER_URL", environment.broker_url("CELERY_BROKER_URL", ""))
    assert [Path(str(database)), index, broker] == [folder / "db.sqlite3", folder / "index", folder / "broker"]
    assert [path.name for path in tmp_path.iterdir()] == [name], "and nothing else"


@pytest.mark.parametrize("name", ["line\nbreak", "tab\t", "\udcff\udcfe", "zero\u200bwidth", "x" * 300])
def test_a_name_that_a_setting_cannot_hold_is_refused(monkeypatch, tmp_path, name):
    for variable in ("DATABASE_URL", "NAV_FEED_URL", demo.ENVIRONMENT_READY):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(CommandError, match=r"^--data: "):
        call_command("demo", "--data", str(tmp_path / name))
    assert list(tmp_path.iterdir()) == [], "no folder is left behind"


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_cannot_be_created_is_refused(monkeypatch, tmp_path, name):
    for variable in ("DATABASE_URL", "NAV_FEED_URL", demo.ENVIRONMENT_READY):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"^--data: .*cannot be made a folder"):
        call_command("demo", "--data", str(tmp_path / name))
