"""Timings of one request: how long its parts took (engine, database, templates). Measured only inside `collect_timings`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Timing:
    """Seconds and number of the calls of one part."""

    seconds: float = 0.0
    calls: int = 0


_collected: ContextVar[dict[str, Timing] | None] = ContextVar("timings", default=None)


@contextmanager
def collect_timings() -> Iterator[dict[str, Timing]]:
    """Collects what `timed` measures inside the block, by name."""
    timings: dict[str, Timing] = {}
    token = _collected.set(timings)
    try:
        yield timings
    finally:
        _collected.reset(token)


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Measures the block, or the function that it decorates, as a part of the request."""
    timings = _collected.get()
    if timings is None:
        yield
        return
    began = time.perf_counter()
    try:
        yield
    finally:
        timing = timings.setdefault(name, Timing())
        timing.seconds += time.perf_counter() - began
        timing.calls += 1
