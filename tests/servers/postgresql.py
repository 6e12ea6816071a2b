"""PostgreSQL for tests: Debian's programs with a temporary cluster, or the server at `TEST_DATABASE_URL`.

Debian makes and starts a cluster when it is installed; that one is neither used nor touched. A server that was given is
used only for databases with random names, which are dropped again; its user needs the right to make databases.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from . import processes
from .ports import HOST, free_port, wait_until

USER = "jobsearch"
_ACCOUNT = "postgres"  # created by Debian's package; used if the tests run as root, as which PostgreSQL does not start
# The data need not survive a crash, so nothing waits for the disk.
_CONFIGURATION = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "logging_collector": "off",
    "autovacuum_naptime": "10s",
    "lc_messages": "C",
}


class Server:
    """A server on which tests create databases."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def database(self, template: str = "") -> Iterator[str]:
        """Create a database with a random name, as a copy of the one at the URL `template`; yields its `DATABASE_URL`."""
        name = f"jobsearch_test_{secrets.token_hex(8)}"
        self._create(name, urlsplit(template).path[1:])
        try:
            yield self.address_of(name)
        finally:
            self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        with psycopg.connect(self.url, autocommit=True) as connection:
            if template:
                statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
                if connection.info.server_version >= 150000:
                    statement += sql.SQL(" STRATEGY FILE_COPY")  # half the processor time of the default, by the log
            connection.execute(statement)

    def address_of(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def run(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


class OwnServer(Server):
    """A cluster that a test can kill and restart; committed data is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._password = secrets.token_urlsafe(16)
        super().__init__(f"postgres://{USER}:{self._password}@{HOST}:{self.port}/postgres")
        self._programs = _programs()
        self._account = _ACCOUNT if os.geteuid() == 0 else None
        self._data, self._log = folder / "data", folder / "postgresql.log"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self._password)
        if self._account:
            entry = pwd.getpwnam(self._account)
            for path in (self.folder, secret):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        command = [str(self._programs / "initdb"), "--pgdata", str(self._data), "--username", USER, "--no-sync"]
        # A connection by SCRAM takes 2 ms more of the processor.
        command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "md5", "--pwfile", str(secret)]
        made = processes.start(command, self._log, user=self._account)
        if made.wait(240):
            raise RuntimeError(f"initdb failed:\n{self._log.read_text()[-2000:]}")

    def start(self) -> None:
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        for name, value in (_CONFIGURATION | {"listen_addresses": HOST, "unix_socket_directories": str(self.folder)}).items():
            command += ["-c", f"{name}={value}"]
        # SIGQUIT: the postmaster ends at once, with its children.
        self._process = processes.start(command, self._log, user=self._account, at_our_death=signal.SIGQUIT)
        wait_until(self._answers, 30, f"PostgreSQL on port {self.port}, see {self._log}")

    def stop(self) -> None:
        """Kill the server at once, as a power cut does."""
        if self._process:
            processes.stop(self._process, by=signal.SIGQUIT)

    def _answers(self) -> bool:
        if self._process and self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended:\n{self._log.read_text()[-2000:]}")
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def own() -> Iterator[OwnServer]:
    folder = processes.folder_for("postgresql")
    try:
        server = OwnServer(folder)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running() -> Iterator[Server]:
    """The PostgreSQL of the whole test run."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield Server(given)
        return
    with own() as server:
        yield server


def _programs() -> Path:
    """The folder of the newest installed server programs, which Debian does not put on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if program := shutil.which("postgres"):
        return Path(program).resolve().parent
    raise RuntimeError("There is no PostgreSQL server here. `bin/setup --test` installs it, or set TEST_DATABASE_URL.")
