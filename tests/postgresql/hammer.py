"""Processes that write the same rows, each in another role; run by test_rows_are_locked_in_order.

Each returns how often it did its work, and the errors of the database.
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
from tests.postgresql.competing import compete  # noqa: E402

UUIDS = [uuid.uuid5(uuid.NAMESPACE_OID, str(number)) for number in range(500)]
seconds, names = float(sys.argv[1]), sys.argv[2:]
rng = random.Random()  # seeded by each process


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
    return make_ad(one, now)


def make_ad(one: uuid.UUID, now: dt.datetime) -> VacancyData:
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


def hammer(role: str) -> tuple[int, list[str]]:
    rng.seed(role)
    until = time.monotonic() + seconds
    rounds, errors = 0, []
    while time.monotonic() < until:
        try:
            roles[role]()
            rounds += 1
        except Error as error:
            errors.append(f"{type(error).__name__}: {error}")
    return rounds, errors


FeedState.get_for_feed("http://127.0.0.1:9")
with transaction.atomic():  # all rows exist from the beginning, so that the processes meet in each of their transactions
    store.store_vacancies([make_ad(one, timezone.now()) for one in UUIDS], line_times={})
compete(names, hammer)
