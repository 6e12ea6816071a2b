"""12,500 ads, on tantivy 66,000: totals, counts, order and scan are right beyond every default limit of the engines.

OpenSearch stops to count, to page and to scan at 10,000 by default. With `--every-combination` it has 25,000 ads. What grows
with the ads is measured in docs/benchmarks.md.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
from django.utils import timezone

from jobsearch.search.api import SearchQuery, scan, search
from jobsearch.search.engines.base import Write
from jobsearch.search.facets.deadline import DUE_UNKNOWN
from jobsearch.search.indexing.documents import compute_deadline_order, compute_order
from jobsearch.search.schema import FIELDS
from jobsearch.search.search_query import DEEPEST_HIT
from jobsearch.search.timestamps import day_number
from jobsearch.vacancies.visibility import OSLO
from tests.combinations import OPTION

from .conftest import EACH, run_engine

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
ON_SERVER, ON_SERVER_AT_NIGHT = 12_500, 25_000
ON_TANTIVY = 66_000  # more than 65,536, and cheaper there than 25,000 on a server
BATCH = 5000
JOBS = "sykepleier lærer kokk elektriker utvikler selger".split()
PLACES = [f"{county}/{town}" for county in ("VESTLAND", "OSLO", "TROMS") for town in ("BERGEN", "VOSS", "OSLO", "TROMSØ")]
EXTENTS = ("Heltid", "Deltid")
FACETS = ("place", "extent", "occupation")
Counts = dict[str, Counter[str]]


@lru_cache(maxsize=3)
def ads(number: int) -> dict[uuid.UUID, dict[str, Any]]:
    """Minimal documents with every field that a condition, a count or an order reads; one in fifty has expired."""
    chance = random.Random(11)
    now = int(time.time())
    empty: dict[str, Any] = {name: [] if kind == "keyword" else 0 if kind == "number" else "" for name, kind in FIELDS.items()}
    found = {}
    for _ in range(number):
        key, job, place = uuid.UUID(int=chance.getrandbits(128), version=4), chance.choice(JOBS), chance.choice(PLACES)
        # So few moments that many ads share one.
        published, deadline = now - chance.randrange(5000) * 60, now // 86_400 + chance.randrange(-3, 30)
        found[key] = empty | {
            "title": job,
            "title_stem": job,
            "place": [place.partition("/")[0], place],
            "extent": [chance.choice(EXTENTS)],
            "occupation": [f"Yrke {chance.randrange(700)}"],
            "published": published,
            "first_seen": published,
            "visible_until": now // 3600 * 3600 if chance.random() < 0.02 else now + 10 * 86_400,
            "deadline": deadline,
            "due": DUE_UNKNOWN,
            "deadline_order": compute_deadline_order(deadline, published, key),
            "order": compute_order(published, key),
        }
    return found


@pytest.fixture(scope="module", params=EACH)
def large(request, django_db_setup, opensearch_url, tmp_path_factory):
    """The documents, and an engine that holds them, written as a rebuild writes, not through the database."""
    on_server = ON_SERVER_AT_NIGHT if request.config.getoption(OPTION) else ON_SERVER
    documents = ads(ON_TANTIVY if request.param == "tantivy" else on_server)
    with run_engine(request.param, opensearch_url, tmp_path_factory.mktemp("large")) as in_use:
        index = in_use.create_index()
        rows = [Write(key, 1, document) for key, document in documents.items()]
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            written = index.write(batch)
            assert (written.done, written.failed) == (len(batch), {})
        index.refresh()
        in_use.switch(index)
        index.close()
        yield documents


def select(documents: dict[uuid.UUID, dict[str, Any]], query: SearchQuery) -> tuple[dict[uuid.UUID, dict[str, Any]], Counts]:
    """The hits, and how many ads have each value of a facet among those that match without the chosen values of that facet."""
    chosen = {facet: {*getattr(query, facet)} for facet in FACETS if getattr(query, facet)}
    hits, counts = {}, {facet: Counter[str]() for facet in FACETS}
    now = time.time()
    for key, document in documents.items():
        if document["visible_until"] <= now or (query.q and document["title"] != query.q):
            continue
        missed = [facet for facet, wanted in chosen.items() if wanted.isdisjoint(document[facet])]
        if not missed:
            hits[key] = document
        for facet in FACETS:
            if not missed or missed == [facet]:
                counts[facet].update(document[facet])
    return hits, counts


QUERIES = [
    SearchQuery(),
    SearchQuery(q="kokk"),
    SearchQuery(q="lærer", place=("VESTLAND",)),
    SearchQuery(place=("OSLO/OSLO", "TROMS"), extent=("Deltid",)),
    SearchQuery(q="selger", occupation=("Yrke 7", "Yrke 8"), extent=("Heltid",)),
]


@pytest.mark.parametrize("query", QUERIES, ids=[query.urlencode() or "all" for query in QUERIES])
def test_totals_counts_and_the_first_and_last_pages_are_right(large, query):
    now = timezone.now()
    hits, counts = select(large, query)
    first = search(query, now)
    assert first.total == len(hits)
    for facet, expected in counts.items():
        assert {value: number for value, number in first.counts[facet].items() if number} == expected, facet
    today = day_number(now.astimezone(OSLO).date())
    newest = sorted(hits, key=lambda key: -hits[key]["order"])
    nearest = sorted(hits, key=lambda key: (hits[key]["deadline"] < today, hits[key]["deadline_order"]))
    for sort, expected in (("relevance", newest), ("published", newest), ("deadline", nearest)):
        for page in (1, 2, min(DEEPEST_HIT // 25, -(-len(hits) // 25))):
            found = search(query.replace(sort=sort, page=page), now)
            assert (found.uuids, found.total) == (expected[(page - 1) * 25 : page * 25], len(hits)), (sort, page)


def test_a_scan_continues_beyond_the_last_page(large):
    everything, _ = select(large, SearchQuery())
    assert len(everything) > len(large) * 0.9 > DEEPEST_HIT
    assert list(scan(SearchQuery())) == sorted(everything, key=lambda key: -everything[key]["order"])
