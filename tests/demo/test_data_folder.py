"""`demo --data`: everything lies in the folder that was named, whatever signs its name has."""

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
    """What the demo hands to the program that it starts anew."""
    given: dict[str, str] = {}

    class Started(Exception):
        pass

    def execve(program: str, arguments: list[str], env: dict[str, str]) -> None:
        given.update(env)
        raise Started

    for name in ("DATABASE_URL", "NAV_FEED_URL", demo.PREPARED):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "execve", execve)

    def prepare(folder: Path) -> dict[str, str]:
        with pytest.raises(Started):
            call_command("demo", "--data", str(folder))
        return given

    return prepare


@pytest.mark.parametrize("name", NAMES)
def test_everything_lies_in_the_folder_that_was_named(prepared, monkeypatch, tmp_path, name):
    folder = tmp_path / name
    for variable, value in prepared(folder).items():
        if variable in {"DATABASE_URL", "SEARCH_URL", "CELERY_BROKER_URL"}:
            monkeypatch.setenv(variable, value)
    database = environment.database("DATABASE_URL", "")["NAME"]
    index = environment.path_after_scheme("SEARCH_URL", environment.search_url("SEARCH_URL", ""))
    broker = environment.path_after_scheme("CELERY_BROKER_URL", environment.broker_url("CELERY_BROKER_URL", ""))
    assert [Path(str(database)), index, broker] == [folder / "db.sqlite3", folder / "index", folder / "broker"]
    assert [path.name for path in tmp_path.iterdir()] == [name], "and nothing beside it"


@pytest.mark.parametrize("name", ["line\nbreak", "tab\t", "\udcff\udcfe", "zero\u200bwidth", "x" * 300])
def test_a_name_that_no_setting_can_hold_is_refused(monkeypatch, tmp_path, name):
    for variable in ("DATABASE_URL", "NAV_FEED_URL", demo.PREPARED):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(CommandError, match=r"^--data: "):
        call_command("demo", "--data", str(tmp_path / name))
    assert list(tmp_path.iterdir()) == [], "no folder is left behind"


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_refused(monkeypatch, tmp_path, name):
    for variable in ("DATABASE_URL", "NAV_FEED_URL", demo.PREPARED):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"^--data: .*cannot be made a folder"):
        call_command("demo", "--data", str(tmp_path / name))
