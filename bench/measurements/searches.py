"""Searches of generated ads on each engine, beside the engine's own library with a request that is ready."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import generated, search_requests, site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, time_each

KEPT = "no words, the answer kept"
"""Asked again while the index and the hour are the same: both engines have the answer. "no words" is computed each time."""
REPEATS = 3  # of each search a round


def make_cases(options: Options) -> Iterator[Case]:
    site.set_up_django(options.data / "generated")
    for label, engine, pid in generated.iterate_engines(options.data, options.engines, options.ads):
        yield from compare_searches(engine, label, pid)


def compare_searches(engine: Any, label: str, pid: int | None) -> Iterator[Case]:
    from jobsearch.search.api import SearchQuery, search

    kinds: dict[str, list[dict[str, Any]]] = {
        "words": [{"q": job} for job in generated.JOBS],
        "words and two filters": [{"q": job, **generated.FIRST_FILTERS} for job in generated.JOBS],
        "no words": [{}] * len(generated.JOBS),
        KEPT: [{}] * len(generated.JOBS),
    }
    for kind, parameters in kinds.items():
        parameters = parameters * REPEATS
        asked = search_requests.make_requests(SearchQuery(**one) for one in parameters)
        run_baseline = search_requests.make_baseline_search(engine)
        ready = [search_requests.prepare_baseline(engine, request) for request in asked]

        def run_service(one: dict[str, Any]) -> None:
            search(SearchQuery(**one), excluded=())

        def run_engine(request: Any, kind: str = kind) -> None:
            (request,) = search_requests.change_hour([request]) if kind == "no words" else [request]
            engine.search(request)

        yield Case(
            f"{label}: {kind}",
            {
                BASELINE: partial(time_each, run_baseline, ready, server=pid),
                "engine.search": partial(time_each, run_engine, asked, server=pid),
                **({} if kind == "no words" else {"search": partial(time_each, run_service, parameters, server=pid)}),
            },
        )


MEASUREMENT = Measurement(
    name="searches",
    title="Searches",
    sample="one search of generated ads, 25 hits and every facet; `engine.search` takes a request, `search` parses the words too",
    baseline="the engine's library with a ready request, on tantivy a search and an aggregation. "
    "OpenSearch's processor counts, its compilers do not",
    make_cases=make_cases,
    by="processor",
    engines=("embedded", "opensearch"),
    ads=(10_000, 100_000),
    rounds=5,
    warm_up=15,  # an OpenSearch compiles what it runs often: the first thousand requests take twice as long
)
