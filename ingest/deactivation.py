"""Deactivation of ads by INACTIVE lines of the feed."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.client.parsing import FeedLine
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .models import DetailTask


def deactivate_by_lines(lines: Sequence[FeedLine], *, may_be_old: bool) -> int:
    """Deactivates the ads of these lines, one line per ad; returns how many were active.

    Call in a transaction that holds the lease. In a continuous walk the order of the feed decides, not the times: they go
    backwards wherever NAV writes two batches at once. After a start by time (`may_be_old`) a line may have been read before, and
    a later line of its ad may follow: then a line older than the ad's last known line does nothing, and for any other line the
    ad's detail decides.
    """
    if may_be_old:
        lines = _queue_active(lines)
    uuids = [line.uuid for line in lines]
    DetailTask.objects.filter(uuid__in=uuids).delete()
    masked = {line.uuid for line in lines if line.masked}
    times = {line.uuid: line.time for line in lines if line.time}
    closed, failed = store.close_each(uuids, Vacancy.Closed.FEED, masked=masked, line_times=times)
    if failed:
        statuses = {line.uuid: line.stated_status for line in lines}
        # The next result for its detail deactivates it, or quarantines it with a reason that the admin dashboard shows.
        detail_queue.enqueue({uuid: times.get(uuid) for uuid in failed}, DetailTask.Origin.LINE, statuses=statuses)
    return closed


def _queue_active(lines: Sequence[FeedLine]) -> list[FeedLine]:
    """Queues a detail check for ads that are active in the database; returns the lines of the other ads."""
    known = dict(Vacancy.objects.filter(uuid__in=[line.uuid for line in lines]).values_list("uuid", "line_time"))
    active = set(Vacancy.objects.filter(uuid__in=known, status=Vacancy.Status.ACTIVE).values_list("uuid", flat=True))
    rest: list[FeedLine] = []
    checked: list[FeedLine] = []
    for line in lines:
        time = known.get(line.uuid)
        if line.time and time and line.time < time:
            continue  # older than the ad's last known line
        (checked if line.uuid in active else rest).append(line)
    statuses = {line.uuid: line.stated_status for line in checked}
    queued = DetailTask.objects.filter(uuid__in=statuses, line_says=DetailTask.Says.MASKED)
    for uuid in queued.values_list("uuid", flat=True):
        statuses[uuid] = DetailTask.Says.MASKED  # the title stays withdrawn, see `FeedLine.inherit_mask`
    detail_queue.enqueue({line.uuid: line.time for line in checked}, DetailTask.Origin.LINE, statuses=statuses)
    return rest
