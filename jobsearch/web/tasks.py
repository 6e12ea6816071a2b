"""Celery tasks of the public website."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from celery import shared_task
from django.utils import timezone

from jobsearch.core import counters, failures
from jobsearch.core.leases import LeaseHeld
from jobsearch.saved.alerts import sending
from jobsearch.saved.bookmarks import reminders

from . import login_throttle
from .presenters.alert_mail import compose_alert
from .presenters.reminder_mail import compose_reminder

log = logging.getLogger(__name__)


@shared_task
def forget_login_attempts() -> None:
    """Deletes old login attempts."""
    login_throttle.delete_old_attempts()


@shared_task
def send_alerts() -> None:
    """Compares new ads with the subscriptions, and sends the alerts and reminders that are due, as read from the database."""
    now = timezone.now()
    alerts, reminded = sending.Report(), reminders.Report()
    try:
        with _skip_if_held():
            alerts = sending.send_alerts(now, compose_alert)
        with _skip_if_held():
            reminded = reminders.send_reminders(now, compose_reminder)
    finally:  # an unexpected error of the reminders leaves the alerts' mails counted
        _record_mails(alerts, reminded)


@contextlib.contextmanager
def _skip_if_held() -> Iterator[None]:
    """Ends the block where another process holds its lease."""
    try:
        yield
    except LeaseHeld as error:
        log.info("%s The next task continues.", error)


def _record_mails(alerts: sending.Report, reminded: reminders.Report) -> None:
    """Counts the mails of a run for the admin and `/metrics`, stores a mail server that is down, and logs what was not sent."""
    sent, failed = alerts.sent + reminded.reminders, alerts.failed + reminded.failed
    mail_error = alerts.mail_error or reminded.mail_error
    if mail_error:
        failures.note_failure(failures.MAIL, mail_error)
    elif sent:
        failures.note_success(failures.MAIL)
    counters.add(counters.MAILS, sent)
    counters.add(counters.MAIL_ERRORS, failed + bool(mail_error))
    counters.flush()
    for error in filter(None, (alerts.engine_error, mail_error)):
        log.warning("Alerts and reminders wait: %s", error)
    if failed:
        log.warning("Alerts and reminders: %d sent, %d refused, postponed or perhaps sent", sent, failed)
