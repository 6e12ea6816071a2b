"""Growth of a search's time with the number of ads: the same searches of a small and of a large index in turn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.harness import generated, search_requests, site
from bench.harness.protocol import Case, Measurement, Options, time_each

SMALL = 10_000
KEPT = "no words, the answer kept"


def make_cases(options: Options) -> Iterator[Case]:
    site.set_up_django(options.data / "generated")
    from jobsearch.search.api import SearchQuery

    kinds = {
        "words": [SearchQuery(q=job) for job in generated.JOBS],
        "words and two filters": [SearchQuery(q=job, **generated.FIRST_FILTERS) for job in generated.JOBS],
        "no words": [SearchQuery()] * 3,
        KEPT: [SearchQuery()] * 3,
    }
    for name in options.engines:
        with site.start_engine(name) as server:
            engines = {ads: open_filled(server.url, options, ads) for ads in (SMALL, *options.ads)}
            for kind, queries in kinds.items():
                asked = search_requests.make_requests(queries)

                def run(engine: Any, request: Any, kind: str = kind) -> None:
                    (request,) = search_requests.change_hour([request]) if kind == "no words" else [request]
                    engine.search(request)

                contestants = {
                    f"{ads:,} ads": partial(time_each, partial(run, engine), asked, server=server.pid)
                    for ads, engine in engines.items()
                }
                yield Case(f"{name}: {kind}", contestants, baseline=f"{SMALL:,} ads")


def open_filled(url: str, options: Options, ads: int) -> Any:
    """An engine with this many ads. On OpenSearch each number has an alias of its own."""
    if url:
        from jobsearch.search.engines.opensearch import OpenSearchEngine

        engine = OpenSearchEngine(url, f"growth{ads}")
    else:
        from jobsearch.search.engines.registry import _open

        engine = _open(f"embedded:///{options.data}/generated-{ads}/index")
    if engine.check_health().docs != ads:
        generated.fill_engine(engine, ads)
    return engine


MEASUREMENT = Measurement(
    name="growth",
    title="A million ads",
    sample="`engine.search` of 25 hits and every facet, of generated ads",
    baseline="the same searches of 10,000 ads in the same run",
    make_cases=make_cases,
    by="processor",
    ads=(100_000, 1_000_000),
    rounds=5,
    warm_up=15,  # an OpenSearch compiles what it runs often
    by_hand="an index of a million ads takes ten minutes and 3 GB; kept in --data",
)
