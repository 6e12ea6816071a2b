"""The market page with a long history, beside the queries that it is made of."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, time_each

ROWS = 2_000_000  # of the daily counts, and as many of the weekly ones: a market as large as Norway's
NURSE, BERGEN = ("Helse og sosial/Sykepleier",), ("VESTLAND/BERGEN",)
FILE = "/marked/kommuner.csv"


def make_cases(options: Options) -> Iterator[Case]:
    folder = provide_history(options)
    from django.test import Client
    from django.utils import timezone

    from jobsearch.statistics import market

    today, client = timezone.localdate(), Client()
    # How the queries are called, and the page of the same selection.
    selections = {
        "whole market": (market.Selection(), "/marked/"),
        "nurses": (market.Selection(occupation=NURSE), "/marked/?occupation=Helse+og+sosial%2FSykepleier"),
        "Bergen": (market.Selection(place=BERGEN), "/marked/?place=VESTLAND%2FBERGEN"),
        "nurses in Bergen, public sector": (
            market.Selection(NURSE, BERGEN, ("Offentlig",)),
            "/marked/?occupation=Helse+og+sosial%2FSykepleier&place=VESTLAND%2FBERGEN&sector=Offentlig",
        ),
    }

    def read(selection: Any) -> None:
        market.read_series(selection, today)
        market.read_largest(selection, "place", today)
        market.read_largest(selection, "occupation", today)
        market.read_employers()

    for label, (selection, address) in selections.items():
        yield Case(label, {BASELINE: partial(time_each, read, [selection]), "page": partial(time_each, client.get, [address])})
    yield Case("file of municipalities", {"file": partial(time_each, client.get, [FILE])}, baseline="")
    print(folder, file=sys.stderr)


def provide_history(options: Options) -> Any:
    """A folder with the history of a market; kept between runs, as it takes minutes."""
    folder, complete = options.data / "market", options.data / "market" / "complete"
    if not complete.exists():
        shutil.rmtree(folder, ignore_errors=True)
    site.set_up_django(folder)
    from django.db import connection

    from jobsearch.search import indexing

    if not complete.exists():
        fill(ROWS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        complete.touch()
    indexing.rebuild()
    return folder


def fill(rows: int) -> None:
    """The counts of two years and more: each day's ads in random cells, most of them in a few towns and occupations."""
    from django.utils import timezone

    from jobsearch.statistics import dimensions
    from jobsearch.statistics.counting import get_monday
    from jobsearch.statistics.models import CountingState, DailyCount, Employer, EmployerDay, WeeklyCount

    draw = random.Random(7)
    jobs = [value for value in dimensions.list_values("occupation") if "/" in value]
    towns = [value for value in dimensions.list_values("place") if "/" in value]
    sectors = dimensions.list_values("sector")
    today = timezone.localdate()
    start = timezone.now() - dt.timedelta(days=1000)
    CountingState.objects.create(started=start, counted_until=timezone.now())
    cells = [(draw.choice(jobs), towns[int(draw.paretovariate(0.4)) % len(towns)], draw.choice(sectors)) for _ in range(12_000)]
    cells = list(dict.fromkeys(cells))
    days = 760
    daily = [tuple(map(dimensions.get_number, dimensions.DIMENSIONS, cell)) for cell in cells]
    a_day = rows // days
    for n in range(days):
        day = today - dt.timedelta(days=n)
        chosen = draw.sample(daily, min(a_day, len(daily)))
        DailyCount.objects.bulk_create(
            [DailyCount(day=day, occupation=a, municipality=b, sector=c, new=n % 3, active=3) for a, b, c in chosen], 5_000
        )
    totals = {
        cell
        for job, town, sector in cells
        for cell in (
            (a, b, c)
            for a in dimensions.number_with_totals("occupation", (job,))
            for b in dimensions.number_with_totals("place", (town,))
            for c in dimensions.number_with_totals("sector", (sector,))
        )
    }
    weekly = sorted(totals)
    weeks = days // 7
    a_week = rows // weeks
    wide = [cell for cell in weekly if 0 in cell]
    for n in range(weeks):
        monday = get_monday(today) - dt.timedelta(weeks=n)
        chosen = {*wide, *draw.sample(weekly, min(max(0, a_week - len(wide)), len(weekly)))}
        WeeklyCount.objects.bulk_create(
            [
                WeeklyCount(week=monday, occupation=a, place=b, sector=c, new=3, closed=2, days_open={"14": 1, str(n % 60): 1})
                for a, b, c in chosen
            ],
            5_000,
        )
    numbers = range(800_000_000, 800_020_000)
    Employer.objects.bulk_create(
        [
            Employer(
                orgnr=one, name=f"Bedrift {one} AS", named_at=start, new_year=one % 97, new_quarter=one % 7, growth=one % 13 - 6
            )
            for one in numbers
        ]
    )
    for n in range(days):
        day = today - dt.timedelta(days=n)
        EmployerDay.objects.bulk_create(
            [EmployerDay(day=day, orgnr=one, new=n % 4 == 0, active=1) for one in draw.sample(numbers, 600)]
        )


MEASUREMENT = Measurement(
    name="market",
    title="Market",
    sample="one request in process; 760 days with 2,000,000 daily and 1,600,000 weekly rows, SQLite",
    baseline="the four queries of the same selection, as the page's reader makes them",
    make_cases=make_cases,
    by="processor",
    rounds=15,
)
