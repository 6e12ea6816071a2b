"""Graceful stop: SIGTERM and SIGINT end a run after the current transaction, with the lease released."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class Stopped(Exception):
    """The run was asked to stop."""


class StopSignals:
    """Within the block SIGTERM and SIGINT request a stop; at its end the signal is delivered.

    A second signal is delivered at once. Only the main thread can catch signals: in other threads, `event` requests a stop.
    """

    def __init__(self, event: threading.Event | None = None) -> None:
        self.event = event or threading.Event()
        self._caught: int | None = None
        self._before: dict[int, Any] = {}

    def check(self) -> None:
        """Raises `Stopped` if a stop was requested."""
        if self._caught is not None or self.event.is_set():
            raise Stopped

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self._catch)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._restore()
        if self._caught is not None:
            caught, self._caught = self._caught, None
            signal.raise_signal(caught)

    def _catch(self, number: int, frame: FrameType | None) -> None:
        self._caught = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            # None: a handler that was not set from Python and cannot be restored.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before = {}
