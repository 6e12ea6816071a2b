"""How well the search finds what people look for: the judged queries of tests/relevance, a table a group.

    python bench/relevance.py                          the embedded engine, the open half of the queries
    python bench/relevance.py --engine http://host:9200
    python bench/relevance.py --engine 3.x             OpenSearch, started for this run (also 2.19; see tests/opensearch)
    python bench/relevance.py --baseline 3.x           OpenSearch's own norwegian analyzer, with none of our code
    --set natural  the second set of ads and queries
    --worst 20     the queries that fare worst, with their first hits and grades
    --group typos  only this group
    --kept         the half that is kept for the final figure; whoever tunes does not look at it

A database and an index of its own are made for the run and removed after it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


@contextmanager
def address(wanted: str) -> Iterator[str]:
    """The address itself, or that of a node of this version for as long as it is needed."""
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
    parser.add_argument("--set", choices=["demo", "natural"], default="demo")
    parser.add_argument("--kept", action="store_true")
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
    with address(options.baseline or options.engine) as url:
        if options.baseline:
            with baseline.baseline(url, options.set) as finder:
                outcomes = measuring.measure(finder, queries, options.set)
        else:
            call_command("migrate", verbosity=0)
            with running.engine(url):
                running.fill(options.set)
                outcomes = measuring.measure(running.find, queries, options.set)
    name = f"baseline on OpenSearch {options.baseline}" if options.baseline else options.engine
    print(f"{name}, {'kept' if options.kept else 'open'} half, {options.set} corpus {fingerprint(options.set)}\n")
    print(measuring.table(outcomes))
    if options.worst:
        print(f"\n{measuring.worst(outcomes, options.worst, options.set)}")


if __name__ == "__main__":
    main()
