"""Worker process that competes for the lease of the sync run; run by test_several_workers.

Acquires the lease the requested number of times, and each time creates a file that must not exist yet.
Prints how often it held the lease, and how often another process held it at the same time.
"""

import sys
import time
from pathlib import Path

import django

django.setup()

from ingest.lease import FeedLease  # noqa: E402
from jobsearch.core.leases import LeaseHeld  # noqa: E402

folder, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
(folder / f"{name}.ready").touch()
while not (folder / "go").exists():
    time.sleep(0.01)
held = conflicts = 0
while held < rounds:
    try:
        with FeedLease() as lease:
            try:
                (folder / "inside").touch(exist_ok=False)
            except FileExistsError:
                conflicts += 1
            held += 1
            lease.fence()
            time.sleep(0.002)
            (folder / "inside").unlink(missing_ok=True)
    except LeaseHeld:
        time.sleep(0.001)
sys.stdout.write(f"{held} {conflicts}\n")
