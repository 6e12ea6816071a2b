"""Fixtures of real servers: each is started by the first test that uses it, and runs until the end of the test run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import migrated_database

from . import live, postgresql, redis


@pytest.fixture(scope="session")
def redis_server() -> Iterator[redis.Redis]:
    with redis.running() as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[redis.OwnRedis]:
    """A Redis for one test, which can kill and restart it."""
    with redis.own() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    with postgresql.running() as server:
        yield server


@pytest.fixture
def own_postgresql() -> Iterator[postgresql.OwnServer]:
    """A PostgreSQL for one test, which can kill and restart it."""
    with postgresql.own() as server:
        yield server


def migrated(database: str, folder: Path) -> str:
    """Run `manage.py migrate` on a new database; returns its URL."""
    site = live.LiveSite(folder, database=database, feed="http://127.0.0.1:9")
    assert site.manage("migrate", "--verbosity", "0") == 0, site.log("manage")
    return database


@pytest.fixture(scope="session")
def sqlite_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database."""
    if migrated_database.is_shared():
        return Path(request.getfixturevalue("migrated_file"))
    folder = tmp_path_factory.mktemp("sqlite")
    file = folder / "db.sqlite3"
    migrated(f"sqlite:///{file}", folder)
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: postgresql.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql_server.database() as database:
        yield migrated(database, tmp_path_factory.mktemp("postgresql"))


@pytest.fixture
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Create a migrated, empty database: `fresh_database("sqlite")` or `("postgresql")` returns its `DATABASE_URL`."""
    with ExitStack() as stack:

        def make(vendor: str) -> str:
            if vendor == "sqlite":
                path = tmp_path / "db.sqlite3"
                shutil.copy(request.getfixturevalue("sqlite_template"), path)
                return f"sqlite:///{path}"
            server = request.getfixturevalue("postgresql_server")
            return stack.enter_context(server.database(template=request.getfixturevalue("postgresql_template")))

        yield make


@pytest.fixture
def live_site(tmp_path: Path, fresh_database: Callable[[str], str]) -> Iterator[Callable[..., live.LiveSite]]:
    """Create a site of real processes, which are stopped after the test: `live_site("postgresql", feed=fake_feed.url)`."""
    with ExitStack() as stack:

        def make(vendor: str, *, feed: str, fork: bool = True, **options: str) -> live.LiveSite:
            site = live.LiveSite(tmp_path, database=fresh_database(vendor), feed=feed, fork=fork, **options)
            stack.callback(site.stop)
            return site

        yield make
