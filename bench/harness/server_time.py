"""Processor time of a server process, by thread: without what a Java compiles meanwhile."""

from __future__ import annotations

from pathlib import Path

COMPILERS = ("C1 Compiler", "C2 Compiler")
"""Names of threads that are left out. After a thousand requests a Java still spends more on compiling than on answering."""


def read_thread_times(pid: int) -> dict[str, int]:
    """Thread -> nanoseconds of the processor, of a process of this machine. Needs Linux."""
    times = {}
    for folder in Path(f"/proc/{pid}/task").iterdir():
        try:
            if not (folder / "comm").read_text().startswith(COMPILERS):
                times[folder.name] = int((folder / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has ended
    return times


def compute_ms(before: dict[str, int], after: dict[str, int]) -> float:
    """Milliseconds between two readings."""
    return sum(time - before.get(thread, 0) for thread, time in after.items()) / 1e6
