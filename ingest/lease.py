"""One process at a time follows the feed. The right to write is a row's value, taken and kept by conditional UPDATE.

Each of the follower's transactions begins with `fence`: who was away so long that another took over writes nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import time
from pathlib import Path
from types import TracebackType

from django.utils import timezone

from .errors import LeaseHeld, LeaseLost
from .models import FeedState

SECONDS = 60
"""How long a lease outlives its last renewal, where the owner cannot be seen to be dead."""
_RENEW_AFTER = 15.0


class Lease:
    """Held within a `with` block. Raises `LeaseHeld` at its beginning, `LeaseLost` at any `fence`."""

    def __init__(self) -> None:
        self.owner = f"{_host()} {os.getpid()} {_born(os.getpid())} {secrets.token_hex(4)}"
        self._renewed = 0.0

    def __enter__(self) -> Lease:
        # A second look follows a lost race or the discovery that the owner is dead; then the answer stands.
        for _attempt in range(2):
            now = timezone.now()
            row = FeedState.objects.values("lease_owner", "lease_until").get(id=1)
            held, until = row["lease_owner"], row["lease_until"]
            if held and until and until > now and not _is_dead(held):
                raise LeaseHeld(_named(held), until.isoformat(timespec="seconds"))
            taken = FeedState.objects.filter(id=1, lease_owner=held, lease_until=until).update(
                lease_owner=self.owner, lease_until=now + dt.timedelta(seconds=SECONDS)
            )
            if taken:
                self._renewed = time.monotonic()
                return self
        raise LeaseHeld("a process that was quicker", "")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        FeedState.objects.filter(id=1, lease_owner=self.owner).update(lease_owner="", lease_until=None)

    def fence(self) -> None:
        """Renews; to be the first statement of a transaction, whose lock on the row keeps others out until it ends."""
        until = timezone.now() + dt.timedelta(seconds=SECONDS)
        if not FeedState.objects.filter(id=1, lease_owner=self.owner).update(lease_until=until):
            raise LeaseLost("another process", "its end")
        self._renewed = time.monotonic()

    def keep(self) -> None:
        """Renews if it is time to: called while waiting for the network."""
        if time.monotonic() - self._renewed > _RENEW_AFTER:
            self.fence()


def _host() -> str:
    """This machine's name and process space: containers may share the one or the other, and process numbers with it."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return f"{socket.gethostname()}/{space}".replace(" ", "_")


def _born(pid: int) -> str:
    """When a process began, in ticks since the machine did: a number used again is another process. Linux only."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "-"


def _is_dead(owner: str) -> bool:
    """Certainly gone: a process of this very machine that is not there any more. What cannot be seen counts as alive."""
    parts = owner.split(" ")
    if len(parts) != 4 or parts[0] != _host() or not parts[1].isdigit():
        return False
    pid = int(parts[1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        state = ""
    return state == "Z" or (parts[2] != "-" and _born(pid) not in ("-", parts[2]))


def _named(owner: str) -> str:
    parts = owner.split(" ")
    return f"process {parts[1]} on {parts[0].partition('/')[0]}" if len(parts) == 4 else owner
