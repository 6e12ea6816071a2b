"""Celery application with a task that frees memory, and writes how much of it its process then returns to the system."""

from __future__ import annotations

import os
import time
from pathlib import Path

from jobsearch.celery import app
from jobsearch.core import free_memory


@app.task(name="tests.free_memory")
def free() -> None:
    blocks = [bytes(1000) for _ in range(60_000)]
    kept = blocks[::500]  # glibc cannot return the end of its heap, because one of these blocks is there
    del blocks
    freed, until = free_memory.read_resident(), time.monotonic() + 20
    while time.monotonic() < until and freed - free_memory.read_resident() < 40 * 2**20:
        time.sleep(0.1)
    result = Path(os.environ["RESULT_FILE"])
    result.with_suffix(".draft").write_text(f"{len(kept)} {freed - free_memory.read_resident()}")
    result.with_suffix(".draft").rename(result)
