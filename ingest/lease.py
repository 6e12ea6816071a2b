"""One process at a time follows the feed. The right to write is a row's value, taken and kept by conditional UPDATE.

Each of the follower's transactions begins with `fence`: who was away so long that another took over writes nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from types import TracebackType

from django.utils import timezone

from ingest.client.errors import LeaseHeld, LeaseLost
from jobsearch.core import lease_owners

from .models import FeedState

SECONDS = 60
"""How long a lease outlives its last renewal, where the owner cannot be seen to be dead."""
_RENEW_AFTER = 15.0


class Lease:
    """Held within a `with` block. Raises `LeaseHeld` at its beginning, `LeaseLost` at any `fence`."""

    def __init__(self) -> None:
        self.owner = lease_owners.this_process()
        self._renewed = 0.0

    def __enter__(self) -> Lease:
        # A second look follows a lost race or the discovery that the owner is dead; then the answer stands.
        for _attempt in range(2):
            now = timezone.now()
            row = FeedState.objects.values("lease_owner", "lease_until").get(id=1)
            held, until = row["lease_owner"], row["lease_until"]
            if held and until and until > now and not lease_owners.is_dead(held):
                raise LeaseHeld(lease_owners.in_words(held), until.isoformat(timespec="seconds"))
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
