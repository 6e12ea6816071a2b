"""Redis for tests: Debian's program with temporary data, port and configuration, or the server at `TEST_REDIS_URL`.

Debian starts a Redis of its own when it is installed; that one is neither used nor touched.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from . import processes
from .ports import HOST, free_port, wait_until


@dataclass(frozen=True)
class Redis:
    """URL of a server and database, and the prefix of all keys that tests write."""

    url: str
    prefix: str = field(default_factory=lambda: f"jobsearch-test-{secrets.token_hex(8)}:")


class OwnRedis:
    """A server that a test can kill and restart. It writes nothing to disk, so it is empty after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("There is no redis-server here. `bin/setup --test` installs it, or set TEST_REDIS_URL.")
        command = [program, "--bind", HOST, "--port", str(self.port), "--dir", str(self.folder)]
        command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        log = self.folder / "redis.log"
        self._process = processes.start(command, log)
        wait_until(self._answers, 15, f"redis-server on port {self.port}, see {log}")

    def kill(self) -> None:
        """Kill the server; its data is lost."""
        if self._process:
            processes.kill(self._process)

    def _answers(self) -> bool:
        if self._process and self._process.poll() is not None:
            raise RuntimeError(f"redis-server ended:\n{(self.folder / 'redis.log').read_text()[-2000:]}")
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@contextmanager
def own() -> Iterator[OwnRedis]:
    folder = processes.folder_for("redis")
    server = OwnRedis(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running() -> Iterator[Redis]:
    """The Redis of the whole test run. On the server at TEST_REDIS_URL only keys with the prefix are written and deleted."""
    given = os.environ.get("TEST_REDIS_URL", "")
    if not given:
        with own() as server:
            yield Redis(server.url)
        return
    found = Redis(given)
    with redis.Redis.from_url(given) as client:
        client.ping()
        try:
            yield found
        finally:
            # One by one, with the prefix checked again: no pattern deletes keys on a server that others use.
            for key in client.scan_iter(match=f"{found.prefix}*"):
                if key.startswith(found.prefix.encode()):
                    client.delete(key)
