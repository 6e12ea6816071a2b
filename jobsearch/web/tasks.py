"""Celery tasks of the website."""

from __future__ import annotations

from celery import shared_task

from . import login_throttle


@shared_task
def forget_login_attempts() -> None:
    login_throttle.forget_old_attempts()
