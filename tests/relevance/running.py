"""Runs queries over the corpus, in a database and index of its own, through the search function of the results page."""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from opensearchpy import OpenSearch

from jobsearch.search.api import SearchQuery, search, turn_words_into_filters
from jobsearch.search.engines import registry
from jobsearch.search.indexing import documents, rebuild
from jobsearch.search.search_query import SIZES
from jobsearch.vacancies import pending, prepared_documents, store

from .corpus import DEMO, corpus

NOW = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)  # the day after the newest ad, so that recency is the same on any day
_CHUNK = 500


def fill(corpus_name: str = DEMO) -> None:
    """Store and index the corpus; the database must be empty."""
    store_corpus(corpus_name)
    rebuild()


def store_corpus(corpus_name: str = DEMO) -> None:
    entries = [data for _, data in corpus(corpus_name)]
    for start in range(0, len(entries), _CHUNK):
        with transaction.atomic():
            store.store_vacancies(entries[start : start + _CHUNK], now=NOW)


def analyse_stored() -> dict[UUID, prepared_documents.Analysed]:
    """The document of every ad in the database, made in this process, for `prepared_documents.save_documents`."""
    now = timezone.now()
    found = {}
    for change in (change for chunk in pending.iterate_all(_CHUNK) for change in chunk):
        packed = documents.pack_document(documents.make_write(change, now).document)
        found[change.uuid] = prepared_documents.Analysed(change.version, packed)
    return found


@contextmanager
def engine(url: str) -> Iterator[None]:
    """Use the engine at a URL ("embedded": one in a temporary folder) during the block."""
    with tempfile.TemporaryDirectory() as folder:
        own = f"relevance{secrets.token_hex(4)}"
        address = f"embedded:///{folder}/index" if url == "embedded" else url
        with override_settings(SEARCH_URL=address, SEARCH_INDEX=own):
            registry.forget_engines()
            try:
                yield
            finally:
                if url != "embedded":
                    client = OpenSearch(hosts=[url], timeout=60)
                    for name in client.indices.get(index=f"{own}-*"):  # by name: servers can forbid deletion by pattern
                        client.indices.delete(index=name)
                registry.forget_engines()


def find(q: str, *, with_filters: bool = False) -> Sequence[UUID]:
    """All hits of the results page for this text, page by page, the most relevant first.

    Also those whose deadline has passed: relevance is judged by the words alone. `with_filters`: after the redirect of the
    results page, which makes filters of recognised words.
    """
    asked, problems = SearchQuery.from_params({"q": q, "deadline": "all", "size": str(max(SIZES))})
    if any(problem.blocks for problem in problems):
        return []
    if with_filters:
        asked = turn_words_into_filters(asked, NOW)
    first = search(asked, NOW)
    found = list(first.uuids)
    while len(found) < first.total:
        more = search(asked.replace(page=len(found) // asked.size + 1), NOW).uuids
        if not more:
            raise AssertionError(f"{q}: {first.total} hits were promised, {len(found)} came")
        found += more
    return found
