"""`manage.py send_alerts`: sends the alerts of new ads and the reminders of deadlines that are due."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.utils import timezone

from jobsearch.admin_dashboard.jobs.error_messages import DOWN
from jobsearch.admin_dashboard.management.command_output import ReportingCommand, Result
from jobsearch.saved.alerts import sending
from jobsearch.saved.bookmarks import reminders
from jobsearch.vacancies.visibility import OSLO
from jobsearch.web.presenters.alert_mail import compose_alert
from jobsearch.web.presenters.reminder_mail import compose_reminder


class Command(ReportingCommand):
    """Sending of alerts as a command."""

    help = (
        "Compares new ads with the subscriptions, and sends the alerts and the reminders of deadlines that are due. Exit code 0: "
        "all of them are sent. 1: some are not, or it is not known (see the admin). 2: the mail server, the search engine or the "
        "database is down. 3: another process sends alerts now."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--now",
            type=parse_moment,
            help="send as if it were this moment, as 2026-12-01T07:00 (Oslo time unless it has an offset)",
        )

    def work(self, *, now: dt.datetime | None = None, **options: Any) -> Result:
        started, now = time.monotonic(), now or timezone.now()
        report = sending.send_alerts(now, compose_alert)
        reminded = reminders.send_reminders(now, compose_reminder)
        errors = list(dict.fromkeys(filter(None, (report.engine_error, report.mail_error, reminded.mail_error))))
        data = {"now": now.isoformat(), **dataclasses.asdict(report), **dataclasses.asdict(reminded)}
        data["seconds"] = round(time.monotonic() - started, 3)
        del data["engine_error"], data["mail_error"]
        if errors:
            self.stderr.write("\n".join(errors))
            data |= {"error": " ".join(errors), "reason": "engine-down" if report.engine_error else "mail-down"}
        failed = report.failed + reminded.failed
        return Result(DOWN if errors else int(failed > 0), f"{as_text(report)}\n{reminders_as_text(reminded)}", data)


def parse_moment(text: str) -> dt.datetime:
    """A moment in ISO 8601; without an offset it is in Oslo time."""
    try:
        moment = dt.datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=OSLO)
        moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is no moment; write 2026-12-01T07:00") from None
    if not 2000 < moment.year < 9000:  # the calendar's ends overflow when days are added
        raise ArgumentTypeError(f"{text!r} is out of range")
    return moment


def as_text(report: sending.Report) -> str:
    """The report for a person."""
    lines = [
        f"{report.ads:,} new ads compared, {report.matches:,} matches.",
        f"{report.sent:,} mails with {report.sent_ads:,} ads sent.",
    ]
    if report.postponed:
        lines.append(f"{report.postponed:,} refused for now; their ads are sent later.")
    if report.refused:
        lines.append(f"{report.refused:,} refused for good; {report.ended:,} subscriptions ended.")
    if report.unknown:
        lines.append(f"{report.unknown:,} may have been sent or not, and are not sent again: see the admin (/admin/).")
    if report.announced or report.paused:
        lines.append(f"{report.announced:,} addresses asked whether they still want mails; {report.paused:,} paused.")
    return "\n".join(lines)


def reminders_as_text(report: reminders.Report) -> str:
    """The report of reminders for a person."""
    text = f"{report.reminders:,} reminders of deadlines sent."
    return f"{text} {report.failed:,} are not, or it is not known: see the admin (/admin/)." if report.failed else text
