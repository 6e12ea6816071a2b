"""Celery worker with beat in a thread of its own: one process less on a site that runs on one machine.

    python -m jobsearch.core.embedded_beat --threads 3

Celery's own option, `worker --beat`, forks a process for beat that nothing watches. Here the worker ends when beat does, so the
program that started it notices. The worker is made without Celery's command line, which imports prompt_toolkit and pygments.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from typing import Any

from celery import bootsteps
from celery.beat import EmbeddedService

from jobsearch.core.free_memory import start_returning

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


def main(arguments: list[str]) -> int:
    """Runs the worker with beat until it is stopped. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=3, help="tasks that run at a time")
    parser.add_argument("--loglevel", default="WARNING", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    options = parser.parse_args(arguments)
    worker = build_worker(options.threads, options.loglevel)
    start_returning()
    worker.start()
    return int(worker.exitcode or 0)


def build_worker(threads: int, level: str) -> Any:
    """Celery's worker with beat as one of its steps, not yet started."""
    from jobsearch.celery import app

    app.steps["worker"].add(BeatThread)
    # No messages between workers: there is only one.
    quiet: dict[str, Any] = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
    return app.Worker(pool="threads", concurrency=threads, loglevel=level, **quiet)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
