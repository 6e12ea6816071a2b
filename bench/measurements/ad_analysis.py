"""Analysis of one ad: the demo's ads and texts that are constructed to be slow, beside reading the words alone.

`make_document` is all that indexing does with an ad except the engine's part: text from HTML, redaction, words, stems and parts
of compounds. In production it runs in a child process with limits of time and memory.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from bench.harness import site
from bench.harness.protocol import BASELINE, Case, Measurement, Options, time_each

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


class Ad(SimpleNamespace):
    """An ad with the attributes of a database row. Texts that it was not given are empty."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return ""


def make_ad(title: str, text: str) -> Ad:
    """Makes an ad that has only a title and a text."""
    moments = {"published": None, "first_seen": None, "application_due": None, "visible_until": dt.datetime.now(dt.UTC)}
    rows = SimpleNamespace(all=list)
    related = dict.fromkeys(("contacts", "locations", "occupations", "categories"), rows)
    state = SimpleNamespace(fields_cache={})  # no prepared row
    return Ad(uuid=UUID(int=1), _state=state, title=title, description=f"<p>{text}</p>", **moments, **related)


def make_cases(options: Options) -> Iterator[Case]:
    (ads,) = options.ads
    site.set_up_django(options.data / "ad-analysis")
    from jobsearch.search.indexing import documents
    from tests.relevance import corpus

    rows = [make_row(data) for _, data in corpus.corpus()][:ads]
    yield Case(
        f"{len(rows):,} ads of the demo",
        {BASELINE: partial(time_each, read_words, rows), "make_document": partial(time_each, documents.make_document, rows)},
    )
    for name, (title, text) in HOSTILE.items():
        ad = make_ad(title, text)
        works = {
            BASELINE: partial(time_each, read_words, [ad]),
            "make_document": partial(time_each, documents.make_document, [ad]),
        }
        yield Case(f"hostile: {name}", works)


def read_words(ad: Ad) -> list[str]:
    """Lower-case words of the markup's text, which is the least that an index needs."""
    return re.findall(r"\w+", re.sub(r"<[^>]*>", " ", f"{ad.title} {ad.description}").lower())


def make_row(data: Any) -> Ad:
    row = make_ad(data.title, "")
    row.description, row.employer_name, row.job_title = data.description, data.employer_name, data.job_title
    row.contacts = SimpleNamespace(all=lambda: list(data.contacts))
    row.locations = SimpleNamespace(all=lambda: [make_location(one) for one in data.locations])
    row.occupations = SimpleNamespace(
        all=lambda: [SimpleNamespace(path=f"{one.level1}/{one.level2}") for one in data.occupations]
    )
    row.categories = SimpleNamespace(all=lambda: list(data.categories))
    return row


def make_location(one: Any) -> SimpleNamespace:
    path = "/".join(filter(None, (one.county, one.municipality)))
    return SimpleNamespace(path=path, city=one.city, postal_code=one.postal_code)


MEASUREMENT = Measurement(
    name="ad-analysis",
    title="Analysis of an ad",
    sample="the document of one ad",
    baseline="the lower-case words of title and text by two regular expressions",
    make_cases=make_cases,
    by="processor",
    rounds=3,
    ads=(3000,),
)
