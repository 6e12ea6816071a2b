"""Seconds from the commit of a changed ad until the index has it, on a running demo.

    python bench/index_lag.py var/demo/db.sqlite3 [SECONDS]

Reads the database each 30 ms for SECONDS (default 90): a change is a row whose version is higher than the indexed one. The demo's
feed publishes and changes about 20 ads a minute. The next search finds it: the engine reloads its reader when the index has
changed.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import time


def main(database: str, seconds: float) -> None:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    first_seen: dict[tuple[str, int], float] = {}
    waited: list[float] = []
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        behind = set(connection.execute("SELECT uuid, version FROM vacancies_vacancy WHERE version > indexed_version"))
        for change in behind:
            first_seen.setdefault(change, now)
        waited += [now - first_seen.pop(change) for change in list(first_seen) if change not in behind]
        time.sleep(0.03)
    if not waited:
        sys.exit("No ad changed. Is the demo running, and is this its database?")
    print(f"{len(waited)} changes: median {statistics.median(waited):.2f} s, highest {max(waited):.2f} s")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 90)
