"""`manage.py load_postal_codes`: loads the coordinates of postal codes from GeoNames' file, for finer distances."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jobsearch.admin_dashboard.management.command_output import ReportingCommand, Result
from jobsearch.admin_dashboard.management.terminal_progress import Bars
from jobsearch.vacancies import postal_codes


class Command(ReportingCommand):
    """Loads postal codes with coordinates, in place of those loaded before."""

    help = (
        "Loads GeoNames' postal codes (NO.zip or NO.txt, and SJ beside it), in place of those loaded before. Searches use them "
        "at once; no index is rebuilt. Exit code 0: loaded. 2: a file is refused, or the database is down; "
        "the table is unchanged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="NO.zip or NO.txt")
        parser.add_argument("--skip-faulty", action="store_true", help="leave out lines that cannot be read, and list them")

    def work(self, *, files: Sequence[Path] = (), skip_faulty: bool = False, **options: Any) -> Result:
        started = time.monotonic()
        with Bars(self.stderr) as bars:
            loaded = postal_codes.load_postal_codes(files, skip_faulty=skip_faulty, on_progress=bars)
        faults = list(loaded.skipped[: postal_codes.SHOWN])
        data = {
            "codes": loaded.codes,
            "skipped": len(loaded.skipped),
            "faults": faults,
            "seconds": round(time.monotonic() - started, 3),
        }
        more = len(loaded.skipped) - len(faults)
        lines = [*faults, f"And {more:,} more."] if more else faults
        text = f"{loaded.codes:,} postal codes loaded, {len(loaded.skipped):,} lines left out."
        return Result(0, "\n".join([*lines, text]), data)
