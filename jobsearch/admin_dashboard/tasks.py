"""Celery tasks of the control room: each is told the id of the run that an administrator asked for."""

from __future__ import annotations

from celery import shared_task

from . import index_jobs, retention


@shared_task
def rebuild_index(run_id: int) -> None:
    """Builds a new index beside the one in service."""
    index_jobs.rebuild(run_id)


@shared_task
def check_truth(run_id: int) -> None:
    """Compares the record with the index."""
    index_jobs.check(run_id, with_feed=False)


@shared_task
def check_truth_with_feed(run_id: int) -> None:
    """Compares the record with the index, and with the feed."""
    index_jobs.check(run_id, with_feed=True)


@shared_task
def delete_old_rows() -> None:
    """Deletes rows of tables that would grow for ever."""
    retention.delete_old_rows()
