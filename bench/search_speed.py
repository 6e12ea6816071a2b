"""Benchmark of searches and writes on each engine: the same generated ads, 25 hits with every facet, one client.

    python bench/search_speed.py --ads 10000 100000

Documents are generated from random words and written without the database, so the figures are those of engine and client only.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
JOBS = "sykepleier lærer kokk elektriker utvikler selger sjåfør renholder ingeniør tømrer rørlegger vikar leder".split()
CODES = [f"{number:04}" for number in range(1, 9999, 2)]
PLACES = ["VESTLAND/BERGEN", "OSLO/OSLO", "TRØNDELAG/TRONDHEIM", "TROMS/TROMSØ", "ROGALAND/STAVANGER", "AGDER/ARENDAL"]


def prepare(folder: str) -> None:
    os.environ.update(
        JOBSEARCH_READ_DOTENV="0",
        DJANGO_SETTINGS_MODULE="jobsearch.settings",
        SECRET_KEY="a key for a benchmark, with nothing behind it",
        DATABASE_URL=f"sqlite:////{folder}/db.sqlite3",
        CELERY_BROKER_URL=f"filesystem:///{folder}/broker",
        SEARCH_URL=f"embedded:///{folder}/index",
    )
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    load_postal_codes()


def load_postal_codes() -> None:
    """Loads a table as large as GeoNames' own, with postal codes at random places in the south of Norway."""
    from django.utils import timezone

    from jobsearch.vacancies.models import PostalCode

    rng, loaded = random.Random(11), timezone.now()
    PostalCode.objects.bulk_create(
        PostalCode(code=code, name="Sted", latitude=rng.uniform(58, 64), longitude=rng.uniform(5, 12), loaded=loaded)
        for code in CODES
    )


def make_writes(number: int) -> list:
    from jobsearch.search.engines.base import Write
    from jobsearch.search.indexing.documents import compute_deadline_order, compute_order
    from jobsearch.search.schema import FIELDS

    rng = random.Random(7)
    words = [f"{a}{b}{c}" for a in ("ar", "be", "ko", "li", "ma") for b in ("dag", "ved", "syn", "tid") for c in range(150)]
    now = int(time.time())
    writes = []
    for _ in range(number):
        key, job, place = uuid.UUID(int=rng.getrandbits(128), version=4), rng.choice(JOBS), rng.choice(PLACES)
        body = " ".join(rng.choices(words, k=220) + rng.choices(JOBS, k=3))
        published, deadline = now - rng.randrange(30 * 86_400), now // 86_400 + rng.randrange(30)
        document: dict[str, Any] = {
            name: [] if kind == "keyword" else 0 if kind == "number" else "" for name, kind in FIELDS.items()
        }
        document |= {"title": job, "title_stem": job, "job": job, "job_stem": job, "body": body, "body_stem": body}
        document |= {"employer": rng.choice(words), "location": place.rpartition("/")[2].lower()}
        document |= {"area": [rng.choice(CODES)]}
        document |= {"place": [place.partition("/")[0], place], "occupation": [f"Yrke {JOBS.index(job) % 5}"]}
        document |= {"engagement": [rng.choice(["Fast", "Vikariat"])], "extent": [rng.choice(["Heltid", "Deltid"])]}
        document |= {"sector": [rng.choice(["Privat", "Offentlig"])], "published": published, "first_seen": published}
        document |= {"visible_until": now + 10 * 86_400, "deadline": deadline, "order": compute_order(published, key)}
        document |= {"language": ["nb"], "due": deadline}
        # A third as many employers as ads, a few with hundreds of ads, as in the feed.
        document["employer_name"] = [f"Arbeidsgiver nummer {int(number * rng.random() ** 3 / 3)} AS"]
        document["deadline_order"] = compute_deadline_order(deadline, published, key)
        writes.append(Write(key, 1, document))
    return writes


def make_names() -> Any:
    """Makes names to suggest: those of the generated ads, and as many others as a large site has."""
    from jobsearch.search.assist.suggestion_names import NameIndex, SuggestedName
    from jobsearch.taxonomy import places

    found = [SuggestedName("occupation", job, "", 99, (job,)) for job in JOBS]
    found += [SuggestedName("place", places.get_label(place), place, 99, (places.get_label(place).lower(),)) for place in PLACES]
    rng = random.Random(7)
    for number in range(10_000):
        words = (rng.choice(JOBS)[: rng.randrange(2, 6)] + "".join(rng.choices("aeiklnrst", k=6)), f"nummer{number}")
        found.append(SuggestedName("employer", " ".join(words), " ".join(words), 1, words))
        found.append(SuggestedName("occupation", " ".join(words), "", 1, words))
    return NameIndex(found)


def measure(name: str, in_use: Any, writes: list, seconds: float) -> None:
    from jobsearch.search.api import SearchQuery, facet_counts, search, suggest
    from jobsearch.search.assist import suggestions

    index = in_use.fresh()
    began = time.perf_counter()
    for start in range(0, len(writes), 500):
        index.write(writes[start : start + 500])
    index.refresh()
    rate = len(writes) / (time.perf_counter() - began)
    in_use.switch(index)
    kinds = {
        "words": [SearchQuery(q=job) for job in JOBS],
        "words, two filters": [SearchQuery(q=job, place=(PLACES[0],), extent=("Heltid",)) for job in JOBS],
        "no words": [SearchQuery()],
        "every employer, counted": [SearchQuery()],
        "words, within 25 km": [SearchQuery(q=job, near=PLACES[0], km=25) for job in JOBS],
        "no words, within 100 km": [SearchQuery(near=PLACES[0], km=100)],
        "suggestions while typing": [
            SearchQuery(q=typed) for job in JOBS for typed in (job[:2], job[:4], f"{job} {PLACES[0][9:11]}")
        ],
    }
    names = make_names()
    suggestions.name_index = lambda now=None: names  # type: ignore[assignment]  # the database is empty
    other = {
        "every employer, counted": partial(facet_counts, facet="employer"),
        "suggestions while typing": lambda query: suggest(query, query.q),
    }
    for kind, queries in kinds.items():
        run_query = other.get(kind, partial(search, excluded=()))
        for query in queries * 3:
            run_query(query)
        taken: list[float] = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for query in queries:
                began = time.perf_counter()
                run_query(query)
                taken.append((time.perf_counter() - began) * 1000)
        p95 = sorted(taken)[int(len(taken) * 0.95)]
        print(f"| {name} | {len(writes):,} | {kind} | {statistics.median(taken):.1f} | {p95:.1f} | {rate:,.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--ads", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=3, help="of each kind of search")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from django.conf import settings

        from jobsearch.search.engines import registry
        from tests.opensearch import nodes

        print("| engine | ads | search | p50 ms | p95 ms | ads written/s |\n| --- | --- | --- | --- | --- | --- |")
        node = nodes.start("2.19")
        try:
            for number in options.ads:
                writes = make_writes(number)
                for name, url in (("tantivy", settings.SEARCH_URL), ("OpenSearch 2.19", node.url)):
                    in_use = registry._open(url)
                    registry._engines[settings.SEARCH_URL] = in_use
                    measure(name, in_use, writes, options.seconds)
        finally:
            node.stop()


if __name__ == "__main__":
    main()
