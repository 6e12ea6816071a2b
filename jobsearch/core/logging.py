"""What the logs and the mails to administrators say of a request: where it broke, never what a visitor asked.

An error's own words may repeat what was typed, and so may a line that gunicorn cannot read. Both are left out; where in the
code it happened, and what kind of error it was, stays.
"""

from __future__ import annotations

import logging
import re
import traceback

from django.core.mail import mail_admins

_UNREADABLE = re.compile(r"Invalid request from ip=\S*: [^:'\"]*")


class Broken(logging.Filter):
    """Of Django's word about requests: only errors that nobody expected, as their places in the code."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "is_told", False):
            return True  # Celery sets Django up again, and each time adds one more of this filter to the logger
        if not record.exc_info or record.exc_info[1] is None:
            return False  # an answer with a status of its own, which its page explains
        record.msg = f"{record.getMessage()}\n{places(record.exc_info[1])}"
        record.args, record.exc_info, record.exc_text = (), None, None
        record.is_told = True
        return True


class Unreadable(logging.Filter):
    """Of gunicorn's word about a request: what kind of fault it was, and the address without its parameters."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(arg.partition("?")[0] if isinstance(arg, str) else arg for arg in record.args)
        if found := _UNREADABLE.match(record.getMessage()):
            record.msg, record.args = found.group(), ()
        return True


class Mail(logging.Handler):
    """To ADMINS, one a minute from each process at most: the log has them all. Django's own handler would add the request
    with its parameters."""

    quiet_until = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if record.created < self.quiet_until:
            return
        self.quiet_until = record.created + 60
        try:
            mail_admins(record.getMessage().partition("\n")[0], self.format(record))
        except Exception:
            self.handleError(record)


def places(error: BaseException) -> str:
    """The error and what led to it, as the lines of code and the kinds of error, without their words."""
    found: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines = "".join(traceback.format_tb(cause.__traceback__))
        found.insert(0, f"{lines}{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return "\n".join(found)
