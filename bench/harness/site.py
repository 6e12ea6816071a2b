"""A site in a folder: its settings, Django set up for it, its engines, and processes of other checkouts."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = {"opensearch": "2.19", "opensearch-3": "3.x"}


def build_environment(folder: Path, *, search_url: str = "", feed_url: str = "http://127.0.0.1:9") -> dict[str, str]:
    """The environment of a process of the site whose database, index and mails are in the folder."""
    return os.environ | {
        "JOBSEARCH_READ_DOTENV": "0",
        "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
        "SECRET_KEY": "a key for a benchmark, with nothing behind it",
        "ALLOWED_HOSTS": "testserver,127.0.0.1",
        "NAV_FEED_URL": feed_url,
        "DATABASE_URL": f"sqlite:////{folder}/db.sqlite3",
        "CELERY_BROKER_URL": f"filesystem:///{folder}/broker",
        "SEARCH_URL": search_url or f"embedded:///{folder}/index",
        "EMAIL_URL": f"filemail://{folder}/mail",
    }


def set_up_django(folder: Path, search_url: str = "") -> None:
    """Sets Django up in this process for the site in the folder, and migrates its database.

    Called again with the same folder, it takes another engine, and the database as it is in the folder then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = build_environment(folder, search_url=search_url)
    os.environ.update(environment)
    import django
    from django.apps import apps

    if apps.ready:
        from django.conf import settings
        from django.db import connections

        from jobsearch.search.engines import registry

        connections.close_all()
        registry.forget_engines()
        settings.SEARCH_URL = environment["SEARCH_URL"]
    else:
        django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


class Server(NamedTuple):
    """The URL of an engine for SEARCH_URL and its process; "" and None for the embedded one."""

    url: str
    pid: int | None


@contextlib.contextmanager
def start_engine(name: str) -> Iterator[Server]:
    """An engine for the block. An OpenSearch node is started, with its usual compilers."""
    if name == "embedded":
        yield Server("", None)
        return
    from tests.opensearch import nodes

    node = nodes.start(VERSIONS[name], java_options=())
    try:
        yield Server(node.url, node.process.pid)
    finally:
        node.stop()


def use_engine(url: str) -> Any:
    """Makes the engine at the URL the one in use of this process, whatever SEARCH_URL is, and returns it."""
    from django.conf import settings

    from jobsearch.search.engines import registry

    engine = registry._open(url or settings.SEARCH_URL)
    registry._engines[settings.SEARCH_URL] = engine
    return engine


def find_python(checkout: Path) -> str:
    python = checkout / ".venv/bin/python"
    return str(python if python.exists() else sys.executable)


def run_part(checkout: Path, script: str, part: str, environment: dict[str, str]) -> None:
    """Runs one part of a script of `bench/sites` with a checkout's code, to its end."""
    command = [find_python(checkout), str(ROOT / "bench/sites" / script), part]
    subprocess.run(command, cwd=checkout, env=environment, check=True, stdout=sys.stderr, stderr=_get_errors())


class Child:
    """A process that measures with one checkout's code: a command a line on its input, JSON a line on its output."""

    def __init__(self, checkout: Path, script: str, part: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [find_python(checkout), str(ROOT / "bench/sites" / script), part],
            cwd=checkout,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=_get_errors(),
            text=True,
        )
        self.greeting: Any = self.read()

    def ask(self, command: str) -> Any:
        assert self.process.stdin
        print(command, file=self.process.stdin, flush=True)
        return self.read()

    def end(self) -> Any:
        """Ends the input, and returns what the process then prints as its last line."""
        assert self.process.stdin
        self.process.stdin.close()
        answer = self.read()
        self.process.wait()
        return answer

    def close(self) -> None:
        self.process.communicate()

    def read(self) -> Any:
        """The next line of its output."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("A measured process has ended; BENCH_VERBOSE=1 shows its errors.")
        return json.loads(line)


def _get_errors() -> int | None:
    return None if os.environ.get("BENCH_VERBOSE") else subprocess.DEVNULL
