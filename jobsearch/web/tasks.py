"""Celery tasks of the public website."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from jobsearch.core import counters, failures
from jobsearch.core.leases import LeaseHeld
from jobsearch.saved import reminders, sending

from . import login_throttle
from .presenters.alert_mail import compose_alert
from .presenters.reminder_mail import compose_reminder

log = logging.getLogger(__name__)


@shared_task
def forget_login_attempts() -> None:
    """Delete old login attempts."""
    login_throttle.delete_old_attempts()


@shared_task
def send_alerts() -> None:
    """Compare new ads with the subscriptions, and send the alerts and reminders that are due, as read from the database."""
    _send_new_ads()
    _send_reminders()


def _send_new_ads() -> None:
    try:
        report = sending.send_alerts(timezone.now(), compose_alert)
    except LeaseHeld:
        log.info("Another process sends alerts; the next task continues.")
        return
    if report.mail_error:
        failures.note_failure(failures.MAIL, report.mail_error)
    elif report.sent:
        failures.note_success(failures.MAIL)
    counters.add(counters.MAILS, report.sent)
    counters.add(counters.MAIL_ERRORS, report.failed + bool(report.mail_error))
    counters.flush()
    for error in filter(None, (report.engine_error, report.mail_error)):
        log.warning("Alerts wait: %s", error)
    if report.failed:
        log.warning(
            "Alerts: %d sent, %d refused, %d postponed, %d unknown", report.sent, report.refused, report.postponed, report.unknown
        )


def _send_reminders() -> None:
    try:
        report = reminders.send_reminders(timezone.now(), compose_reminder)
    except LeaseHeld:
        log.info("Another process sends reminders; the next task continues.")
        return
    if report.mail_error:
        log.warning("Reminders wait: %s", report.mail_error)
    if report.failed:
        log.warning("Reminders: %d sent, %d not, or it is not known", report.reminders, report.failed)
