"""Different searches as people save them, as canonical parameters."""

from __future__ import annotations

import itertools
import random
from typing import Any
from urllib.parse import urlencode

WORDS = (
    "sykepleier lærer kokk butikkmedarbeider utvikler ingeniør selger renholder elektriker vikar sjåfør barnehagelærer "
    "helsefagarbeider leder prosjektleder rådgiver kundeservice mekaniker lege tømrer regnskapsfører vernepleier sveiser maler "
    "sykepleeier jurist fysioterapeut resepsjonist lagermedarbeider kranfører"
).split()
PLACES = ["", "OSLO", "VESTLAND", "VESTLAND/BERGEN", "ROGALAND", "TRØNDELAG", "NORDLAND", "AGDER", "VIKEN", "AKERSHUS"]
FILTERS = ["", "extent=Heltid", "extent=Deltid", "sector=Offentlig", "sector=Privat", "engagement=Fast", "engagement=Vikariat"]
EXTRA = ["", "natt", "erfaring", "ikke vikariat", "helse", "uten erfaring"]


def list_searches(number: int) -> list[tuple[str, Any]]:
    """Canonical parameters of different searches, and the searches, at most as many as the lists give."""
    from jobsearch.search import api as search

    texts = list(itertools.product(WORDS, EXTRA, PLACES, FILTERS))
    found = []
    for word, extra, place, rest in random.Random(0).sample(texts, min(number, len(texts))):
        pairs = [("q", f"{word} {extra}".strip()), *([("place", place)] if place else [])]
        query, _problems = search.SearchQuery.from_address(urlencode(pairs) + (f"&{rest}" if rest else ""))
        found.append((query.urlencode(), query))
    return found
