"""Report of a sync run: its numbers, its error, and the exit code of the command that ran it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jobsearch.core.jobs import Progress


@dataclass(frozen=True)
class Hooks:
    """Callbacks of a sync run."""

    idle: Callable[[], None]
    """Called about twice a second while waiting: renews the lease, and raises to end the run."""
    progress: Progress
    """Called after each page (phase `pages`) and batch of details (`details`). The total of pages is in lines, estimated."""


@dataclass
class Report:
    """Report of a sync run.

    `deferred`, `quarantined` and `waiting` count the queue at the end, whichever run queued the details.
    """

    pages: int = 0
    lines: int = 0
    """Lines not read before: the first line of a page, which repeats the last of the page before, counts once."""
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    """Active ads that were closed, by a line or because their detail is gone."""
    deferred: int = 0
    quarantined: int = 0
    seconds: float = 0.0
    waiting: int = 0
    expired: int = 0
    """Ads whose status in the feed is still active although their last day has passed."""
    gone: int = 0
    """Details of ads that ended after their ACTIVE line was written and before the detail was fetched."""
    superseded: int = 0
    """Details that were discarded because a newer line about the ad was read before they arrived."""
    rejected_lines: int = 0
    at_tip: bool = False
    error_code: str = ""
    """Why the run ended early (a key of `error_messages.SENTENCES`); empty if it did not."""
    error_detail: str = ""
    _started: float = field(default_factory=time.monotonic, repr=False)

    def finish(self, counts: dict[str, int]) -> None:
        self.waiting, self.deferred, self.quarantined = counts["waiting"], counts["deferred"], counts["quarantined"]
        self.seconds = round(time.monotonic() - self._started, 3)

    @property
    def exit_code(self) -> int:
        """Exit code of the command that ran the sync.

        0: at the head of the feed, nothing waiting. 1: at the head, but some details deferred or quarantined. 2: feed or database
        down.
        """
        if self.error_code:
            return 2
        return 1 if self.deferred or self.quarantined or self.waiting or not self.at_tip else 0

    @property
    def problem(self) -> str:
        """The error as one text for programs and logs, "code: detail"; empty where there is none."""
        return f"{self.error_code}: {self.error_detail}" if self.error_code else ""

    def as_json(self) -> dict[str, Any]:
        """The numbers, without the error."""
        left_out = {"error_code", "error_detail", "_started"}
        return {key: value for key, value in dataclasses.asdict(self).items() if key not in left_out}
