"""Worker process that writes the same rows as other processes, each in another role; run by test_rows_are_locked_in_order.

Prints the errors of the database, or nothing.
"""

import datetime as dt
import random
import sys
import time
import uuid

import django

django.setup()

from django.db import Error, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from ingest import consistency, detail_queue, detail_writer, replay  # noqa: E402
from ingest.client.errors import AdNotFound  # noqa: E402
from ingest.client.parsing import FeedLine  # noqa: E402
from ingest.deactivation import deactivate_by_lines  # noqa: E402
from ingest.fetch_pool import FetchResult  # noqa: E402
from ingest.models import DetailTask, FeedState  # noqa: E402
from ingest.report import Report  # noqa: E402
from jobsearch.vacancies import pending, store  # noqa: E402
from jobsearch.vacancies.ad_data import VacancyData  # noqa: E402
from jobsearch.vacancies.models import Vacancy  # noqa: E402

UUIDS = [uuid.uuid5(uuid.NAMESPACE_OID, str(number)) for number in range(3000)]
role, seconds = sys.argv[1], float(sys.argv[2])
rng = random.Random(role)


def pick_uuids(count: int) -> list[uuid.UUID]:
    return rng.sample(UUIDS, count)


class Lease:
    """The lease of a sync run without expiry: its fence is only the lock on the feed's row."""

    def fence(self) -> None:
        FeedState.lock()


def sync_ads() -> None:
    """Does what a sync run does: a page's lines close and queue ads; then details are stored, closed or deferred."""
    now = timezone.now()
    ads = pick_uuids(rng.choice((8, 8, 400)))
    with transaction.atomic():
        FeedState.lock()
        lines = [FeedLine(one, "INACTIVE", time=now, masked=rng.random() < 0.3) for one in ads[::3]]
        deactivate_by_lines(lines, may_be_old=rng.random() < 0.5)
        detail_queue.enqueue(dict.fromkeys(ads[1::3], now), DetailTask.Origin.LINE)
    rows = detail_queue.due_tasks(50)
    rng.shuffle(rows)
    results = [FetchResult(0, row.uuid, row.marker, make_outcome(row.uuid, now)) for row in rows]
    if results:
        detail_writer.write_batch(results, Lease(), Report())


def make_outcome(one: uuid.UUID, now: dt.datetime) -> VacancyData | Exception:
    if rng.random() < 0.3:
        return AdNotFound("404", "gone")
    return VacancyData(
        uuid=one,
        title=f"Sykepleier {rng.random()}",
        published=now,
        updated=now,
        expires=now + dt.timedelta(days=rng.choice((5, 5, -5))),
        raw={"title": str(rng.random())},
    )


def repair() -> None:
    """Does what the repair of the consistency check, the replay, the recheck and an administrator's retry do."""
    kinds = list(consistency.Kind)
    consistency.repair(
        consistency.Difference(one, rng.choice(kinds), line_says="MASKED") for one in pick_uuids(rng.choice((8, 200)))
    )
    replay._apply({one: FeedLine(one, "INACTIVE", time=timezone.now(), masked=True) for one in pick_uuids(50)})
    replay.enqueue_recheck(limit=20)
    detail_queue.retry_now()
    detail_queue.release_quarantined(pick_uuids(50))


def close_expired() -> None:
    for one in pick_uuids(100):
        Vacancy.objects.filter(uuid=one).update(visible_until=timezone.now() - dt.timedelta(days=1))
    store.close_expired()


def mark_indexed() -> None:
    found = pending.list_changes(500)
    rng.shuffle(found)
    pending.mark_indexed([(change.uuid, change.version) for change in found])


def moderate() -> None:
    store.set_hidden(pick_uuids(1)[0], rng.random() < 0.5)


def forget() -> None:
    """Does what the retention does."""
    store.replace_with_tombstones(timezone.now() - dt.timedelta(seconds=2))


roles = {
    "sync": sync_ads,
    "repair": repair,
    "expire": close_expired,
    "index": mark_indexed,
    "moderate": moderate,
    "forget": forget,
}
work = roles[role.rstrip("0123456789")]
FeedState.get_for_feed("http://127.0.0.1:9")
until = time.monotonic() + seconds
rounds = 0
while time.monotonic() < until:
    try:
        work()
        rounds += 1
    except Error as error:
        sys.stdout.write(f"{role}: {type(error).__name__}: {error}\n")
if not rounds:
    sys.stdout.write(f"{role}: did nothing\n")
