"""Highlighting of 25 and 100 ads on a page, with normal and very long texts, beside a search."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import generated, site
from bench.harness.protocol import Case, Measurement, Options, Sample, time_each

SIZES = {"3 kB": 3_000, "50 kB": 50_000}
QUERIES = {
    "an occupation": "sykepleier",
    "words of the text": "turnus helg erfaring",
    "a phrase and a prefix": '"hver helg" turn*',
}
SEARCH, ROWS = "one search", "rows without highlighting"


def make_cases(options: Options) -> Iterator[Case]:
    (searched,) = options.ads
    site.set_up_django(options.data / "highlighting")
    from django.db import transaction

    from jobsearch.search.api import SearchQuery, search
    from jobsearch.vacancies import store
    from jobsearch.web.presenters import ad_rows

    generated.open_engine(options.data, "", searched)

    def run_search(query: Any) -> None:
        search(query, excluded=())

    def build_rows(uuids: list[uuid.UUID], query: Any) -> list[Sample]:
        return time_each(lambda one: ad_rows.build_rows(uuids, one, one.compiled), [query])

    for size_name, size in SIZES.items():
        ads = make_ads(size, 100)
        with transaction.atomic():
            store.store_vacancies(ads)
        for number in (25, 100):
            uuids = [ad.uuid for ad in ads[:number]]
            works = {
                SEARCH: partial(time_each, run_search, [SearchQuery(q="sykepleier")]),
                ROWS: partial(build_rows, uuids, SearchQuery()),
            }
            works |= {name: partial(build_rows, uuids, SearchQuery(q=q)) for name, q in QUERIES.items()}
            yield Case(f"{number} ads of {size_name}", works, baseline=SEARCH)


def make_ads(size: int, number: int) -> list[Any]:
    from django.utils import timezone

    from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData, VacancyData

    rng = random.Random(size)
    words = (site.ROOT / "docs" / "search.md").read_text().split()
    words = [word for word in words if word.isalpha()]
    now = timezone.now()
    made = []
    for position in range(number):
        paragraphs, length = [], 0
        while length < size:
            paragraph = [*rng.choices(words, k=40), rng.choice(["turnus", "hver helg", "erfaring"])]
            rng.shuffle(paragraph)
            paragraphs.append(f"<p>{' '.join(paragraph)}.</p>")
            length += len(paragraphs[-1])
        made.append(
            VacancyData(
                uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
                title=f"Sykepleier ved avdeling {position}",
                employer_name=f"Sykehuset {position}",
                description="".join(paragraphs),
                published=now,
                expires=now + dt.timedelta(days=20),
                locations=(LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),),
                occupations=(OccupationData("Helse og sosial", "Sykepleier"),),
                categories=(CategoryData("ESCO", "x", "sykepleier"),),
                contacts=(ContactData("Kari Nordmann", "kari@hus.example", "22 33 44 55"),),
                raw={"number": position},
            )
        )
    return made


MEASUREMENT = Measurement(
    name="highlighting",
    title="Highlighting",
    sample="the rows of one page, read and highlighted for a search for the named words",
    baseline="one search of the embedded engine over generated ads",
    make_cases=make_cases,
    by="processor",
    rounds=8,
)
