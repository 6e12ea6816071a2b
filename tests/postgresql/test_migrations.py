"""Migrations: agree with the models, and apply step by step on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tests.servers.live import LiveSite
from tests.servers.postgresql import Server

APPS = ("vacancies", "ingest", "search", "saved")


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


def _apply_steps(site: LiveSite, steps: list[tuple[str, str]]) -> None:
    code = (
        "import django; django.setup(); from django.core.management import call_command as call\n"
        + "\n".join(f"call('migrate', {app!r}, {name!r}, verbosity=0)" for app, name in dict.fromkeys(steps))
        + "\ncall('migrate', verbosity=0)\ncall('migrate', check_unapplied=True, verbosity=0)"
        + "\ncall('makemigrations', check_changes=True, dry_run=True, verbosity=0)"
    )
    assert site.start("migrate", "-c", code).wait(120) == 0, site.log("migrate")
    assert site.value("SELECT count(*) FROM vacancies_vacancy") == 0
