"""Celery application. Messages carry no data: each task reads from the database, so a lost message costs one interval."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, bootsteps, signals

from jobsearch.core.free_memory import start_returning
from jobsearch.core.logging import log_run

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobsearch.settings")

app = Celery("jobsearch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_process_init.connect
def return_freed_memory(**_options: Any) -> None:
    """Starts the thread that returns freed memory, in each child of a prefork pool: no thread of its parent lives on in it."""
    start_returning()


_runs: dict[str, Any] = {}


@signals.task_prerun.connect
def begin_run(task_id: str = "", **_options: Any) -> None:
    """Marks the log lines of a task with its id; those of a job then have the job's."""
    _runs[task_id] = log_run(f"task-{task_id[:8]}")
    _runs[task_id].__enter__()


@signals.task_postrun.connect
def end_run(task_id: str = "", **_options: Any) -> None:
    """Ends the mark of the task that has ended."""
    if run := _runs.pop(task_id, None):
        run.__exit__(None, None, None)


class HeartbeatStep(bootsteps.StartStopStep):
    """Step of a worker's start: stores a heartbeat every few seconds, with the queues that the worker serves."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._entry: Any = None

    def start(self, worker: Any) -> None:
        from jobsearch.core import heartbeats  # models cannot be imported before the apps are loaded

        self._record(worker)
        self._entry = worker.timer.call_repeatedly(heartbeats.BEAT_SECONDS, self._record, (worker,))

    def stop(self, worker: Any) -> None:
        if self._entry is not None:
            self._entry.cancel()
            self._entry = None

    def _record(self, worker: Any) -> None:
        from django.db import connections

        from jobsearch.core import heartbeats
        from jobsearch.core.models import Heartbeat

        heartbeats.record(Heartbeat.Role.WORKER, list(worker.app.amqp.queues.consume_from))
        connections.close_all()  # of the timer's thread, or of the process that forks the others


app.steps["worker"].add(HeartbeatStep)
