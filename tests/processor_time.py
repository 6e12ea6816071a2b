"""CPU time of a function: the minimum of some runs, as a virtual machine may count time that its host gave to others."""

from __future__ import annotations

import time
from collections.abc import Callable

RUNS = 3


def measure_cpu_seconds(run: Callable[[], object], limit: float = 0.0) -> float:
    """CPU seconds of this thread for `run`: the minimum of three runs, or of those up to the first below the limit."""
    least = float("inf")
    for _ in range(RUNS):
        start = time.thread_time()
        run()
        least = min(least, time.thread_time() - start)
        if least < limit:
            break
    return least
