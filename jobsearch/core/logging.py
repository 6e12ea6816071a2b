"""Log formats, and filters and a mail handler that keep visitors' input out of logs and mails.

The message of an exception may repeat what a visitor typed, and so may a request line that gunicorn cannot parse. Both are
left out; the exception's type and the place in the code stay.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.mail import mail_admins

_run: ContextVar[str] = ContextVar("run", default="")
_MAX_REFUSAL = 200  # characters
_UNREADABLE = re.compile(r"Invalid request from ip=\S*: [^:'\"]*")


@contextmanager
def log_run(name: str) -> Iterator[None]:
    """Marks the log lines of the block with the run that they belong to, such as "job-17"."""
    token = _run.set(name)
    try:
        yield
    finally:
        _run.reset(token)


class RunFilter(logging.Filter):
    """Filter of handlers: adds the run to each record, "-" outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.run = _run.get() or "-"
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for programs that collect logs. An exception is its type and places in the code.

    An exception's message is left out: it may repeat a visitor's or an advertiser's text.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "run": getattr(record, "run", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = format_places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


class ExceptionPlaceFilter(logging.Filter):
    """Filter of the logger django.request: keeps unexpected exceptions only, as their types and places in the code."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "is_filtered", False):
            return True  # Celery calls django.setup() again, and each call adds this filter to the logger once more
        if not record.exc_info or record.exc_info[1] is None:
            return False  # a response with an error status, which its page explains
        record.msg = f"{record.getMessage()}\n{format_places(record.exc_info[1])}"
        record.args, record.exc_info, record.exc_text = (), None, None
        record.is_filtered = True
        return True


class RefusedRequestFilter(logging.Filter):
    """Filter of the handler of django.security: the kind of refused request, once a minute, without what the visitor sent.

    The name of a host stays: it shows a wrong ALLOWED_HOSTS. A line for each request would let any visitor fill the log.
    """

    def __init__(self) -> None:
        super().__init__()
        self._quiet_until: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.name.rpartition(".")[2]
        if record.created < self._quiet_until.get(kind, 0.0):
            return False
        self._quiet_until[kind] = record.created + 60
        detail = f" {record.getMessage()[:_MAX_REFUSAL]}" if kind == "DisallowedHost" else ""
        record.msg, record.args, record.exc_info, record.exc_text = f"A request was refused: {kind}.{detail}", (), None, None
        return True


class RequestLineFilter(logging.Filter):
    """Filter of gunicorn's error log: keeps the kind of error, and the URL without its parameters."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args)
        if found := _UNREADABLE.match(record.getMessage()):
            record.msg, record.args = found.group(), ()
        return True


class AdminMailHandler(logging.Handler):
    """Mails errors to ADMINS, at most one a minute from each process; the log has all of them.

    Django's handler would add the request with its parameters.
    """

    quiet_until = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if record.created < self.quiet_until:
            return
        self.quiet_until = record.created + 60
        try:
            mail_admins(record.getMessage().partition("\n")[0], self.format(record))
        except Exception:
            self.handleError(record)


def format_places(error: BaseException) -> str:
    """The exception and its causes, as lines of code and exception types, without their messages."""
    found: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines = "".join(traceback.format_tb(cause.__traceback__))
        found.insert(0, f"{lines}{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return "\n".join(found)
