"""Fork server: a process that has imported what all processes of the product import, and forks one for each request.

An import of everything takes most of a second of processor time; a forked process takes a third of that. It does what a new one
does: no settings are read and no app is loaded before the fork, so the child reads them from its own environment.

A request is a line of JSON on a connection to the socket; the answers are the process's number, and at its end its exit code.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import selectors
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from .processes import end_with_parent

PRELOADED = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.beat",
    "celery.bin.worker",
    "celery.concurrency.prefork",
    "celery.concurrency.thread",
    "celery.worker.consumer",
    "cron_descriptor",
    "django.core.management.commands.check",
    "django.core.management.commands.makemigrations",
    "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.views.debug",
    "fido2.server",
    "gunicorn.app.wsgiapp",
    "ingest.client.feed",
    "jobsearch.admin_dashboard.apps",
    "jobsearch.core.gunicorn_worker",
    "jobsearch.core.staticfiles",
    "jobsearch.search.analysis.negation",
    "jobsearch.search.analysis.requirements",
    "jobsearch.search.page",
    "jobsearch.search.query.near_words",
    "jobsearch.vacancies.deadlines",
    "jobsearch.vacancies.language",
    "jobsearch.web.export_limit",
    "kombu.transport.filesystem",
    "kombu.transport.redis",
    "prometheus_client",
    "psycopg_pool",
)
"""Modules that are imported before the forks, with all that they import. None reads settings, which are not there yet."""
NUMBER_BYTES = 4


def serve(path: str) -> dict[str, Any]:
    """Listens on a socket until this process is killed. Returns in each forked child, with its request."""
    parent = os.getpid()
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as selector:
        draft = Path(f"{path}.draft")
        listener.bind(str(draft))
        listener.listen(64)
        draft.rename(path)  # who sees it can connect
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _events in selector.select():
                if key.fileobj is not listener:
                    process, connection = key.data
                    selector.unregister(key.fileobj)
                    os.close(key.fd)
                    _answer(connection, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
                    connection.close()
                    continue
                connection = listener.accept()[0]
                with connection.makefile() as file:
                    request = json.loads(file.readline())
                process = os.fork()
                if process == 0:
                    end_with_parent(parent)
                    connection.close()
                    for other in [other for other in selector.get_map().values() if other.fileobj is not listener]:
                        os.close(other.fd)
                        other.data[1].close()
                    return dict(request)
                _answer(connection, process)
                selector.register(os.pidfd_open(process), selectors.EVENT_READ, (process, connection))


def _answer(connection: socket.socket, number: int) -> None:
    with suppress(OSError):  # the test has ended, and does not listen any more
        connection.sendall(number.to_bytes(NUMBER_BYTES, "big", signed=True))


def run(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """Does what `python …` with these arguments does, in a session of its own and with its output in the log."""
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(environment)
    kind, rest = arguments[0], arguments[1:]
    if kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif kind == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    gc.disable()
    for module in PRELOADED:
        importlib.import_module(module)
    gc.enable()
    gc.collect()
    gc.freeze()  # a child's collections neither read nor write what was there before
    found = serve(sys.argv[1])
    run(found["arguments"], found["environment"], found["log"])
