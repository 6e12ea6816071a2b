"""The body of our search beside that of NAV's public search, on one OpenSearch with the same ads of the fake feed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import datasets, nav_body, search_requests, site
from bench.harness.protocol import Case, Measurement, Options, time_each

WORDS = (
    *("sykepleier", "lærer", "kokk", "utvikler", "ingeniør", "selger", "elektriker", "butikkmedarbeider", "sykepleier bergen"),
    *("førerkort", "turnus", "erfaring", "prosjektleder bygg", "vikar barnehage", "kundeservice oslo", "kommune"),
)
REPEATS = 3  # of each search a round
KEPT = "no words, the answer kept"
"""As the site asks for it: OpenSearch then keeps the answer to these bytes until the index or the minute changes."""
NAV, OURS, NAV_INDEX = "NAV's body", "our body", "nav"


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    loaded = datasets.provide_feed_ads(options.data, ads)
    for name in options.engines:
        with site.start_engine(name) as server:
            folder = datasets.copy_database(loaded, options.data / "nav")
            site.set_up_django(folder, server.url)
            from jobsearch.search import indexing

            indexing.rebuild()
            engine = site.use_engine(server.url)
            fill_nav_index(engine._client)
            yield from compare_bodies(engine, f"{name}, {ads:,} ads", server.pid)
    shutil.rmtree(folder)


def fill_nav_index(client: Any) -> None:
    from opensearchpy import helpers

    from jobsearch.vacancies.models import Vacancy

    client.indices.create(index=NAV_INDEX, body=nav_body.build_index_body(), params={"request_timeout": 60})
    contents = (dict(raw) for raw in Vacancy.objects.active().values_list("raw", flat=True).iterator(500))
    actions = ({"_index": NAV_INDEX, "_id": uuid, "_source": document} for uuid, document in nav_body.make_documents(contents))
    for _ok in helpers.parallel_bulk(client, actions, thread_count=2, chunk_size=250, request_timeout=120):
        pass
    client.indices.refresh(index=NAV_INDEX, params={"request_timeout": 60})


def compare_bodies(engine: Any, label: str, pid: int | None) -> Iterator[Case]:
    from opensearchpy import OpenSearch

    from jobsearch.search.api import SearchQuery

    host = engine._client.transport.hosts[0]
    client = OpenSearch([f"http://{host['host']}:{host['port']}"], timeout=60)

    def send(index: str, body: dict[str, Any], *, keep: bool = False) -> None:
        client.search(index=index, body=body, params={"request_cache": "true"} if keep else {})

    county, extent = "VESTLAND", "Heltid"
    kinds = {
        "words": [(q, {}) for q in WORDS],
        "words and two filters": [(q, {"county": county, "extent": extent}) for q in WORDS],
        "no words": [("", {})] * len(WORDS),
        KEPT: [("", {})] * len(WORDS),
    }
    for kind, searches in kinds.items():
        filters = {"place": (county,), "extent": (extent,)} if searches[0][1] else {}
        searches = searches * REPEATS
        asked = search_requests.make_requests(SearchQuery(q=q, **filters) for q, _ in searches)
        ours = [search_requests.prepare_baseline(engine, request) for request in asked]
        theirs = [nav_body.build_body(q, **chosen) for q, chosen in searches]
        yield Case(
            f"{label}: {kind}",
            {
                NAV: partial(time_each, partial(send, NAV_INDEX), theirs, server=pid, apart=True),
                OURS: partial(time_each, partial(send, engine.alias, keep=kind == KEPT), ours, server=pid, apart=True),
            },
            baseline=NAV,
        )


MEASUREMENT = Measurement(
    name="nav",
    title="Beside NAV's public search",
    sample="one request of 25 hits and every facet; one shard each; the processor time is the server's, without compiling",
    baseline="the body of arbeidsplassen.nav.no (`bench/harness/nav_body.py` tells from where)",
    make_cases=make_cases,
    by="processor",
    engines=("opensearch", "opensearch-3"),
    rounds=6,
    warm_up=20,  # the server compiles what it runs often: the first thousand requests take up to twice as long
    by_hand="starts two OpenSearch nodes one after another, five minutes",
)
