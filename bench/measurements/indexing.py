"""Rebuilds, changed ads and searches of large indices, beside the engine's library with documents that are ready in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from bench.harness import datasets, site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, Sample

NOW, BEFORE = "site", "before"
SECOND, MILLISECOND = 1.0, 0.001


def ask(child: site.Child, command: str, unit: float = SECOND) -> list[Sample]:
    answer = child.ask(command)
    return [Sample(answer["seconds"] / unit, answer["cpu"] / unit or None, answer.get("extra", {}))]


def make_cases(name: str, options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    unit = MILLISECOND if name == "words" else SECOND
    checkouts = {NOW: site.ROOT} | ({BEFORE: options.before} if options.before else {})
    loaded = datasets.provide_feed_ads(options.data, ads, options.before or site.ROOT)
    for engine in options.engines:
        with ExitStack() as stack:
            url, _pid = stack.enter_context(site.start_engine(engine))
            children: dict[str, site.Child] = {}
            for checkout, path in checkouts.items():
                folder = datasets.copy_database(loaded, options.data / "indexing" / checkout)
                environment = site.build_environment(folder, search_url=url) | {"BENCH_FOLDER": str(folder)}
                children[checkout] = site.Child(path, "indexing.py", "", environment)
                stack.callback(children[checkout].close)
                if name != "words":
                    children[checkout].ask("rebuild")  # there is no index yet, and the database keeps no documents

            def run(checkout: str) -> list[Sample]:
                if name == "changed" and url and len(children) > 1:  # noqa: B023 - called within the loop
                    # Both checkouts use the server's one alias: each needs its own index to be the live one.
                    children[checkout].ask("rebuild")  # noqa: B023
                return ask(children[checkout], name, unit)  # noqa: B023

            contestants = {checkout: partial(run, checkout) for checkout in children}
            contestants[BASELINE] = partial(ask, children[NOW], f"baseline {name}", unit)
            yield Case(f"{engine}, {100_000 if name == 'words' else ads:,} ads", contestants)


def describe(
    name: str, title: str, sample: str, baseline: str, unit: str = "s", by: str = "clock", warm_up: int = 0
) -> Measurement:
    return Measurement(name, title, sample, baseline, partial(make_cases, name), unit=unit, by=by, warm_up=warm_up)


READY = "the library alone, with documents that are ready in memory"
REBUILD = describe("rebuild", "Rebuild of the index", "the whole index, with the documents that the database keeps", READY)
ANALYSIS = describe(
    "analysis", "Rebuild after a change of the analysis", "the whole index, where the database keeps no documents", READY
)
CHANGED = describe(
    "changed",
    "Changed ads",
    "1,000 ads from the commit of their new texts, as the feed's worker fetches and stores them, until a search finds them",
    READY,
)
WORDS = describe(
    "words",
    "Words among 100,000 ads",
    "one page of 25 hits and the total without facets, for a word of thousands of generated ads",
    "one search of the library, with equal scores in any order",
    unit="ms",
    by="processor",  # a search of a millisecond waits for ten on a busy machine, where one of half a millisecond does not
    warm_up=1,
)
