"""Progress of long work in a terminal: a bar a phase, with counts, rate and time left; plain lines where there is none."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

from tqdm import tqdm

LINE_SECONDS = 10.0  # between two plain lines, where the output is a file


class Bars:
    """Called as `bars(phase, done, total)`; `total` is None or 0 while nobody can know it."""

    def __init__(self, stream: Any = None) -> None:
        self.stream = getattr(stream, "_out", stream) or sys.stderr
        self.phase = ""
        self.bar: tqdm[Any] | None = None
        self.terminal = bool(getattr(self.stream, "isatty", lambda: False)())
        self._said = 0.0

    def __call__(self, phase: str, done: int, total: int | None = None) -> None:
        total = total or None
        total = total or None
        if phase != self.phase:
            self._end()
            self.phase = phase
            self.bar = tqdm(
                total=total, desc=phase, unit="", file=self.stream, disable=not self.terminal, dynamic_ncols=True, mininterval=0.2
            )
            self._began = time.monotonic()
        if self.bar is None:
            return
        if total is not None:
            self.bar.total = max(total, done)
        self.bar.n = done
        if self.terminal:
            self.bar.refresh()
        else:
            self._line(done, total)

    def _line(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - max(self._said, self._began) < LINE_SECONDS and done != total:
            return
        self._said, spent = now, now - self._began
        # Of what took no time there is no rate to tell.
        rate = f", {done / spent:.0f} a second" if spent > 0.5 else ""
        left = f", {(total - done) * spent / done:.0f} s left" if total and rate and 0 < done < total else ""
        of = f" of {total}" if total is not None else ""
        print(f"{self.phase}: {done}{of}{rate}{left}", file=self.stream, flush=True)

    def _end(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end()
