"""Owner names of leases and jobs: identify a process, so that any other process can check whether it is alive.

A lease of a killed process is acquired at once on the same machine, not only when it expires.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def create_owner() -> str:
    """A new owner name for this process: machine, process number, start time, and a random part."""
    _state, started = _read_stat(os.getpid())
    return f"{_get_machine()} {os.getpid()} {started} {secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Whether the owner is a process of this machine that has ended. One that cannot be checked counts as alive."""
    parts = owner.split(" ")
    if len(parts) != 4 or parts[0] != _get_machine() or not parts[1].isdigit():
        return False
    pid = int(parts[1])
    try:
        os.kill(pid, 0)  # also finds a process of another user, which /proc may hide (ProtectProc=invisible)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    state, started = _read_stat(pid)
    return state == "Z" or (parts[2] != "-" and started not in ("-", parts[2]))


def describe_owner(owner: str) -> str:
    """The owner as text for a person."""
    parts = owner.split(" ")
    return f"process {parts[1]} on {parts[0].partition('/')[0]}" if len(parts) == 4 else owner


def _get_machine() -> str:
    """Host name and PID namespace: containers may share either of the two, and their process numbers differ with both."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return f"{socket.gethostname()[:120]}/{space}".replace(" ", "_")


def _read_stat(pid: int) -> tuple[str, str]:
    """State and start time of a process, in clock ticks since the machine started; ("", "-") where not known. Linux only.

    A process number that is used again belongs to another start time. Not by psutil: under our systemd units (ProcSubset=pid) it
    raises, for it converts the start time by /proc/stat.
    """
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return values[0], values[19]
    except (OSError, IndexError):
        return "", "-"
