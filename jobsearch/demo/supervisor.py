"""Supervisor of child processes: starts them one by one, checks that they run, and stops them all on Ctrl-C."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

STOP_SECONDS = 15.0  # time for a process to finish its current work before it is killed
_PR_SET_PDEATHSIG = 1


class ProcessDied(RuntimeError):
    """A child process ended unexpectedly. The message has its name and the end of its log."""


class Supervisor:
    """Starts, checks and stops child processes (`running`, the newest last). Each logs to a file of its own in `logs`."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None, *, to_terminal: bool = False
    ) -> subprocess.Popen[bytes]:
        """Starts a process in its own session: Ctrl-C reaches only the supervisor, which stops processes in its own order.

        `to_terminal`: its output goes to the terminal, and its log stays empty.
        """
        with self.log_path(name).open("wb") as log:
            process = subprocess.Popen(
                list(command),
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=None if to_terminal else log,
                stderr=None if to_terminal else subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_request_sigterm_on_parent_death if sys.platform == "linux" else None,
            )
        self.running[name] = process
        return process

    def log_path(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Raises `ProcessDied` if a process has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                end = self.log_path(name).read_text(errors="replace").strip().splitlines()[-15:]
                raise ProcessDied(
                    f"{name} ended (exit code {process.returncode}). The end of {self.log_path(name)}:\n" + "\n".join(end)
                )

    def check_after(self, progress: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
        """A progress callback that calls `progress`, then `check`: long work ends when a part is no longer there."""

        def report(phase: str, done: int, total: int) -> None:
            progress(phase, done, total)
            self.check()

        return report

    def wait_for(self, name: str, host: str, port: int, seconds: float) -> None:
        """Waits until the process accepts connections on its port. Raises `ProcessDied`, or `TimeoutError` after `seconds`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check()
            try:
                socket.create_connection((host, port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"{name} did not answer on {host}:{port} within {seconds:.0f} seconds; see {self.log_path(name)}.")

    def stop(self) -> None:
        """Stops all processes, the newest first; kills those that do not end within `STOP_SECONDS`."""
        self.stopping = True
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in reversed(self.running.values()):
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def stop_on_terminate() -> None:
    """Makes SIGTERM raise KeyboardInterrupt, like Ctrl-C, so that the child processes are stopped."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def find_free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """Finds a free port, beginning with the preferred one. Raises `OSError` if the next 100 are taken."""
    for port in range(preferred, preferred + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"No free port from {preferred} to {preferred + 99} on {host}.")


def _request_sigterm_on_parent_death() -> None:
    # If the supervisor itself is killed, its children must not keep running, with ports open and the index locked.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
