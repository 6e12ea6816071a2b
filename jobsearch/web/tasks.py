"""Celery tasks of the public website."""

from __future__ import annotations

from celery import shared_task

from . import login_throttle


@shared_task
def forget_login_attempts() -> None:
    """Delete old login attempts."""
    login_throttle.delete_old_attempts()
