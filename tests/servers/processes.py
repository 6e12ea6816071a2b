"""Child processes that never outlive the test run: the kernel ends them when the run is gone, however it went."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .ports import BUSY


def start(
    command: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    at_our_death: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Starts a process in a session of its own, so that it and its children can be ended together.

    `at_our_death` is what the kernel sends it when this process ends. To be called in the main thread: it is that thread
    whose end counts.
    """
    # Not in Python, between fork and exec: in a process with threads that is not safe, and warned of.
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


def stop(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM, seconds: float = 15) -> int:
    """Asks a process to end, and ends it and its children if it does not; returns its exit code."""
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(BUSY * seconds)
        except subprocess.TimeoutExpired:
            kill(process)
    kill(process)  # children that were left
    return process.wait()


def kill(process: subprocess.Popen[bytes]) -> None:
    """The process and its children, at once and without a word, as a machine that loses its power."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def folder_for(name: str) -> Path:
    """A temporary folder for a server's data; those of runs that were killed before they could delete theirs are swept."""
    prefix = f"jobsearch-{name}-"
    for old in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        owner = old.name.removeprefix(prefix).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
