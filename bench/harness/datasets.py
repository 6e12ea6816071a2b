"""Data sets that are made once for a run, or kept in the folder `--data` for the next ones."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path

from .site import ROOT, build_environment, run_part

COPIED_TABLES = ("vacancy", "location", "contact", "occupation", "category", "preparedad")


def provide_feed_ads(data: Path, ads: int, checkout: Path = ROOT) -> Path:
    """The folder of a database with the ads of the fake feed, loaded by a checkout's code with four lines an ad."""
    folder = data / f"feed-{ads}"
    if (folder / "db.sqlite3").exists():
        return folder
    from jobsearch.demo.feed_server import FakeFeed
    from jobsearch.demo.feed_server.backfill import build_history

    draft = data / f"feed-{ads}.draft"
    shutil.rmtree(draft, ignore_errors=True)  # of a run that was stopped
    draft.mkdir(parents=True)
    with FakeFeed(str(draft / "feed.sqlite3")) as feed:
        build_history(feed.store, active=ads, lines=4 * ads)
        environment = build_environment(draft, feed_url=feed.url) | {"NAV_FEED_TOKEN": feed.token}
        run_part(checkout, "pages.py", "load", environment)
    draft.rename(folder)
    return folder


def provide_more_ads(data: Path, ads: int, times: int) -> Path:
    """The folder of a database with `times` as many ads: each again with another uuid and title, published minutes earlier."""
    folder = data / f"feed-{ads}-times-{times}"
    if (folder / "db.sqlite3").exists():
        return folder
    draft = copy_database(provide_feed_ads(data, ads), data / f"{folder.name}.draft")
    with contextlib.closing(sqlite3.connect(draft / "db.sqlite3")) as database:
        database.execute("CREATE TEMP TABLE original AS SELECT uuid FROM vacancies_vacancy")
        for number in range(1, times):
            _copy_each_ad(database, number)
        database.commit()
    draft.rename(folder)
    return folder


def _copy_each_ad(database: sqlite3.Connection, number: int) -> None:
    step = number * 98_765_431
    database.create_function("other", 1, lambda text: f"{(int(text[:8], 16) + step) % 2**32:08x}{text[8:]}")
    changed = {
        "uuid": "other(uuid)",
        "vacancy_id": "other(vacancy_id)",
        "title": f"title || ' {number}'",
        "published": f"strftime('%Y-%m-%d %H:%M:%S', published, '-{7 * number} minutes')",
        "body_hash": f"body_hash || '{number}'",
        "duplicate_key": f"duplicate_key || '{number}'",
        "indexed_version": "0",
    }
    for table in COPIED_TABLES:
        names = [row[1] for row in database.execute(f"PRAGMA table_info(vacancies_{table})") if row[1] != "id"]
        replaced = changed if table in ("vacancy", "preparedad") else {"vacancy_id": changed["vacancy_id"]}
        values = ", ".join(replaced.get(name, name) for name in names)
        key = "uuid" if table == "vacancy" else "vacancy_id"
        database.execute(
            f"INSERT INTO vacancies_{table} ({', '.join(names)}) SELECT {values} FROM vacancies_{table} "
            f"WHERE {key} IN (SELECT uuid FROM original)"
        )


def copy_database(source: Path, target: Path) -> Path:
    """A copy that may be changed, in place of what a run that was stopped has left."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in source.glob("db.sqlite3*"):
        shutil.copy(file, target)
    return target


def provide_site(checkout: Path, loaded: Path, folder: Path) -> Path:
    """A checkout's own copy of the ads, migrated, with its own index; kept, and brought up to date for the checkout's code."""
    if not (folder / "index").exists():
        copy_database(loaded, folder)
    run_part(checkout, "pages.py", "build", build_environment(folder))
    return folder
