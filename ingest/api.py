"""Public API of the app `ingest`: the names that other apps may import."""

from .client.errors import FeedError, Unauthorized, WrongOrigin
from .consistency import Difference, compare_with_feed, repair
from .consistency import Kind as DifferenceKind
from .detail_queue import release_quarantined, retry_now
from .models import DetailTask, FeedJob, FeedState, Run
from .replay import enqueue_checks
from .report import Report
from .status import Status, late_after, status
from .sync import connect, run

__all__ = [
    "DetailTask",
    "Difference",
    "DifferenceKind",
    "FeedError",
    "FeedJob",
    "FeedState",
    "Report",
    "Run",
    "Status",
    "Unauthorized",
    "WrongOrigin",
    "compare_with_feed",
    "connect",
    "enqueue_checks",
    "late_after",
    "release_quarantined",
    "repair",
    "retry_now",
    "run",
    "status",
]
