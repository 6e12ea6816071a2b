"""Processes forked from a prepared one, in place of `python …`; see `fork_server.py`."""

from __future__ import annotations

import atexit
import functools
import json
import os
import select
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import processes
from .fork_server import NUMBER_BYTES
from .ports import wait_until

_ROOT = Path(__file__).resolve().parents[2]


class ForkedProcess:
    """A process with the part of `Popen`'s interface that tests use."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.pid = self._read_number()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._read_end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self._read_end()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, sent: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sent)

    def _read_end(self) -> None:
        self.returncode = self._read_number()
        self._connection.close()

    def _read_number(self) -> int:
        answer = self._connection.recv(NUMBER_BYTES, socket.MSG_WAITALL)
        assert len(answer) == NUMBER_BYTES, "the fork server has ended"
        return int.from_bytes(answer, "big", signed=True)


def start(arguments: Sequence[str], log: Path, *, env: Mapping[str, str]) -> ForkedProcess:
    """Start `python …` with these arguments (a script, or after `-m` or `-c`), with its output in the log."""
    log.touch()  # it exists when this returns, as a new process's does
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(_start_server())
    request = {"arguments": list(arguments), "environment": dict(env), "log": str(log)}
    connection.sendall(f"{json.dumps(request)}\n".encode())
    return ForkedProcess(connection)


@functools.cache
def _start_server() -> str:
    """Start the server of this process's tests; returns its socket. The kernel kills it when this process ends."""
    folder = processes.folder_for("forks")
    path, log = folder / "socket", folder / "log"
    environment = {name: os.environ[name] for name in processes.FROM_OUTSIDE if name in os.environ}
    environment |= {"PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}
    server = processes.start([sys.executable, "-m", "tests.servers.fork_server", str(path)], log, env=environment)
    atexit.register(_end, server, folder)
    wait_until(lambda: path.exists() or server.poll() is not None, 60, f"the fork server, see {log}")
    assert server.poll() is None, log.read_text()
    return str(path)


def _end(server: processes.Process, folder: Path) -> None:
    processes.kill(server)
    shutil.rmtree(folder, ignore_errors=True)
