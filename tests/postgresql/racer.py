"""One of several processes that try to hold the feed's lease at once; run by test_several_workers.

Each holds it as often as it is asked to, and makes a file that must not be there yet.
Prints how often it had the lease, and how often another was in.
"""

import sys
import time
from pathlib import Path

import django

django.setup()

from ingest.client.errors import LeaseHeld  # noqa: E402
from ingest.lease import Lease  # noqa: E402

folder, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
(folder / f"{name}.ready").touch()
while not (folder / "go").exists():
    time.sleep(0.01)
held = intruders = 0
while held < rounds:
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
