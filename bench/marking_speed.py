"""Benchmark of highlighting compared with the search: 25 and 100 ads on a page, with normal and very long texts.

    python bench/marking_speed.py

The search runs on the embedded engine with every facet, over the generated ads of `search_speed`; rows are in SQLite. "marks"
is the time to read the ads with their texts and highlight them, minus the time to read them for rows without highlighting.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from search_speed import make_writes, prepare

SIZES = {"3 kB": 3_000, "50 kB": 50_000}
QUERIES = {
    "an occupation": "sykepleier",
    "words of the text": "turnus helg erfaring",
    "a phrase and a prefix": '"hver helg" turn*',
}


def make_ads(size: int, number: int) -> list:
    from django.utils import timezone

    from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData, VacancyData

    rng = random.Random(size)
    words = (Path(__file__).resolve().parent.parent / "docs" / "search.md").read_text().split()
    words = [word for word in words if word.isalpha()]
    now = timezone.now()
    made = []
    for n in range(number):
        paragraphs, length = [], 0
        while length < size:
            paragraph = [*rng.choices(words, k=40), *rng.choices(["turnus", "hver helg", "erfaring"], k=1)]
            rng.shuffle(paragraph)
            paragraphs.append(f"<p>{' '.join(paragraph)}.</p>")
            length += len(paragraphs[-1])
        made.append(
            VacancyData(
                uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
                title=f"Sykepleier ved avdeling {n}",
                employer_name=f"Sykehuset {n}",
                description="".join(paragraphs),
                published=now,
                expires=now + dt.timedelta(days=20),
                locations=(LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),),
                occupations=(OccupationData("Helse og sosial", "Sykepleier"),),
                categories=(CategoryData("ESCO", "x", "sykepleier"),),
                contacts=(ContactData("Kari Nordmann", "kari@hus.example", "22 33 44 55"),),
                raw={"n": n},
            )
        )
    return made


def measure_median(work: Callable[[], object], seconds: float) -> float:
    work()
    taken = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ads", type=int, default=10_000, help="in the index that is searched")
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from django.db import transaction

        from jobsearch.search.api import SearchQuery, search
        from jobsearch.search.engines import registry
        from jobsearch.vacancies import store
        from jobsearch.web.presenters import ad_rows

        index = registry.engine().fresh()
        writes = make_writes(options.ads)
        for start in range(0, len(writes), 500):
            index.write(writes[start : start + 500])
        index.refresh()
        registry.engine().switch(index)
        searched = measure_median(lambda: search(SearchQuery(q="sykepleier"), excluded=()), options.seconds)
        print(f"one search over {options.ads:,} ads: {searched:.1f} ms\n")
        print("| ads on the page | text of each | search for | plain cards ms | marks ms | marks ÷ search |")
        print("| --- | --- | --- | --- | --- | --- |")
        for name, size in SIZES.items():
            stored = make_ads(size, 100)
            with transaction.atomic():
                store.store_vacancies(stored)
            for number in (25, 100):
                uuids = [ad.uuid for ad in stored[:number]]
                plain = measure_median(lambda uuids=uuids: ad_rows.build_rows(uuids, SearchQuery()), options.seconds)
                for kind, q in QUERIES.items():
                    query = SearchQuery(q=q)
                    marks = (
                        measure_median(lambda uuids=uuids, query=query: ad_rows.build_rows(uuids, query), options.seconds) - plain
                    )
                    print(f"| {number} | {name} | {kind} | {plain:.1f} | {marks:.1f} | {marks / searched:.1f} |", flush=True)


if __name__ == "__main__":
    main()
