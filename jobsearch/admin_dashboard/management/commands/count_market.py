"""`manage.py count_market`: counts new, active and closed ads for the statistics."""

from __future__ import annotations

import dataclasses
from typing import Any

from jobsearch.admin_dashboard.management.command_output import ReportingCommand, Result
from jobsearch.statistics import counting

RUNNING = 3


class Command(ReportingCommand):
    """Counting of the market as a command."""

    help = (
        "Counts the ads that were published or closed since the last run, and the active ads of each day that has ended. Celery "
        "beat does the same. Exit code 3: another process counts now."
    )

    def work(self, **options: Any) -> Result:
        try:
            report = counting.count_market()
        except counting.CountedElsewhere:
            self.stderr.write("Another process counts the market now. Wait, and run this again.")
            return Result(RUNNING, "", {"error": "Another process counts the market now.", "reason": "running"})
        text = f"{report.new:,} new ads, {report.closed:,} closed ads and {report.days:,} days counted."
        return Result(0, text, dataclasses.asdict(report))
