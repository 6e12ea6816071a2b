"""Generated documents: any number of ads of random words, written to an engine without a database.

Each text has 220 words of a vocabulary of 3,000 and three names of occupations. The figures are those of engine and client
alone, and are for comparison only.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from . import site

JOBS = "sykepleier lærer kokk elektriker utvikler selger sjåfør renholder ingeniør tømrer rørlegger vikar leder".split()
CODES = [f"{number:04}" for number in range(1, 9999, 2)]
PLACES = ["VESTLAND/BERGEN", "OSLO/OSLO", "TRØNDELAG/TRONDHEIM", "TROMS/TROMSØ", "ROGALAND/STAVANGER", "AGDER/ARENDAL"]
FIRST_FILTERS = {"place": (PLACES[0],), "extent": ("Heltid",)}
CHUNK = 500
VISIBLE_DAYS = 3650  # an index may be kept for later runs


def iterate_engines(data: Path, names: Iterable[str], sizes: Iterable[int]) -> Iterator[tuple[str, Any, int | None]]:
    """For each engine and number of generated ads a label, the engine in use and its process, which is ended before the next."""
    for name in names:
        for ads in sizes:
            with site.start_engine(name) as server:
                yield f"{name}, {ads:,} ads", open_engine(data, server.url, ads), server.pid


def open_engine(data: Path, url: str, ads: int) -> Any:
    """The engine in use of this process, with generated ads. The embedded engine's index is kept for the next run."""
    engine = site.use_engine(url or f"embedded:///{data}/generated-{ads}/index")
    if engine.check_health().docs != ads:
        fill_engine(engine, ads)
    return engine


def fill_engine(engine: Any, number: int) -> None:
    """Makes an index of this many generated ads the live one of the engine."""
    index = engine.create_index()
    writes = iterate_writes(number)
    while chunk := list(islice(writes, CHUNK)):
        index.write(chunk)
    index.refresh()
    engine.switch(index)


def iterate_writes(number: int) -> Iterator[Any]:
    """The same writes in each run, but for the moments, which are relative to now."""
    from jobsearch.search.engines.base import Write
    from jobsearch.search.indexing.documents import compute_deadline_order, compute_order
    from jobsearch.search.schema import FIELDS

    rng = random.Random(7)
    words = [f"{a}{b}{c}" for a in ("ar", "be", "ko", "li", "ma") for b in ("dag", "ved", "syn", "tid") for c in range(150)]
    now = int(time.time())
    empty = {name: [] if kind == "keyword" else 0 if kind == "number" else "" for name, kind in FIELDS.items()}
    for _ in range(number):
        key, job, place = uuid.UUID(int=rng.getrandbits(128), version=4), rng.choice(JOBS), rng.choice(PLACES)
        body = " ".join(rng.choices(words, k=220) + rng.choices(JOBS, k=3))
        published, deadline = now - rng.randrange(30 * 86_400), now // 86_400 + rng.randrange(30)
        document: dict[str, Any] = empty | {
            **{"title": job, "title_stem": job, "job": job, "job_stem": job, "body": body, "body_stem": body},
            **{"employer": rng.choice(words), "location": place.rpartition("/")[2].lower(), "area": [rng.choice(CODES)]},
            **{"place": [place.partition("/")[0], place], "occupation": [f"Yrke {JOBS.index(job) % 5}"]},
            **{"engagement": [rng.choice(["Fast", "Vikariat"])], "extent": [rng.choice(["Heltid", "Deltid"])]},
            **{"sector": [rng.choice(["Privat", "Offentlig"])], "published": published, "first_seen": published},
            **{"visible_until": now + VISIBLE_DAYS * 86_400, "deadline": deadline, "order": compute_order(published, key)},
            **{"language": ["nb"], "due": deadline, "deadline_order": compute_deadline_order(deadline, published, key)},
            # A third as many employers as ads, a few with hundreds of ads, as in the feed.
            "employer_key": [f"{800_000_000 + int(number * rng.random() ** 3 / 3)}"],
        }
        yield Write(key, 1, document)


def load_postal_codes() -> None:
    """Loads a table as large as GeoNames' own, with postal codes at random places in the south of Norway."""
    from django.utils import timezone

    from jobsearch.vacancies.models import PostalCode

    rng, loaded = random.Random(11), timezone.now()
    PostalCode.objects.bulk_create(
        PostalCode(code=code, name="Sted", latitude=rng.uniform(58, 64), longitude=rng.uniform(5, 12), loaded=loaded)
        for code in CODES
    )


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
