"""Celery application. Messages carry no data: each task reads from the database, so a lost message costs one interval."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobsearch.settings")

app = Celery("jobsearch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
