"""Free TCP ports, and waiting for a condition."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

HOST = "127.0.0.1"
BUSY = 4  # factor for a busy computer: what takes longer hangs


def free_port() -> int:
    """A port that is free now. The caller should listen on it soon; the kernel does not return it to the next caller at once."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def wait_until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Returns once `true()` is; a TimeoutError names what did not happen in time.

    `seconds` are those of an idle computer; a busy one is given `BUSY` times as many.
    """
    seconds *= BUSY
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {seconds:.0f} seconds")
        time.sleep(0.05)
