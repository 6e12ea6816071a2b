"""What our commands have in common: a report on stdout, as text or as one JSON object, and an exit code with a meaning."""

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

from jobsearch.admin_dashboard import error_messages

INTERRUPTED = 130  # what a shell gives a program that Ctrl-C ended


@dataclass(frozen=True, slots=True)
class Result:
    """`text` is for a person, `data` the same for a program."""

    exit_code: int
    text: str
    data: Mapping[str, Any]


class ReportingCommand(BaseCommand):
    """A command that does its work in `work` and gives a Result. With --json, stdout is one JSON object whatever happens."""

    requires_system_checks = []  # run by hand below: a check that fails must not look like exit code 1, "something waits"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the report as one JSON object")

    def work(self, **options: Any) -> Result:
        raise NotImplementedError

    def handle(self, *, as_json: bool = False, **options: Any) -> None:
        with _TermIsInterrupt():
            code = self._answer(as_json, options)
        if code:
            raise SystemExit(code)

    def _answer(self, as_json: bool, options: dict[str, Any]) -> int:
        try:
            self.check(display_num_errors=False)
            result = self.work(**options)
        except KeyboardInterrupt:
            return self._fail(
                as_json, error_messages.Trouble("interrupted", "Stopped. The next run goes on from here.", INTERRUPTED)
            )
        except Exception as error:
            trouble = error_messages.of(error)
            if trouble is None:
                self.stderr.write(traceback.format_exc())
                trouble = error_messages.Trouble("bug", f"This is a fault in the program: {type(error).__name__}: {error}")
            return self._fail(as_json, trouble)
        self.stdout.write(json.dumps(dict(result.data), ensure_ascii=False) if as_json else result.text)
        return result.exit_code

    def _fail(self, as_json: bool, trouble: error_messages.Trouble) -> int:
        self.stderr.write(trouble.sentence)
        if as_json:
            self.stdout.write(json.dumps({"error": trouble.sentence, "reason": trouble.reason}, ensure_ascii=False))
        return trouble.exit_code


class _TermIsInterrupt:
    """Makes SIGTERM end the work as Ctrl-C does, so that the lease is given back and threads are stopped."""

    def __enter__(self) -> None:
        try:
            self.before = signal.signal(signal.SIGTERM, _interrupt)
        except ValueError:  # not in the main thread (a test, a task): signals are somebody else's there
            self.before = None

    def __exit__(self, *error: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGTERM, self.before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
