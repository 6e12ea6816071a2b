"""Answers of the live server: a test ends when all are given, for the next one has another database.

They are counted in the server, where a request to it costs nothing more. Playwright would send five messages for each of the 27
requests of a page: a fourth of the processor time of a browser test outside of Chromium.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started

MAX_WAIT = 30  # seconds


class Answers:
    """Number of requests that the site is answering."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        # Requests of Django's test client have another sender.
        request_started.connect(self._begin, sender=WSGIHandler)
        request_finished.connect(self._end, sender=WSGIHandler)

    def _begin(self, **signal: Any) -> None:
        with self._lock:
            self._under_way += 1

    def _end(self, **signal: Any) -> None:
        with self._lock:
            self._under_way -= 1

    def wait_for_all(self) -> None:
        """Wait until no request is being answered. A request that the browser has not sent is not waited for."""
        until = time.monotonic() + MAX_WAIT
        while self._under_way:
            assert time.monotonic() < until, f"{self._under_way} requests are still being answered"
            time.sleep(0.005)
