"""Suggestions, lists of a facet and distances, beside a search for words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.harness import generated, site
from bench.harness.protocol import Case, Measurement, Options, time_each

WORDS = "a search for words"
REPEATS = 10  # of a single search a round


def make_cases(options: Options) -> Iterator[Case]:
    site.set_up_django(options.data / "generated")
    from jobsearch.search.api import SearchQuery, count_facets, search
    from jobsearch.search.assist import suggest, suggestions
    from jobsearch.vacancies.models import PostalCode

    if not PostalCode.objects.exists():
        generated.load_postal_codes()
    names = generated.make_names()
    suggestions.name_index = lambda now=None: names  # type: ignore[assignment] # the database has no ads
    jobs, place = generated.JOBS, generated.PLACES[0]
    typed = [text for job in jobs for text in (job[:2], job[:4], f"{job} ber")]

    def run_search(query: Any) -> None:
        search(query, excluded=())

    def run_suggest(query: Any) -> None:
        suggest(query, query.q)

    def list_employers(query: Any) -> None:
        count_facets(query, facet="employer")

    works: dict[str, tuple[Callable[[Any], None], list[Any]]] = {
        WORDS: (run_search, [SearchQuery(q=job) for job in jobs]),
        "suggestions for one key": (run_suggest, [SearchQuery(q=text) for text in typed]),
        "every employer, counted": (list_employers, [SearchQuery()] * REPEATS),
        "words, within 25 km": (run_search, [SearchQuery(q=job, near=place, km=25) for job in jobs]),
        "no words, within 100 km": (run_search, [SearchQuery(near=place, km=100)] * REPEATS),
    }
    for label, _engine, pid in generated.iterate_engines(options.data, options.engines, options.ads):
        contestants = {name: partial(time_each, run, queries, server=pid) for name, (run, queries) in works.items()}
        yield Case(label, contestants, baseline=WORDS)


MEASUREMENT = Measurement(
    name="other-searches",
    title="Suggestions, lists and distances",
    sample="one call, with all of its searches of the engine; 20,000 names to suggest, 5,000 postal codes, generated ads",
    baseline="a search for one word with every facet",
    make_cases=make_cases,
    by="processor",
    engines=("embedded",),
    warm_up=2,
)
