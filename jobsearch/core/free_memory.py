"""Thread that returns freed memory to the system.

glibc keeps what is freed between blocks that are still in use: after a rebuild of an index of 10,000 ads the demo's worker kept
60 MB that nothing used. `malloc_trim` returns whole pages of it, in 1 to 3 ms. Other C libraries have no such function.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

CHECK_SECONDS = 2
LEAST = 2**20
"""Bytes: a smaller change of the process's size is not worth the work, so an idle process does none."""
LONGEST_SECONDS = 30
"""Longest pause: memory that was in use the last time may be free now, which the size of the process does not show."""
_STATM = Path("/proc/self/statm")


def start_returning() -> None:
    """Starts a thread that returns the process's freed memory to the system while its size changes, and every half minute."""
    if (release := _find_release()) and _STATM.exists():
        threading.Thread(target=_return_forever, args=(release,), name="free-memory", daemon=True).start()


def _find_release() -> Callable[[int], int] | None:
    try:
        release: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # not glibc
        return None
    return release


def _return_forever(release: Callable[[int], int]) -> None:
    left, returned, due = read_resident(), 0, time.monotonic()
    while True:
        time.sleep(CHECK_SECONDS)
        resident = read_resident()
        # Again after a time that returned much: work under way may have freed more since, at the same size.
        if abs(resident - left) > LEAST or returned > LEAST or time.monotonic() > due:
            release(0)
            left, due = read_resident(), time.monotonic() + LONGEST_SECONDS
            returned = resident - left


def read_resident() -> int:
    """Bytes of memory that the process has now, shared ones included."""
    return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
