"""One of several processes that try to hold the feed's lease at once; run by test_several_workers.

Whoever holds it makes a file that must not be there yet. Prints how often it had the lease, and how often another was in.
"""

import sys
import time
from pathlib import Path

import django

django.setup()

from ingest.errors import LeaseHeld  # noqa: E402
from ingest.lease import Lease  # noqa: E402

folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
while not (folder / "go").exists():
    time.sleep(0.01)
until = time.monotonic() + seconds
held = intruders = 0
while time.monotonic() < until:
    try:
        with Lease() as lease:
            try:
                (folder / "inside").touch(exist_ok=False)
            except FileExistsError:
                intruders += 1
            held += 1
            lease.fence()
            time.sleep(0.002)
            (folder / "inside").unlink(missing_ok=True)
    except LeaseHeld:
        time.sleep(0.001)
sys.stdout.write(f"{held} {intruders}\n")
