"""Digest of the documents of fifty fixed ads: shows that a change of code changes what an index holds.

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


def ads() -> Iterator[Any]:
    """Forty ads of the fake feed's generator, contacts included, and ten written in natural language."""
    from ingest.client.parsing import parse_detail
    from jobsearch.demo.feed_server.ads import compose
    from tests.relevance.corpus import NATURAL, corpus

    for number in range(1, 41):
        published = _PUBLISHED - dt.timedelta(hours=number)
        content = compose(number, published=published, expires=_EXPIRES, updated=published, seed=SEED)
        yield parse_detail(UUID(content["uuid"]), {"uuid": content["uuid"], "status": "ACTIVE", "ad_content": content})
    yield from (data for _, data in corpus(NATURAL)[:10])


def measure() -> dict[str, Any]:
    """Stores the ads, makes their documents, and returns both digests with the version. Needs an empty database."""
    from django.db import transaction

    from jobsearch.search import schema
    from jobsearch.search.indexing import documents
    from jobsearch.vacancies import pending, store

    sample = list(ads())
    with transaction.atomic():
        store.store_vacancies(sample, now=_PUBLISHED)
    made = {
        str(one.uuid): _ordered(documents.make_document(one.vacancy))
        for chunk in pending.iterate_all()
        for one in chunk
        if one.vacancy
    }
    sources = sorted(repr(replace(one, raw=None)) for one in sample)
    return {"analysis_version": schema.ANALYSIS_VERSION, "ads": _digest(sources), "documents": _digest(made)}


def _ordered(document: Mapping[str, Any]) -> dict[str, Any]:
    """Words without positions are a set, in another order in each process."""
    from jobsearch.search.schema import FIELDS

    return {name: sorted(value.split()) if FIELDS[name] == "word" else value for name, value in document.items()}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:32]


def problem(found: Mapping[str, Any], pinned: Mapping[str, Any]) -> str:
    """What to do where the digests differ; "" where they do not."""
    same_version = found["analysis_version"] == pinned["analysis_version"]
    if found["documents"] != pinned["documents"] and found["ads"] == pinned["ads"] and same_version:
        return (
            "The same ads give other documents than before, so every index has to be built anew: raise ANALYSIS_VERSION in "
            f"jobsearch/search/schema.py by one, then run `{COMMAND}`."
        )
    if dict(found) != dict(pinned):
        return f"ANALYSIS_VERSION or the sample of ads has changed. Run `{COMMAND}`."
    return ""


def main() -> int:
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    found = measure()
    pinned = json.loads(FILE.read_text()) if FILE.exists() else {**found, "ads": ""}
    told = problem(found, pinned)
    if "raise ANALYSIS_VERSION" in told:
        sys.stderr.write(f"{told}\n")
        return 1
    FILE.write_text(json.dumps(found, indent=2) + "\n")
    sys.stdout.write(f"{FILE.name} {'written' if told else 'is as it was'}: {found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
