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
def test_migrations_apply_one_by_one_and_keep_the_rows_of_the_previous_release(
    vendor: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Applies each app's migrations one at a time, as successive upgrades do; applying them again changes nothing."""
    if vendor == "sqlite":
        _upgrade(LiveSite(tmp_path, database=f"sqlite:///{tmp_path / 'db.sqlite3'}", feed="http://127.0.0.1:9"))
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.database() as url:
        _upgrade(LiveSite(tmp_path, database=url, feed="http://127.0.0.1:9"))


def _upgrade(site: LiveSite) -> None:
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    first = [f"{app}.{name}" for label in APPS for app, name in graph.root_nodes(label)]
    last = [f"{app}.{name}" for label in APPS for app, name in graph.leaf_nodes(label)]
    try:
        program = str(ROOT / "tests/postgresql/upgrade.py")
        assert site.start("upgrade", program, ",".join(first), ",".join(last)).wait(240) == 0, site.log("upgrade")
        assert site.value("SELECT count(*) FROM vacancies_vacancy") == 0
    finally:
        site.stop()
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
