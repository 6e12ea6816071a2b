"""Runs of `send_alerts` and parts of the mails, for tests."""

from __future__ import annotations

import datetime as dt
import json
import re
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

KARI, OLA = "kari@example.no", "ola@example.no"


def run(later: float = 6, code: int = 0) -> dict:
    """The command's report, at some minutes from now."""
    return run_at(timezone.now() + dt.timedelta(minutes=later), code)


def run_at(now: dt.datetime, code: int = 0) -> dict:
    out, err = StringIO(), StringIO()
    try:
        call_command("send_alerts", "--json", "--now", now.isoformat(), stdout=out, stderr=err)
        exited = 0
    except SystemExit as error:
        exited = int(error.code)
    report = json.loads(out.getvalue())
    assert exited == code, (report, err.getvalue())
    return report


def text(message) -> str:
    return message.get_body(("plain",)).get_content()


def html(message) -> str:
    return message.get_body(("html",)).get_content()


def get_paths(message) -> list[str]:
    return re.findall(r"http://localhost:8000(\S+)", text(message))
