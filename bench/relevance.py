"""Benchmark of relevance: the judged queries of tests/relevance, as a table per group.

    python bench/relevance.py                          the embedded engine, the open half of the queries
    python bench/relevance.py --engine http://host:9200
    python bench/relevance.py --engine 3.x             OpenSearch, started for this run (also 2.19; see tests/opensearch)
    python bench/relevance.py --baseline 3.x           OpenSearch's own norwegian analyzer, without this project's code
    --set natural  the second set of ads and queries
    --set questions  the third set: queries as people write them in sentences
    --filters      with recognised words as filters, as the results page asks after its redirect
    --worst 20     the queries with the lowest scores, with their first hits and grades
    --group typos  only this group
    --kept         the half reserved for the final figures; not to be used while tuning

Uses a temporary database and a temporary index.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


@contextmanager
def engine_url(wanted: str) -> Iterator[str]:
    """Gives the URL itself, or that of an OpenSearch node of this version, started for the block."""
    if "://" in wanted or wanted == "embedded":
        yield wanted
        return
    from tests.opensearch import nodes

    node = nodes.start(wanted)
    try:
        yield node.url
    finally:
        node.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--baseline", metavar="URL|VERSION")
    parser.add_argument("--set", choices=["demo", "natural", "questions"], default="demo")
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--filters", action="store_true")
    parser.add_argument("--group")
    parser.add_argument("--worst", type=int, default=0, metavar="N")
    options = parser.parse_args()

    import django

    django.setup()
    from django.core.management import call_command

    from tests.relevance import baseline, measuring, running
    from tests.relevance.corpus import fingerprint
    from tests.relevance.judging import judged

    queries = [one for one in judged(options.set) if one.query.kept == options.kept and options.group in (None, one.query.group)]
    if not queries:
        parser.error("there is no such group")
    with engine_url(options.baseline or options.engine) as url:
        if options.baseline:
            with baseline.baseline(url, options.set) as finder:
                outcomes = measuring.measure(finder, queries, options.set)
        else:
            call_command("migrate", verbosity=0)
            with running.engine(url):
                running.fill(options.set)
                outcomes = measuring.measure(partial(running.find, with_filters=options.filters), queries, options.set)
    name = f"baseline on OpenSearch {options.baseline}" if options.baseline else options.engine
    print(f"{name}, {'kept' if options.kept else 'open'} half, {options.set} corpus {fingerprint(options.set)}\n")
    print(measuring.table(outcomes))
    print(f"\nNo hit although a relevant ad exists: {measuring.share_without_hits(outcomes):.1%} of the queries")
    if options.worst:
        print(f"\n{measuring.worst(outcomes, options.worst, options.set)}")


if __name__ == "__main__":
    main()
