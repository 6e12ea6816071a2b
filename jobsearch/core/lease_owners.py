"""Who holds a lease: the name of a process that any other can read, and tell whether the process still lives.

Used by every lease in the database, so that a killed process blocks nobody for as long as its lease would last.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path


def this_process() -> str:
    """A name for one holder in this process: machine, process number, when it began, and a random part."""
    _state, started = _read_stat(os.getpid())
    return f"{_host()} {os.getpid()} {started} {secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Certainly gone: a process of this very machine that is not there any more. What cannot be seen counts as alive."""
    parts = owner.split(" ")
    if len(parts) != 4 or parts[0] != _host() or not parts[1].isdigit():
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


def in_words(owner: str) -> str:
    parts = owner.split(" ")
    return f"process {parts[1]} on {parts[0].partition('/')[0]}" if len(parts) == 4 else owner


def _host() -> str:
    """This machine's name and process space: containers may share the one or the other, and process numbers with it."""
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
