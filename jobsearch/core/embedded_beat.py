"""Celery worker with beat in a thread of its own: one process less on a site that runs on one machine.

    python -m jobsearch.core.embedded_beat --pool threads --concurrency 3

Celery's own option, `worker --beat`, forks a process for beat that nothing watches. Here the worker ends when beat does, so the
program that started it notices.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Any

from celery import bootsteps
from celery.beat import EmbeddedService

log = logging.getLogger(__name__)


class BeatThread(bootsteps.StartStopStep):
    """Step of the worker that runs beat in a thread, and ends the worker with SIGTERM if beat ends by itself."""

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.beat: Any = EmbeddedService(worker.app, thread=True, scheduler_cls=worker.app.conf.beat_scheduler)
        self.stopping = False

    def start(self, worker: Any) -> None:
        self.beat.start()
        threading.Thread(target=self._watch, name="watch-beat", daemon=True).start()

    def stop(self, worker: Any) -> None:
        self.stopping = True
        self.beat.stop()

    def _watch(self) -> None:
        self.beat.join()
        if not self.stopping:
            log.error("Beat has ended, so no task is started any more: the worker ends too. Its error is above.")
            os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: list[str]) -> None:
    """Runs the worker with beat until it is stopped. `arguments` are those of `celery worker`."""
    from jobsearch.celery import app

    app.steps["worker"].add(BeatThread)
    app.worker_main(["worker", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
