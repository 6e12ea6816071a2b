"""Queue of details: which are fetched first."""

from __future__ import annotations

import uuid

from django.utils import timezone

from ingest import detail_queue
from ingest.models import DetailTask, FeedState


def test_a_detail_without_a_time_comes_last(db: None) -> None:
    """On PostgreSQL too, whose default is first."""
    FeedState.get_for_feed("http://127.0.0.1:9")
    old, new = uuid.UUID(int=1), uuid.UUID(int=2)
    detail_queue.enqueue({new: timezone.now()}, DetailTask.Origin.LINE)
    detail_queue.enqueue({old: None}, DetailTask.Origin.RECHECK)
    assert [row.uuid for row in detail_queue.due_tasks(2)] == [new, old]
