"""Lease of the process that follows the feed, and the fence of its transactions."""

from __future__ import annotations

from jobsearch.core.leases import Lease, LeaseError, LeaseHeld

from .models import FeedState

NAME = "feed"
SECONDS = 60
"""How long the lease outlives its last renewal, where the owner cannot be seen to be dead."""


class FeedLease(Lease):
    """Held by a sync run from its beginning to its end."""

    def __init__(self) -> None:
        super().__init__(NAME, SECONDS)

    def fence(self) -> None:
        """First statement of each of a sync run's transactions: renews the lease and locks the feed's row.

        A process that was suspended while another took over writes nothing: raises `LeaseLost`. The lock on the feed's row
        keeps out the queue's other writers (docs/decisions/0015-order-of-locks.md).
        """
        self.renew()
        FeedState.lock()


def describe_error(error: LeaseError) -> str:
    """The error as a sentence about the feed."""
    if isinstance(error, LeaseHeld):
        until = error.expires.isoformat(timespec="seconds")
        return f"The feed is already being followed by {error.owner} (its lease lasts until {until})."
    return "The feed is already being followed by another process."
