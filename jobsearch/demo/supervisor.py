"""Supervisor of child processes: starts them one by one, checks that they run, and stops them all on Ctrl-C."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

STOP_SECONDS = 15.0  # time for a process to finish its current work before it is killed
_PR_SET_PDEATHSIG = 1
_STOPPING = {signal.SIGINT, signal.SIGTERM}


class ProcessDied(RuntimeError):
    """A child process ended unexpectedly. The message has its name and the end of its log."""


class AdoptedProcess:
    """Child process that another program of this process has started: known by its id only."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while the process runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end. Raises `subprocess.TimeoutExpired`, as `Popen.wait` does."""
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.05)
        return code


class Supervisor:
    """Starts, checks and stops child processes (`running`, the newest last). Each logs to a file of its own in `logs`."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: dict[str, subprocess.Popen[bytes] | AdoptedProcess] = {}
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

    def hand_over(self, last_words: str) -> NoReturn:
        """Replaces this program by `jobsearch.demo.process_watcher`, which watches the same processes with a tenth of the memory.

        The process keeps its id, so they stay its children. `last_words` are printed when all have been stopped.
        """
        state = {
            "logs": str(self.logs),
            "processes": {name: process.pid for name, process in self.running.items()},
            "last_words": last_words,
        }
        sys.stdout.flush()
        sys.stderr.flush()
        # Until the new program can stop the processes: if it died of Ctrl-C while it starts, they would go on running.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        os.execv(sys.executable, [sys.executable, "-m", "jobsearch.demo.process_watcher", json.dumps(state)])  # noqa: S606

    def adopt(self, processes: Mapping[str, int]) -> None:
        """Takes over running child processes, by name and process id, the newest last."""
        self.running |= {name: AdoptedProcess(pid) for name, pid in processes.items()}

    def watch(self, last_words: str) -> int:
        """Waits until Ctrl-C, SIGTERM or the end of a process, then stops all. Returns the exit code."""
        stop_on_terminate()
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
            while True:
                self.check()
                time.sleep(1)
        except KeyboardInterrupt:
            sys.stdout.write("\nStopping …\n")
            sys.stdout.flush()
            code = 0
        except ProcessDied as error:
            sys.stderr.write(f"{error}\n")
            code = 1
        finally:
            self.stop()
        sys.stdout.write(f"{last_words}\n")
        return code

    def stop(self) -> None:
        """Stops all processes, the newest first; kills those that do not end within `STOP_SECONDS`."""
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
        if is_port_free(port, host):
            return port
    raise OSError(f"No free port from {preferred} to {preferred + 99} on {host}.")


def is_port_free(port: int, host: str) -> bool:
    """Whether a program could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def wait_for_free_port(port: int, host: str, seconds: float) -> bool:
    """Waits until the port is free; False if it is still taken after `seconds`."""
    until = time.monotonic() + seconds
    while not (free := is_port_free(port, host)) and time.monotonic() < until:
        time.sleep(0.1)
    return free


def _request_sigterm_on_parent_death() -> None:
    # If the supervisor itself is killed, its children must not keep running, with ports open and the index locked.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
