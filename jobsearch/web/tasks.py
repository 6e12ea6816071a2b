"""Celery tasks of the public website."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from jobsearch.core.leases import LeaseHeld
from jobsearch.saved import sending

from . import login_throttle
from .presenters.alert_mail import compose_alert

log = logging.getLogger(__name__)


@shared_task
def forget_login_attempts() -> None:
    """Delete old login attempts."""
    login_throttle.delete_old_attempts()


@shared_task
def send_alerts() -> None:
    """Compare new ads with the subscriptions and send the mails that are due. What is due is read from the database."""
    try:
        report = sending.send_alerts(timezone.now(), compose_alert)
    except LeaseHeld:
        log.info("Another process sends alerts; the next task continues.")
        return
    for error in filter(None, (report.engine_error, report.mail_error)):
        log.warning("Alerts wait: %s", error)
    if report.failed:
        log.warning(
            "Alerts: %d sent, %d refused, %d postponed, %d unknown", report.sent, report.refused, report.postponed, report.unknown
        )
