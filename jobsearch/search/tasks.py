"""Wake-ups for the index: what there is to do is read from the record, so a lost message costs one interval."""

from __future__ import annotations

from celery import shared_task

from . import lifecycle


@shared_task
def index_changes() -> None:
    lifecycle.index_changes()
    lifecycle.erase()


@shared_task
def rebuild_index() -> None:
    lifecycle.rebuild()
