"""What a run did, as numbers; and the answer of the command that ran it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Progress = Callable[[str, int, int], None]
"""Called with a phase (`pages`, `details`), what is done, and the expected total (0: unknown; of pages, lines and estimated)."""


@dataclass(frozen=True)
class Hooks:
    """What a run calls on its way."""

    idle: Callable[[], None]
    """About twice a second while waiting: renews the lease, and raises to end the run."""
    progress: Progress
    after_batch: Callable[[], None]
    """Between transactions, after one that wrote something of ads."""


@dataclass
class Report:
    """`deferred`, `quarantined` and `waiting` are what stands in the queue at the end, whichever run put it there."""

    pages: int = 0
    lines: int = 0
    """Lines not seen before: the first line of a page, which repeats the last of the page before, counts once."""
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
    """Ads that the feed still calls active although their last day has passed."""
    gone: int = 0
    """Details that were no longer there: what an ACTIVE line promised had ended before it was read."""
    superseded: int = 0
    """Details thrown away because the feed had more to tell of the ad by the time they came."""
    rejected_lines: int = 0
    at_tip: bool = False
    problem: str = ""
    """Why the run ended early, as a sentence; empty if it did not."""
    _started: float = field(default_factory=time.monotonic, repr=False)

    def finish(self, counts: dict[str, int]) -> None:
        self.waiting, self.deferred, self.quarantined = counts["waiting"], counts["deferred"], counts["quarantined"]
        self.seconds = round(time.monotonic() - self._started, 3)

    @property
    def exit_code(self) -> int:
        """0: at the tip, nothing waiting; 1: at the tip, but something deferred or set apart; 2: feed or database down."""
        if self.problem:
            return 2
        return 1 if self.deferred or self.quarantined or self.waiting or not self.at_tip else 0

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in dataclasses.asdict(self).items() if not key.startswith("_")}
