"""What lines that call an ad inactive do to the record."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.client.parsing import FeedLine
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy

from . import detail_queue
from .models import DetailTask


def close_by_lines(lines: Sequence[FeedLine], *, may_be_old: bool) -> int:
    """Closes the ads of these lines, one line an ad; returns how many were active. In a transaction that holds the lease.

    In a continuous walk the order of the feed decides, whatever the times say: they run backwards wherever two batches are
    written at once. After a start by time (`may_be_old`) a line may be one that was read before, and a later one of its ad
    may follow: a line older than what is known of the ad does nothing, and any other has the ad's detail decide.
    """
    if may_be_old:
        lines = _without_checked(lines)
    uuids = [line.uuid for line in lines]
    DetailTask.objects.filter(uuid__in=uuids).delete()
    masked = {line.uuid for line in lines if line.masked}
    times = {line.uuid: line.time for line in lines if line.time}
    closed, failed = store.close_each(uuids, Vacancy.Closed.FEED, masked=masked, line_times=times)
    if failed:
        says = {line.uuid: line.says for line in lines}
        # The next answer for its detail closes it, or sets it apart with a reason that is shown.
        detail_queue.put({uuid: times.get(uuid) for uuid in failed}, DetailTask.Origin.LINE, says=says)
    return closed


def _without_checked(lines: Sequence[FeedLine]) -> list[FeedLine]:
    """The lines of ads that are not active in the record; of the others, a check of the detail is queued."""
    known = dict(Vacancy.objects.filter(uuid__in=[line.uuid for line in lines]).values_list("uuid", "line_time"))
    active = set(Vacancy.objects.filter(uuid__in=known, status=Vacancy.Status.ACTIVE).values_list("uuid", flat=True))
    rest: list[FeedLine] = []
    checked: list[FeedLine] = []
    for line in lines:
        time = known.get(line.uuid)
        if line.time and time and line.time < time:
            continue  # older than what is known
        (checked if line.uuid in active else rest).append(line)
    says = {line.uuid: line.says for line in checked}
    queued = DetailTask.objects.filter(uuid__in=says, line_says=DetailTask.Says.MASKED)
    for uuid in queued.values_list("uuid", flat=True):
        says[uuid] = DetailTask.Says.MASKED  # the title stays withdrawn, see `FeedLine.following`
    detail_queue.put({line.uuid: line.time for line in checked}, DetailTask.Origin.LINE, says=says)
    return rest
