"""`manage.py check_consistency`: consistency check between database and index, and between feed and database, with repair."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from jobsearch.admin_dashboard.jobs import consistency
from jobsearch.admin_dashboard.management.command_output import ReportingCommand, Result
from jobsearch.admin_dashboard.management.terminal_progress import Bars


class Command(ReportingCommand):
    """Consistency check as a command."""

    help = (
        "Compares the database with the index, and with --feed also with the feed, and lists every difference. "
        "Exit code 0: no difference, or none left after --repair. 1: differences. 2: the feed, the database or the engine is "
        "down. 3: another process holds the lease that a repair needs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--feed",
            action="store_true",
            dest="with_feed",
            help="also read the whole backfill again and request every active ad; the cursor stays. Takes minutes or more",
        )
        parser.add_argument("--repair", action="store_true", help="repair what is found, then list what was repaired")

    def work(self, *, with_feed: bool = False, repair: bool = False, **options: Any) -> Result:
        started = time.monotonic()
        with Bars(self.stderr) as bars:
            outcome = consistency.check(with_feed=with_feed, repair=repair, on_progress=bars)
        data = {
            "differences": len(outcome.found),
            "with_feed": with_feed,
            **outcome.as_json(),
            "seconds": round(time.monotonic() - started, 3),
        }
        return Result(1 if outcome.left else 0, as_text(outcome, with_feed, repair), data)


def as_text(outcome: consistency.Outcome, with_feed: bool, repair: bool) -> str:
    """One line for each difference, then a summary."""
    compared = "Feed, database and index" if with_feed else "Database and index"
    if not outcome.found:
        return f"{compared} are equal."
    left = {id(one) for one in outcome.left}
    lines = []
    for one in outcome.found:
        prefix = ("left: " if id(one) in left else "repaired: ") if repair else ""
        lines.append(f"{prefix}{one.kind}: {one.uuid or 'the whole index'}: {one.sentence}")
    lines.append(f"{compared} differ in {len(outcome.found):,} places.")
    if not repair:
        lines.append("Repair them with `manage.py check_consistency --repair" + (" --feed`." if with_feed else "`."))
    elif outcome.left:
        numbers = f"{len(outcome.repaired):,} repaired, {len(outcome.left):,} left"
        lines.append(f"{numbers}: see the detail queue in the admin (/admin/).")
    else:
        lines.append("All of them are repaired.")
    return "\n".join(lines)
