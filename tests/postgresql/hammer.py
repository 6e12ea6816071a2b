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

from jobsearch.vacancies import changes, record  # noqa: E402
from jobsearch.vacancies.data import VacancyData  # noqa: E402
from jobsearch.vacancies.models import Vacancy  # noqa: E402

UUIDS = [uuid.uuid5(uuid.NAMESPACE_OID, str(number)) for number in range(3000)]
role, seconds = sys.argv[1], float(sys.argv[2])
chance = random.Random(role)


def some(count: int) -> list[uuid.UUID]:
    return chance.sample(UUIDS, count)


def follow() -> None:
    """What the consumer does: an ad is told anew, another is closed."""
    now = timezone.now()
    entries = [
        VacancyData(uuid=one, title=f"Sykepleier {chance.random()}", published=now, updated=now,
                    expires=now + dt.timedelta(days=chance.choice((5, 5, -5))), raw={"title": str(chance.random())})
        for one in some(chance.choice((8, 8, 400)))
    ]  # fmt: skip
    with transaction.atomic():
        record.store(entries)
    with transaction.atomic():
        record.close(some(chance.choice((8, 8, 400))), Vacancy.Closed.FEED)


def clock() -> None:
    for one in some(100):
        Vacancy.objects.filter(uuid=one).update(visible_until=timezone.now() - dt.timedelta(days=1))
    record.close_expired()


def index() -> None:
    found = changes.behind(500)
    chance.shuffle(found)
    changes.mark_indexed([(change.uuid, change.version) for change in found])


def moderate() -> None:
    record.set_hidden(some(1)[0], chance.random() < 0.5)


work = {"follow": follow, "clock": clock, "index": index, "moderate": moderate}[role.rstrip("0123456789")]
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
