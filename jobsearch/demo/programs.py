"""Which parts a running site has: the web server (gunicorn, or Django's for development), Celery's worker and its beat."""

from __future__ import annotations

import sys
from pathlib import Path

from django.conf import settings

from .supervisor import Parts

WEB_THREADS = 4


def start_web(parts: Parts, host: str, port: int) -> None:
    """gunicorn with one process of a few threads: what two cores and a small machine's memory are good for."""
    command = [sys.executable, "-m", "gunicorn", "jobsearch.wsgi:application", "--bind", f"{host}:{port}"]
    command += ["--config", str(settings.BASE_DIR / "gunicorn.conf.py"), "--workers", "1", "--threads", str(WEB_THREADS)]
    command += ["--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"]  # noqa: S108 - a heartbeat file
    parts.start("web", command)


def start_development_web(parts: Parts, host: str, port: int) -> None:
    """Django's development server: it starts again when Python code changes, and shows its log and errors in full."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "runserver", f"{host}:{port}"]
    parts.start("web", command, {"DEBUG": "1"}, to_terminal=True)


def start_background(parts: Parts) -> None:
    """Celery's worker and beat. Three threads: one follows the feed, one indexes, and one does what the clock asks, which takes
    closed ads out of the index and so may not wait for either."""
    celery = [sys.executable, "-m", "celery", "--app", "jobsearch"]
    quiet = ["--loglevel", "WARNING"]
    threads = ["--pool", "threads", "--concurrency", "3", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    parts.start("worker", [*celery, "worker", *threads, *quiet])
    parts.start("beat", [*celery, "beat", "--pidfile", "", *quiet])


def address(host: str, port: int) -> str:
    return f"http://{host}:{port}{settings.FORCE_SCRIPT_NAME or ''}/"
