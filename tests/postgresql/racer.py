"""Processes that compete for the lease of the sync run; run by test_several_workers.

Each acquires the lease the requested number of times, and each time creates a file that must not exist yet.
It returns how often it held the lease, and how often another process held it at the same time.
"""

import sys
import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402

from ingest.lease import FeedLease  # noqa: E402
from ingest.models import FeedState  # noqa: E402
from jobsearch.core.leases import LeaseHeld  # noqa: E402
from tests.postgresql.competing import compete  # noqa: E402

inside, rounds, names = Path(sys.argv[1]) / "inside", int(sys.argv[2]), sys.argv[3:]


def race(_name: str) -> tuple[int, int]:
    held = conflicts = 0
    while held < rounds:
        try:
            with FeedLease() as lease:
                try:
                    inside.touch(exist_ok=False)
                except FileExistsError:
                    conflicts += 1
                held += 1
                lease.fence()
                time.sleep(0.002)
                inside.unlink(missing_ok=True)
        except LeaseHeld:
            time.sleep(0.001)
    return held, conflicts


FeedState.get_for_feed(settings.NAV_FEED_URL)
with FeedLease():  # creates its row
    pass
compete(names, race)
