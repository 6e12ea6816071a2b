"""Base class of our commands: a report on stdout, as text or as one JSON object, and an exit code with a meaning."""

from __future__ import annotations

import json
import signal
import traceback
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from jobsearch.admin_dashboard.jobs.error_messages import KnownError, classify_exception

INTERRUPTED = 130  # what a shell gives a program that Ctrl-C ended


@dataclass(frozen=True, slots=True)
class Result:
    """Result of a command: `text` for a person, `data` the same for a program."""

    exit_code: int
    text: str
    data: Mapping[str, Any]


class ReportingCommand(BaseCommand):
    """Command with a report. Subclasses implement `work`, which returns a Result.

    With --json, stdout is one JSON object in every case.
    """

    requires_system_checks = []  # run below: a failed check must not give exit code 1, which means "something waits"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the report as one JSON object")

    def work(self, **options: Any) -> Result:
        raise NotImplementedError

    def handle(self, *, as_json: bool = False, skip_checks: bool = False, **options: Any) -> None:
        with _InterruptOnTerminate():
            code = self._run(as_json, skip_checks, options)
        if code:
            raise SystemExit(code)

    def _run(self, as_json: bool, skip_checks: bool, options: dict[str, Any]) -> int:
        try:
            if not skip_checks:  # `call_command` asks to skip them: the process that calls it has run them
                self.check(display_num_errors=False)
            result = self.work(**options)
        except KeyboardInterrupt:
            sentence = "Stopped. The next run goes on from here."
            return self._fail(as_json, KnownError("interrupted", sentence, INTERRUPTED))
        except Exception as error:
            known = classify_exception(error)
            if known is None:
                self.stderr.write(traceback.format_exc())
                known = KnownError("bug", f"This is a fault in the program: {type(error).__name__}: {error}")
            return self._fail(as_json, known)
        self.stdout.write(json.dumps(dict(result.data), ensure_ascii=False) if as_json else result.text)
        return result.exit_code

    def _fail(self, as_json: bool, error: KnownError) -> int:
        self.stderr.write(error.sentence)
        if as_json:
            self.stdout.write(json.dumps({"error": error.sentence, "reason": error.code}, ensure_ascii=False))
        return error.exit_code


class _InterruptOnTerminate:
    """Within the block SIGTERM raises KeyboardInterrupt, as Ctrl-C does: the lease is released and threads are stopped."""

    def __enter__(self) -> None:
        try:
            self.before = signal.signal(signal.SIGTERM, _interrupt)
        except ValueError:  # not the main thread (a test, a task), which alone may set signal handlers
            self.before = None

    def __exit__(self, *error: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGTERM, self.before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
