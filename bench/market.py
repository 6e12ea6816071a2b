"""Speed of the market page with a long history: `python bench/market.py [--rows 2000000]`.

Makes a database of its own with the daily and weekly counts of a market as large as Norway's, and prints the milliseconds of each
query of the page, and of the whole page. Figures are in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
REPEATS = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the daily counts, and as many of the weekly ones")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "jobsearch.settings",
            "JOBSEARCH_READ_DOTENV": "0",
            "SEARCH_URL": f"embedded://{folder}/index",
            "ALLOWED_HOSTS": "testserver",
        }
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/db.sqlite3")
        import django

        django.setup()
        measure(rows, Path(folder))


def measure(rows: int, folder: Path) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from jobsearch.search import api as search
    from jobsearch.statistics import market
    from jobsearch.statistics.models import DailyCount, EmployerDay, WeeklyCount

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    fill(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    counts = ", ".join(f"{model.objects.count():,} {model.__name__}" for model in (DailyCount, WeeklyCount, EmployerDay))
    print(f"{counts} rows, made in {time.perf_counter() - began:.0f} s")
    search.rebuild()
    from django.utils import timezone

    today = timezone.localdate()
    nurse, bergen = ("Helse og sosial/Sykepleier",), ("VESTLAND/BERGEN",)
    for label, selection in (
        ("whole market", market.Selection()),
        ("nurses", market.Selection(occupation=nurse)),
        ("Bergen", market.Selection(place=bergen)),
        ("nurses in Bergen, public", market.Selection(nurse, bergen, ("Offentlig",))),
    ):
        parts: dict[str, Callable[[], object]] = {
            "weeks": lambda: market.read_series(selection, today),  # noqa: B023 - called within the loop
            "places": lambda: market.read_largest(selection, "place", today),  # noqa: B023
            "occupations": lambda: market.read_largest(selection, "occupation", today),  # noqa: B023
            "employers": market.read_employers,
        }
        print(f"{label:26}", "  ".join(f"{name} {median_ms(ask):6.1f} ms" for name, ask in parts.items()))
    client = Client()
    for address in (
        "/marked/",
        "/marked/?occupation=Helse+og+sosial%2FSykepleier&place=VESTLAND%2FBERGEN",
        "/marked/kommuner.csv",
    ):
        print(f"{address:80} {median_ms(lambda: client.get(address)):6.1f} ms")  # noqa: B023


def median_ms(ask: Callable[[], object]) -> float:
    found = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        found.append(1000 * (time.perf_counter() - began))
    return statistics.median(found)


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


if __name__ == "__main__":
    main()
