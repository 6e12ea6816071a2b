"""Benchmark of the analysis of one ad: the demo's ads, and texts constructed to be slow.

    python bench/analysis_speed.py [--ads 3000]

Measures `documents.make_document`, all that indexing does with an ad except the engine's part: text from HTML, redaction, words,
stems and parts of compounds. `--words` omits redaction and HTML. The first pass starts with an empty cache of words, like a
new process.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# name: (title, text). A title has 500 characters at most when it is stored; these are longer.
HOSTILE = {
    "30 cut words": ("a- " * 30 + "x-", "a"),
    "20 cities": ("".join(f"By{number}- " for number in range(20)) + "(flere)", "a"),
    "12,000 letters": ("Sykepleier " + "a" * 12_000 + ". ", "a" * 100_000),
    "4,000 cut words": ("a- " * 4000 + "x", "a- " * 30_000),
    "4,000 compounds": ("a-b" * 4000, "a-b" * 30_000),
    "short forms": ("ass." * 3000, "ass." * 25_000),
    "slashes": ("a/-" * 4000, "a/-" * 30_000),
    "full stops": (". " * 6000, ". " * 50_000),
    "apostrophes": ("'a" * 6000, "'a" * 50_000),
    "accents": ("a" + "\u0301\u0316" * 6000, "a" + "\u0301\u0316" * 50_000),
    "invisible characters": ("a\u00ad" * 6000, "a\u200b" * 50_000),
    "100,000 different words": ("Kokk", " ".join(f"ord{number}" for number in range(100_000))),
}


def make_ad(title: str, text: str) -> SimpleNamespace:
    """Makes an ad that has only a title and a text."""
    rows = SimpleNamespace(all=list)
    names = dict.fromkeys(
        "employer_name employer_orgnr job_title engagement extent sector language application_due_text".split(), ""
    )
    moments = {"published": None, "first_seen": None, "application_due": None, "visible_until": dt.datetime.now(dt.UTC)}
    related = dict.fromkeys(("contacts", "locations", "occupations", "categories"), rows)
    state = SimpleNamespace(fields_cache={})  # no prepared row
    texts = {"title": title, "description": f"<p>{text}</p>"}
    return SimpleNamespace(uuid=UUID(int=1), _state=state, **texts, **names, **moments, **related)


def measure_cpu_time(work: Callable[[], object]) -> float:
    """Runs `work` and returns its processor time in milliseconds."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def print_times(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:28} median {statistics.median(ordered):7.2f} ms   p99 {p99:7.2f} ms   worst {ordered[-1]:8.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ads", type=int, default=3000)
    parser.add_argument("--words", action="store_true", help="only the words: no redaction, no HTML")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from jobsearch.search.analysis import norwegian
    from jobsearch.search.indexing import documents
    from jobsearch.vacancies import html
    from tests.relevance import corpus

    def analyse_words(title: str, body: str) -> None:
        for word in norwegian.analyse_text(title):
            norwegian.split_compound(word.stem)
        norwegian.expand_shared_endings(title)
        norwegian.analyse_body(body)

    ads = [data for _, data in corpus.corpus()][: options.ads]
    plain = [(data.title, html.extract_text(data.description)) for data in ads]
    norwegian._word_cache.clear()
    print_times("words, empty cache", [measure_cpu_time(lambda ad=ad: analyse_words(*ad)) for ad in plain])
    print_times("words, again", [measure_cpu_time(lambda ad=ad: analyse_words(*ad)) for ad in plain])
    if not options.words:
        rows = [_make_row(data) for data in ads]
        print_times("document", [measure_cpu_time(lambda row=row: documents.make_document(row)) for row in rows])
    for name, (title, body) in HOSTILE.items():
        ad = make_ad(title, body)
        work = (
            (lambda title=title, body=body: analyse_words(title, body))
            if options.words
            else (lambda ad=ad: documents.make_document(ad))
        )
        print(f"{name:28} {min(measure_cpu_time(work) for _ in range(3)):7.2f} ms")


def _make_row(data: object) -> SimpleNamespace:
    """Makes an ad with the attributes of a database row."""
    row = make_ad(data.title, "")
    row.description, row.employer_name, row.job_title = data.description, data.employer_name, data.job_title
    row.contacts = SimpleNamespace(all=lambda: list(data.contacts))
    row.locations = SimpleNamespace(all=lambda: [_make_location(one) for one in data.locations])
    row.occupations = SimpleNamespace(
        all=lambda: [SimpleNamespace(path=f"{one.level1}/{one.level2}") for one in data.occupations]
    )
    row.categories = SimpleNamespace(all=lambda: list(data.categories))
    return row


def _make_location(one: object) -> SimpleNamespace:
    path = "/".join(filter(None, (one.county, one.municipality)))
    return SimpleNamespace(path=path, city=one.city, postal_code=one.postal_code)


if __name__ == "__main__":
    main()
