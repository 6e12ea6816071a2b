"""`manage.py sync`: one sync run from the stored cursor to the head of the feed, then the index is brought up to date."""

from __future__ import annotations

from typing import Any

from ingest.report import Report
from jobsearch.admin_dashboard.jobs import error_messages, full_sync
from jobsearch.admin_dashboard.management.command_output import ReportingCommand, Result
from jobsearch.admin_dashboard.management.terminal_progress import Bars
from jobsearch.search import indexing
from jobsearch.search.models import SetAside


class Command(ReportingCommand):
    """Full sync as a command."""

    help = (
        "Follows the feed once, from the stored cursor to its head, details included, then brings the index up to date. "
        "Exit code 0: all done. 1: at the head, but some ads are deferred, quarantined or set aside. 2: the feed, the database "
        "or the engine is down, or the database follows another feed. 3: another process follows the feed now."
    )

    def work(self, **options: Any) -> Result:
        with Bars(self.stderr) as bars:
            report = full_sync.follow_to_head(on_progress=bars)
        behind, aside = indexing.count_behind(), SetAside.objects.count()
        data = report.as_json() | {"problem": report.problem, "index_behind": behind, "set_aside": aside}
        if report.error_code:
            error = error_messages.classify_report(report.error_code, report.error_detail)
            self.stderr.write(error.sentence)
            data |= {"error": error.sentence, "reason": error.code}
        return Result(report.exit_code or int(behind + aside > 0), as_text(report, behind, aside), data)


def as_text(report: Report, behind: int, aside: int = 0) -> str:
    """The report for a person: what was read and written, what still waits, and what handles it."""
    where = "At the head of the feed" if report.at_tip else "Stopped before the head of the feed"
    lines = [
        f"{where} after {report.seconds:.1f} s: {report.pages:,} pages, {report.lines:,} lines.",
        f"{report.new:,} new, {report.updated:,} updated, {report.unchanged:,} unchanged, {report.closed:,} closed.",
    ]
    if report.waiting:
        lines.append(f"{report.waiting:,} details wait to be fetched; the next run takes them.")
    if report.deferred:
        lines.append(f"{report.deferred:,} details failed and are tried again after a pause.")
    if report.quarantined:
        lines.append(f"{report.quarantined:,} are quarantined; the admin (/admin/) gives the reasons and can try them again.")
    if behind:
        lines.append(f"{behind:,} ads differ between database and index; `manage.py check_consistency` lists them.")
    if aside:
        lines.append(f"{aside:,} ads are set aside, because they cannot be indexed; the admin (/admin/) gives the reasons.")
    return "\n".join(lines)
