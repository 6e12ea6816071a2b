"""Celery tasks of the admin dashboard. Each gets the id of the job that an administrator started."""

from __future__ import annotations

from celery import shared_task

from jobsearch.core import counters

from .jobs import index_jobs, maintenance_jobs, retention
from .monitoring import site_check


@shared_task
def rebuild_index(job_id: int) -> None:
    """Builds a new index beside the live index."""
    index_jobs.rebuild(job_id)


@shared_task
def check_consistency(job_id: int) -> None:
    """Compares the database with the index."""
    index_jobs.check(job_id, with_feed=False)


@shared_task
def check_consistency_with_feed(job_id: int) -> None:
    """Compares the database with the index, and with the feed."""
    index_jobs.check(job_id, with_feed=True)


@shared_task
def delete_old_rows() -> None:
    """Deletes old rows of tables that would otherwise grow without limit."""
    retention.delete_old_rows()


@shared_task(name="jobsearch.admin_dashboard.tasks.watch")
def watch_site() -> None:
    """Takes a sample of the site's state and sends the alarms that are due."""
    counters.flush()
    site_check.check_site()


@shared_task
def rollback_index(job_id: int) -> None:
    """Makes the previous index the live one again."""
    index_jobs.rollback(job_id)


@shared_task
def repair(job_id: int) -> None:
    """Compares the database with the index, and repairs the index."""
    index_jobs.check(job_id, with_feed=False, repair=True)


@shared_task
def repair_with_feed(job_id: int) -> None:
    """Compares the database with the index and the feed, and repairs both."""
    index_jobs.check(job_id, with_feed=True, repair=True)


@shared_task
def purge(job_id: int) -> None:
    """Closes, deletes and erases what is due."""
    maintenance_jobs.purge(job_id)


@shared_task
def erase_person(job_id: int) -> None:
    """Removes suppressed persons from every stored ad."""
    maintenance_jobs.erase_person(job_id)


@shared_task
def send_test_mail(job_id: int) -> None:
    """Sends a mail to the user who asked for it."""
    maintenance_jobs.send_test_mail(job_id)
