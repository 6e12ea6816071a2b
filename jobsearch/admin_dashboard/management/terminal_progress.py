"""Progress bars in a terminal: one for each phase, with counts, rate and time left. Plain lines where the output is a file."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

from tqdm import tqdm

LINE_SECONDS = 10.0  # between two plain lines


class Bars:
    """Progress bars. Called as `bars(phase, done, total)`; `total` is None or 0 while it is unknown."""

    def __init__(self, stream: Any = None) -> None:
        self.stream = getattr(stream, "_out", stream) or sys.stderr
        self.phase = ""
        self.bar: tqdm[Any] | None = None
        self.terminal = bool(getattr(self.stream, "isatty", lambda: False)())
        self._printed = 0.0

    def __call__(self, phase: str, done: int, total: int | None = None) -> None:
        total = total or 0
        if phase != self.phase:
            self._close()
            self.phase = phase
            self.bar = tqdm(
                total=total or None,
                desc=phase,
                unit="",
                file=self.stream,
                disable=not self.terminal,
                dynamic_ncols=True,
                mininterval=0.2,
            )
            self._started = time.monotonic()
        if self.bar is None:
            return
        if total:
            self.bar.total = max(total, done)
        self.bar.n = done
        if self.terminal:
            self.bar.refresh()
        else:
            self._print_line(done, total)

    def _print_line(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - max(self._printed, self._started) < LINE_SECONDS and (done != total or not total):
            return
        self._printed, spent = now, now - self._started
        rate = f", {done / spent:.0f} a second" if spent > 0.5 else ""  # a shorter time gives no meaningful rate
        left = f", {(total - done) * spent / done:.0f} s left" if total and rate and 0 < done < total else ""
        of = f" of {total}" if total else ""
        print(f"{self.phase}: {done}{of}{rate}{left}", file=self.stream, flush=True)

    def _close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._close()
