"""Pinned digest of the documents of fifty fixed ads: shows whether a change of code changes the documents of an index.

python -m tests.search.pinned        writes tests/search/data/pinned.json, after ANALYSIS_VERSION has been raised
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

FILE = Path(__file__).parent / "data" / "pinned.json"
COMMAND = "python -m tests.search.pinned"
SEED = 1
_PUBLISHED = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
_EXPIRES = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


def generate_ads() -> Iterator[Any]:
    """Forty ads of the fake feed's generator, with contacts, and ten written in natural language."""
    from ingest.client.parsing import parse_detail
    from jobsearch.demo.feed_server.ads import compose
    from tests.relevance.corpus import NATURAL, corpus

    for number in range(1, 41):
        published = _PUBLISHED - dt.timedelta(hours=number)
        content = compose(number, published=published, expires=_EXPIRES, updated=published, seed=SEED)
        yield parse_detail(UUID(content["uuid"]), {"uuid": content["uuid"], "status": "ACTIVE", "ad_content": content})
    yield from (data for _, data in corpus(NATURAL)[:10])


def measure() -> dict[str, Any]:
    """Stores the ads, builds their documents and returns both digests and the version. Needs an empty database."""
    from django.db import transaction

    from jobsearch.search import schema
    from jobsearch.search.indexing import documents
    from jobsearch.vacancies import pending, store

    sample = list(generate_ads())
    with transaction.atomic():
        store.store_vacancies(sample, now=_PUBLISHED)
    built = {
        str(change.uuid): _sort_words(documents.make_document(change.vacancy))
        for batch in pending.iterate_all()
        for change in batch
        if change.vacancy
    }
    sources = sorted(repr(replace(ad, raw=None)) for ad in sample)
    return {"analysis_version": schema.ANALYSIS_VERSION, "ads": _digest(sources), "documents": _digest(built)}


def _sort_words(document: Mapping[str, Any]) -> dict[str, Any]:
    """Sorts the words of fields without positions, which are a set and so in another order in each process."""
    from jobsearch.search.schema import FIELDS

    return {name: sorted(value.split()) if FIELDS[name] == "word" else value for name, value in document.items()}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:32]


def find_problem(measured: Mapping[str, Any], pinned: Mapping[str, Any]) -> str:
    """What to do if the digests differ; "" if they are equal."""
    same_version = measured["analysis_version"] == pinned["analysis_version"]
    if measured["documents"] != pinned["documents"] and measured["ads"] == pinned["ads"] and same_version:
        return (
            "The same ads give other documents than before, so every index has to be rebuilt: raise ANALYSIS_VERSION in "
            f"jobsearch/search/schema.py by one, then run `{COMMAND}`."
        )
    if dict(measured) != dict(pinned):
        return f"ANALYSIS_VERSION or the sample of ads has changed. Run `{COMMAND}`."
    return ""


def main() -> int:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    measured = measure()
    pinned = json.loads(FILE.read_text()) if FILE.exists() else {**measured, "ads": ""}
    problem = find_problem(measured, pinned)
    if "raise ANALYSIS_VERSION" in problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    FILE.write_text(json.dumps(measured, indent=2) + "\n")
    sys.stdout.write(f"{FILE.name} {'written' if problem else 'is unchanged'}: {measured}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
