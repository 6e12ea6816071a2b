"""Option `demo --data`: all data are in the passed folder, for any characters in its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jobsearch import env as environment
from jobsearch import env_databases
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
    database = env_databases.database("DATABASE_URL", "")["NAME"]
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


def command_with_data_in(folder: Path) -> demo.Command:
    command = demo.Command()
    command.folder = folder
    return command


def test_a_later_start_has_the_size_of_the_first_one(tmp_path):
    size = ["--active", "150", "--lines", "600"]
    assert command_with_data_in(tmp_path).read_or_set_size(150, 600) == size
    assert command_with_data_in(tmp_path).read_or_set_size(None, None) == size
    assert command_with_data_in(tmp_path).read_or_set_size(150, None) == size


@pytest.mark.parametrize(("active", "lines"), [(200, None), (None, 700), (150, 700), (10_000, 40_000)])
def test_another_size_in_the_same_folder_is_refused(tmp_path, active, lines):
    """The site would keep the ads of both feeds."""
    command_with_data_in(tmp_path).read_or_set_size(150, 600)
    with pytest.raises(CommandError, match="--active 150 --lines 600"):
        command_with_data_in(tmp_path).read_or_set_size(active, lines)


@pytest.mark.parametrize(("active", "lines"), [(0, 600), (-1, None), (700, 600), (50_000, None)])
def test_an_impossible_size_is_refused_and_not_stored(tmp_path, active, lines):
    with pytest.raises(CommandError, match="--active must be"):
        command_with_data_in(tmp_path).read_or_set_size(active, lines)
    assert not (tmp_path / "size").exists()
