"""Migrations: agree with the models, and apply step by step on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tests.servers.live import ROOT, LiveSite
from tests.servers.postgresql import Server

APPS = ("core", "vacancies", "ingest", "search", "saved")


def test_no_model_change_lacks_a_migration(db: None) -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_app_with_models_has_migrations(db: None) -> None:
    loader = MigrationLoader(connections["default"])
    with_models = {config.label for config in apps.get_app_configs() if config.name.startswith(("jobsearch.", "ingest"))
                   and any(model._meta.managed for model in config.get_models())}  # fmt: skip
    assert with_models <= loader.migrated_apps
    assert loader.detect_conflicts() == {}


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_migrations_apply_one_by_one(vendor: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Applies each app's migrations one at a time, as successive upgrades do; applying them again changes nothing."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    steps = [key for app in APPS for key in graph.root_nodes(app)] + [key for app in APPS for key in graph.leaf_nodes(app)]

    def with_database(url: str) -> None:
        _apply_steps(LiveSite(tmp_path, database=url, feed="http://127.0.0.1:9"), steps)

    if vendor == "sqlite":
        with_database(f"sqlite:///{tmp_path / 'db.sqlite3'}")
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        with_database(url)


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_the_rows_of_the_previous_release_are_readable_after_the_upgrade(
    vendor: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if vendor == "sqlite":
        _upgrade(LiveSite(tmp_path, database=f"sqlite:///{tmp_path / 'db.sqlite3'}", feed="http://127.0.0.1:9"))
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        _upgrade(LiveSite(tmp_path, database=url, feed="http://127.0.0.1:9"))


def _upgrade(site: LiveSite) -> None:
    assert site.start("upgrade", str(ROOT / "tests/postgresql/upgrade.py")).wait(240) == 0, site.log("upgrade")
    found = json.loads(site.log("upgrade").strip().splitlines()[-1])
    assert [job[:4] for job in found["jobs"]] == [
        ["sync", "done", "", ""],
        ["sync", "failed", "status-503", "The page was …"],
        ["index", "failed", "bug", "KeyError: 'x'"],
        ["sync", "failed", "silent", ""],
        ["truth", "stopped", "removed", "kari"],
        ["replay", "queued", "", ""],
    ]
    assert [job[4] for job in found["jobs"]] == [{"pages": 3, "new": 12, "at_tip": True}, {"pages": 0}, {}, {}, {}, {}]
    assert found["jobs"][2][5] == {"phase": "index", "done": 1, "total": 9}
    assert {job[6] for job in found["jobs"]} == {"kari"}
    assert found["heartbeats"] == [False, False, True, False, False, False]
    assert found["times"]
    assert found["tasks"] == [
        ["timeout", "https://x did not answer: in time"],
        ["unreadable", "TypeError"],
        ["", ""],
        ["", "The cat: sat on it."],
    ]
    assert found["cursor"] == ["a-page", ["one", "two"], 4711]
    assert found["error"] == ["same-token", "The public token has expired.", True, True]
    assert found["new_key"] > max(found["keys"])
    assert (found["may"], found["permissions"]) == ([True, True], 4), "groups keep what they may do"


def _apply_steps(site: LiveSite, steps: list[tuple[str, str]]) -> None:
    code = (
        "import django; django.setup(); from django.core.management import call_command as call\n"
        + "\n".join(f"call('migrate', {app!r}, {name!r}, verbosity=0)" for app, name in dict.fromkeys(steps))
        + "\ncall('migrate', verbosity=0)\ncall('migrate', check_unapplied=True, verbosity=0)"
        + "\ncall('makemigrations', check_changes=True, dry_run=True, verbosity=0)"
    )
    try:
        assert site.start("migrate", "-c", code).wait(120) == 0, site.log("migrate")
        assert site.value("SELECT count(*) FROM vacancies_vacancy") == 0
    finally:
        site.stop()
