"""Celery tasks of the admin dashboard. Each gets the id of the job that an administrator started."""

from __future__ import annotations

from celery import shared_task

from . import index_jobs, retention


@shared_task
def rebuild_index(job_id: int) -> None:
    """Builds a new index beside the live index."""
    index_jobs.rebuild(job_id)


@shared_task
def check_truth(job_id: int) -> None:
    """Compares the database with the index."""
    index_jobs.check(job_id, with_feed=False)


@shared_task
def check_truth_with_feed(job_id: int) -> None:
    """Compares the database with the index, and with the feed."""
    index_jobs.check(job_id, with_feed=True)


@shared_task
def delete_old_rows() -> None:
    """Deletes old rows of tables that would otherwise grow without limit."""
    retention.delete_old_rows()
