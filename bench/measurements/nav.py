"""The body of our search beside that of NAV's public search, on one OpenSearch with the same ads of the fake feed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from itertools import chain, cycle, islice
from typing import Any

from bench.harness import datasets, nav_body, search_requests, site
from bench.harness.protocol import Case, Measurement, Options, time_each

WORDS = (
    *("sykepleier", "lærer", "kokk", "utvikler", "ingeniør", "selger", "elektriker", "butikkmedarbeider", "sykepleier bergen"),
    *("førerkort", "turnus", "erfaring", "prosjektleder bygg", "vikar barnehage", "kundeservice oslo", "kommune"),
)
NAMES = {"county": "place", "extent": "extent"}  # of our parameters, by NAV's
REPEATS = 3  # of each search a round
WARM_UP = 10_000
"""Searches with each body beforehand, of all kinds in turn. The server compiles what it runs often: after a thousand searches
our body took it 1.3 times as long as after these, and NAV's 1.16 times."""
KEPT = "no words, the answer kept"
"""As the site asks for it: OpenSearch then keeps the answer to these bytes until the index or the hour changes."""
NAV, OURS, EMPTY, NAV_INDEX = "NAV's body", "our body", "a body that finds nothing", "nav"
ALIKE = "words, about as many hits"
"""Those of the words of which the two searches find about as many ads: NAV's leaves out what only the text says (`min_score`)."""


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
            for index in (engine.alias, NAV_INDEX):  # each further segment takes ours 0.06 ms and NAV's 0.27
                params = {"max_num_segments": "1", "request_timeout": 120}
                engine._client.indices.forcemerge(index=index, params=params)
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

    def send(index: str, body: dict[str, Any], *, keep: bool = False) -> Any:
        return client.search(index=index, body=body, params={"request_cache": "true"} if keep else {})

    def send_empty(body: dict[str, Any]) -> None:
        client.search(index=engine.alias, body=body, params={"request_cache": "false"})

    def count_hits(index: str, body: dict[str, Any]) -> int:
        return int(send(index, {**body, "size": 1, "aggs": {}})["hits"]["total"]["value"])

    def build_ours(searches: list[tuple[str, dict[str, str]]]) -> list[dict[str, Any]]:
        asked = [SearchQuery(q=q, **{NAMES[name]: (value,) for name, value in chosen.items()}) for q, chosen in searches]
        return [search_requests.prepare_baseline(engine, request) for request in search_requests.make_requests(asked)]

    filters = {"county": "VESTLAND", "extent": "Heltid"}
    words: list[tuple[str, dict[str, str]]] = [(q, {}) for q in WORDS]
    hits = [
        (one, count_hits(NAV_INDEX, nav_body.build_body(one[0])), count_hits(engine.alias, ours))
        for one, ours in zip(words, build_ours(words), strict=True)
    ]
    alike = [one for one, theirs, our in hits if theirs and 0.75 < our / theirs < 1.33]
    kinds: dict[str, list[tuple[str, dict[str, str]]]] = {
        f"words ({sum(our for _, _, our in hits):,} hits of {len(words)}; NAV's {sum(theirs for _, theirs, _ in hits):,})": words,
        f"{ALIKE} ({len(alike)} of them)": alike,
        "words and two filters": [(q, filters) for q in WORDS],
        "no words": [("", {})] * len(WORDS),
        KEPT: [("", {})] * len(WORDS),
    }
    bodies = {
        kind: ([nav_body.build_body(q, **chosen) for q, chosen in searches], build_ours(searches))
        for kind, searches in kinds.items()
    }
    for pair in islice(cycle(chain.from_iterable(zip(*both, strict=True) for both in bodies.values())), WARM_UP):
        for index, body in zip((NAV_INDEX, engine.alias), pair, strict=True):
            send(index, body)
    for kind, both in bodies.items():
        theirs, ours = (body * REPEATS for body in both)
        empty = [{"size": 0, "query": {"match_none": {}}}] * len(ours)
        yield Case(
            f"{label}: {kind}",
            {
                NAV: partial(time_each, partial(send, NAV_INDEX), theirs, server=pid, apart=True),
                OURS: partial(time_each, partial(send, engine.alias, keep=kind == KEPT), ours, server=pid, apart=True),
                EMPTY: partial(time_each, send_empty, empty, server=pid, apart=True),
            },
            baseline=NAV,
        )


MEASUREMENT = Measurement(
    name="nav",
    title="Beside NAV's public search",
    sample="one request of 25 hits and every facet; one shard and one segment each; the processor time is the server's, "
    "without compiling",
    baseline="the body of arbeidsplassen.nav.no (`bench/harness/nav_body.py` tells from where)",
    make_cases=make_cases,
    by="processor",
    engines=("opensearch", "opensearch-3"),
    rounds=6,
    warm_up=3,
    by_hand="starts two OpenSearch nodes one after another, fifteen minutes",
)
