"""One of several processes that write the same rows of the record in their own ways; run by test_rows_are_locked_in_order.

Prints what the database refused, or nothing.
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
from ingest.fetch_pool import Fetched  # noqa: E402
from ingest.models import DetailTask, FeedState  # noqa: E402
from ingest.report import Report  # noqa: E402
from jobsearch.vacancies import pending, store  # noqa: E402
from jobsearch.vacancies.ad_data import VacancyData  # noqa: E402
from jobsearch.vacancies.models import Vacancy  # noqa: E402

UUIDS = [uuid.uuid5(uuid.NAMESPACE_OID, str(number)) for number in range(3000)]
role, seconds = sys.argv[1], float(sys.argv[2])
chance = random.Random(role)


def some(count: int) -> list[uuid.UUID]:
    return chance.sample(UUIDS, count)


class Lease:
    """The one that a sync holds, without its expiry: its fence is the lock on the feed's row."""

    def fence(self) -> None:
        FeedState.lock()


def follow() -> None:
    """What a sync does: a page's lines close and queue ads, then details are stored, closed, put off, in one transaction."""
    now = timezone.now()
    ads = some(chance.choice((8, 8, 400)))
    with transaction.atomic():
        FeedState.lock()
        lines = [FeedLine(one, "INACTIVE", time=now, masked=chance.random() < 0.3) for one in ads[::3]]
        deactivate_by_lines(lines, may_be_old=chance.random() < 0.5)
        detail_queue.enqueue(dict.fromkeys(ads[1::3], now), DetailTask.Origin.LINE)
    rows = detail_queue.due_tasks(50)
    chance.shuffle(rows)
    answers = [Fetched(0, row.uuid, row.marker, answer(row.uuid, now)) for row in rows]
    if answers:
        detail_writer.write_batch(answers, Lease(), Report())


def answer(one: uuid.UUID, now: dt.datetime) -> VacancyData | Exception:
    if chance.random() < 0.3:
        return AdNotFound("404", "gone")
    return VacancyData(
        uuid=one,
        title=f"Sykepleier {chance.random()}",
        published=now,
        updated=now,
        expires=now + dt.timedelta(days=chance.choice((5, 5, -5))),
        raw={"title": str(chance.random())},
    )


def repair() -> None:
    """What the consistency check's repair does, the replay, the recheck, and an administrator's retry."""
    kinds = list(consistency.Kind)
    consistency.repair(
        consistency.Difference(one, chance.choice(kinds), line_says="MASKED") for one in some(chance.choice((8, 200)))
    )
    replay._apply({one: FeedLine(one, "INACTIVE", time=timezone.now(), masked=True) for one in some(50)})
    replay.enqueue_recheck(limit=20)
    detail_queue.retry_now()
    detail_queue.release_quarantined(some(50))


def clock() -> None:
    for one in some(100):
        Vacancy.objects.filter(uuid=one).update(visible_until=timezone.now() - dt.timedelta(days=1))
    store.close_expired()


def index() -> None:
    found = pending.behind(500)
    chance.shuffle(found)
    pending.mark_indexed([(change.uuid, change.version) for change in found])


def moderate() -> None:
    store.set_hidden(some(1)[0], chance.random() < 0.5)


def forget() -> None:
    """What the retention does."""
    store.forget(timezone.now() - dt.timedelta(seconds=2))


roles = {"follow": follow, "repair": repair, "clock": clock, "index": index, "moderate": moderate, "forget": forget}
work = roles[role.rstrip("0123456789")]
FeedState.bound("http://127.0.0.1:9")
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
