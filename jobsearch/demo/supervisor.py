"""Child processes that live and die together: started one by one, watched, and stopped by one Ctrl-C."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

STOP_SECONDS = 15.0  # what a part may take to finish what it is doing before it is killed
_PR_SET_PDEATHSIG = 1


class PartDied(RuntimeError):
    """A part ended by itself. The message names it and quotes the end of its log."""


class Parts:
    """The running parts, newest last. Their output goes to a log each, under `logs`."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None, *, to_terminal: bool = False
    ) -> subprocess.Popen[bytes]:
        """Starts a part in a session of its own, so that the terminal's Ctrl-C reaches only us and we choose the order.

        `to_terminal`: its output goes where ours goes, and its log stays empty."""
        with self.log(name).open("wb") as log:
            part = subprocess.Popen(
                list(command),
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=None if to_terminal else log,
                stderr=None if to_terminal else subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self.running[name] = part
        return part

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Raises PartDied if a part is no longer there."""
        for name, part in self.running.items():
            if part.poll() is not None:
                end = self.log(name).read_text(errors="replace").strip().splitlines()[-15:]
                raise PartDied(f"{name} ended (exit code {part.returncode}). The end of {self.log(name)}:\n" + "\n".join(end))

    def wait_for(self, name: str, host: str, port: int, seconds: float) -> None:
        """Returns once the part answers on its port; raises PartDied if it ends before, TimeoutError if it takes too long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check()
            try:
                socket.create_connection((host, port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"{name} did not answer on {host}:{port} within {seconds:.0f} seconds; see {self.log(name)}.")

    def stop(self) -> None:
        """Stops every part, the newest first; what does not end in time is killed."""
        self.stopping = True
        for part in reversed(self.running.values()):
            if part.poll() is None:
                part.terminate()
        until = time.monotonic() + STOP_SECONDS
        for part in reversed(self.running.values()):
            try:
                part.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(part.pid, signal.SIGKILL)
                part.wait()


def stop_on_terminate() -> None:
    """Makes SIGTERM end the program as Ctrl-C does: with the parts stopped."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """The preferred port, or the next one that nobody listens on."""
    for port in range(preferred, preferred + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"No free port from {preferred} to {preferred + 99} on {host}.")


def _die_with_parent() -> None:
    # A supervisor that is killed outright must not leave its parts behind, holding ports and the index.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
