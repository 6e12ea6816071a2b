"""Memory of a process and all its descendants, in MB of PSS (shared pages are counted once).

    python bench/memory.py PID [SECONDS]

Reads once a second for SECONDS (default 1); prints the last reading per process and the highest sum.
"""

from __future__ import annotations

import sys
import time

import psutil


def main(pid: int, seconds: int) -> None:
    highest = 0.0
    rows: list[tuple[str, float]] = []
    for _ in range(seconds):
        root = psutil.Process(pid)
        rows = []
        for process in [root, *root.children(recursive=True)]:
            try:
                rows.append((" ".join(process.cmdline())[-70:], process.memory_full_info().pss / 2**20))
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        highest = max(highest, sum(size for _, size in rows))
        time.sleep(1)
    for name, size in sorted(rows, key=lambda row: -row[1]):
        print(f"{size:8.1f} MB  {name}")
    print(f"{sum(size for _, size in rows):8.1f} MB  in all, {len(rows)} processes; at most {highest:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
