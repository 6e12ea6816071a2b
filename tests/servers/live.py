"""The site as real processes (worker, beat, web server, commands) with a database, broker and feed for one test."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from jobsearch.demo.feed_server import FakeFeed

from . import forked, processes
from .ports import HOST, free_port, listens, wait_until
from .processes import Process

ROOT = Path(__file__).resolve().parents[2]
_UNCHECKED = {"CELERY_SKIP_CHECKS": "1"}
"""Without Django's checks, as in the demo: a fifth of a worker's start, and those of the image's services run."""


class LiveSite:
    """Processes of one site. `database` is its DATABASE_URL, and `broker` a URL as in the settings.

    They are forked from a process that has imported the product, unless `fork` is false: for variables that Python or the C
    library reads at its start, and for a file of tests with a single process.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database: str,
        feed: str,
        broker: str = "",
        redis_prefix: str = "",
        fork: bool = True,
        **settings: str,
    ) -> None:
        self.folder, self.database, self._fork = folder, database, fork
        self.env = {name: os.environ[name] for name in processes.FROM_OUTSIDE if name in os.environ} | {
            "JOBSEARCH_READ_DOTENV": "0",
            "DJANGO_SETTINGS_MODULE": "tests.servers.live_settings",
            "TEST_REDIS_PREFIX": redis_prefix,
            "SECRET_KEY": "a key for tests only, with nothing behind it",
            "DATABASE_URL": database,
            "NAV_FEED_URL": feed,
            "CELERY_BROKER_URL": broker or f"filesystem://{folder}/broker",
            "SEARCH_URL": f"embedded://{folder}/index",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self._running: list[Process] = []
        self._connection: psycopg.Connection[Any] | None = None

    def start(self, name: str, *arguments: str, **env: str) -> Process:
        """Start `python …` in the project, with its output in `<name>.log`."""
        environment = {**self.env, **env, "PYTHONPATH": str(ROOT)}
        log = self.folder / f"{name}.log"
        process: Process
        if self._fork:
            process = forked.start(arguments, log, env=environment)
        else:
            process = processes.start([sys.executable, *arguments], log, env=environment)
        self._running.append(process)
        return process

    def manage(self, *arguments: str, **env: str) -> int:
        """Run a management command; returns its exit code. Its output is in `manage.log`."""
        return self.start("manage", str(ROOT / "manage.py"), *arguments, **env).wait(240)

    def worker(self, name: str = "worker", *, pool: str = "prefork", queues: str = "", concurrency: int = 2) -> Process:
        """Start a Celery worker and wait until it is ready."""
        words = ["worker", "--pool", pool, "--concurrency", str(concurrency), "--hostname", f"{name}@test", "--loglevel", "INFO"]
        words += ["--without-gossip", "--without-mingle"] + (["--queues", queues] if queues else [])
        log = self.folder / f"{name}.log"
        process = self.start(name, "-m", "celery", "-A", "jobsearch", *words, **_UNCHECKED)
        wait_until(lambda: process.poll() is not None or f"{name}@test ready." in log.read_text(), 60, f"worker, see {log}")
        assert process.poll() is None, f"the worker ended:\n{log.read_text()[-3000:]}"
        return process

    def beat(self, name: str = "beat") -> Process:
        return self.start(name, "-m", "celery", "-A", "jobsearch", "beat", "--pidfile", "", "--loglevel", "INFO", **_UNCHECKED)

    def web(self, name: str = "web") -> str:
        """Start gunicorn and wait until it answers; returns the site's address."""
        port = free_port()
        words = ["jobsearch.wsgi:application", "--config", str(ROOT / "gunicorn.conf.py")]
        words += ["--bind", f"{HOST}:{port}", "--threads", "4"]
        self.start(name, "-m", "gunicorn", *words)
        wait_until(lambda: listens(port), 40, f"gunicorn, see {self.folder / f'{name}.log'}")
        return f"http://{HOST}:{port}"

    def wake(self, task: str, times: int = 1) -> int:
        """Send task messages as the site does; returns the exit code of the sending process, which loads no models."""
        code = f"from jobsearch.celery import app\nfor _ in range({times}): app.send_task({task!r}, retry=False)"
        return self.start("send", "-c", code).wait(240)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Query the database without Django."""
        return self._run(query, parameters)

    def value(self, query: str, *parameters: object) -> Any:
        return self.rows(query, *parameters)[0][0]

    def _run(self, query: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self.database.startswith("sqlite"):
            path = urlsplit(self.database).path
            with closing(sqlite3.connect(path.replace("//", "/"), timeout=30, isolation_level=None)) as connection:
                return connection.execute(query, parameters).fetchall()
        query = query.replace("?", "%s")
        try:
            cursor = self._connect().execute(query, parameters or None)
        except psycopg.OperationalError:  # the server has been restarted
            self._disconnect()
            cursor = self._connect().execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []

    def _connect(self) -> psycopg.Connection[Any]:
        """The connection of all queries: a new one, twenty times a second, took longer than what is waited for."""
        if self._connection is None:
            self._connection = psycopg.connect(self.database, autocommit=True)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def active(self) -> set[str]:
        """UUIDs of the active ads in the database, written as in the feed."""
        rows = self.rows("SELECT uuid FROM vacancies_vacancy WHERE status = 'ACTIVE'")
        return {_uuid_text(row[0]) for row in rows}

    def stop(self) -> None:
        self._disconnect()
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
            processes.kill(process)


def wait_for_first_ads(site: LiveSite, feed: FakeFeed, number: int) -> None:
    """Wait until so many ads are stored, then make the feed slow.

    From then on the feed takes a second for each answer, so that the first load is still under way whatever the test does next;
    `latency(detail=0)` ends that.
    """
    wait_until(lambda: len(site.active()) >= number, 60, "the first ads")
    feed.faults.latency(detail=1)


def _uuid_text(value: object) -> str:
    text = str(value).replace("-", "")
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
