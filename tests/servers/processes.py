"""Child processes that the kernel kills when the test run ends, also if it is killed."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from .ports import BUSY

FROM_OUTSIDE = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
"""The only variables of this machine's environment that the product's processes get."""

_PR_SET_PDEATHSIG = 1


class Process(Protocol):
    """A started process: what `subprocess.Popen` and `forked.ForkedProcess` have in common."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sent: int, /) -> None: ...


def start(
    command: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    at_our_death: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that it and its children can be ended together.

    `at_our_death` is what the kernel sends it when this process ends. To be called in the main thread: it is that thread
    whose end counts.
    """
    # Not with preexec_fn: running Python between fork and exec is unsafe in a process with threads, and deprecated.
    before = ["setpriv", "--pdeathsig", at_our_death.name.removeprefix("SIG")]
    before += ["--reuid", user, "--regid", user, "--init-groups"] if user else []
    with log.open("ab") as output:
        return subprocess.Popen(
            [*before, "--", *command],
            env=None if env is None else dict(env),
            cwd="/" if user else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end_with_parent(parent: int) -> None:
    """In a forked child: the kernel kills it when its parent ends. It ends now if that has ended before this call."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def stop(process: Process, by: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
    """Send a signal to a process, and kill it and its children after a time-out; returns its exit code."""
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(BUSY * seconds)
        except subprocess.TimeoutExpired:
            kill(process)
    kill(process)  # remaining children
    return process.wait()


def kill(process: Process) -> None:
    """Kill the process and its children with SIGKILL."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def folder_for(name: str) -> Path:
    """A temporary folder for a server's data; folders of killed test runs are deleted."""
    prefix = f"jobsearch-{name}-"
    for old in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        owner = old.name.removeprefix(prefix).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
