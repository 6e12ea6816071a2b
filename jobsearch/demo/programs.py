"""Programs of a running site: the web server (gunicorn, or Django's for development), and Celery's worker with beat."""

from __future__ import annotations

import sys
from pathlib import Path

from django.conf import settings

from .supervisor import Supervisor

WEB_THREADS = 4
# glibc keeps a heap for each thread and returns little of it: the worker's three threads held 55 MB that nothing used. Threads of
# Python take turns, so they lose nothing by sharing one heap.
ONE_HEAP = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072"}


def start_web(supervisor: Supervisor, host: str, port: int) -> None:
    """Starts gunicorn with one process of a few threads, which suits two cores and little memory."""
    command = [sys.executable, "-m", "gunicorn", "jobsearch.wsgi:application", "--bind", f"{host}:{port}"]
    command += ["--config", str(settings.BASE_DIR / "gunicorn.conf.py"), "--workers", "1", "--threads", str(WEB_THREADS)]
    command += ["--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"]  # noqa: S108 - a heartbeat file
    supervisor.start("web", command, ONE_HEAP)


def start_development_web(supervisor: Supervisor, host: str, port: int) -> None:
    """Starts Django's development server, which restarts when Python code changes; its log and errors go to the terminal."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "runserver", f"{host}:{port}"]
    supervisor.start("web", command, {"DEBUG": "1"}, to_terminal=True)


def start_background(supervisor: Supervisor) -> None:
    """Starts Celery's worker, with beat in it.

    The worker has three threads: one for the sync, one for indexing, and one for the periodic tasks, which remove closed ads from
    the index and so must not wait for the other two. Beat alone would take another 80 MB. The caller runs the system checks: in
    the worker they would import every view, 15 MB that no task needs.
    """
    command = [sys.executable, "-m", "jobsearch.core.embedded_beat", "--threads", "3"]
    supervisor.start("worker", command, {**ONE_HEAP, "CELERY_SKIP_CHECKS": "1"})


def site_url(host: str, port: int) -> str:
    """The URL of the home page."""
    return f"http://{host}:{port}{settings.FORCE_SCRIPT_NAME or ''}/"
