"""Contract suite: one set of tests for tantivy and for real OpenSearch nodes of both supported versions.

Each node is started once per test run. With `TEST_OPENSEARCH_URL` that server is used instead; the tests then only use index
names with a random prefix, and delete them by name. A node that cannot be started fails the tests that need it; they are
never skipped.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from jobsearch.core.models import LeaseRecord
from jobsearch.search.engines import registry
from jobsearch.search.engines.base import Engine
from jobsearch.search.indexing import lifecycle
from jobsearch.search.models import IndexState
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Moderation, Tombstone, Vacancy
from tests.web.support import prepare_documents

from .ads import corpus
from .summary import ENGINES

EACH = [pytest.param(name, marks=pytest.mark.opensearch if "-" in name else ()) for name in ENGINES]
OPENSEARCH = pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=pytest.mark.opensearch) for name in ENGINES if "-" in name], indirect=True
)
"""For tests of what only a server has."""
ON_ONE = pytest.mark.parametrize("corpus_engine", ["tantivy"], indirect=True)
"""For what no engine decides, or what another test proves to be the same on all of them."""


@pytest.fixture(params=EACH)
def engine(request: pytest.FixtureRequest, settings, tmp_path, opensearch_url):
    """An empty engine for one test, with its own index name or folder."""
    name = request.param
    if name == "tantivy":
        settings.SEARCH_URL = f"embedded:///{tmp_path}/index"
        yield registry.engine()
        registry.forget_engines()
        return
    settings.SEARCH_URL = opensearch_url(name.partition("-")[2])
    settings.SEARCH_INDEX = f"test{secrets.token_hex(4)}"
    registry.forget_engines()
    yield registry.engine()
    delete_indices(settings.SEARCH_INDEX)
    registry.forget_engines()


@contextmanager
def run_engine(name: str, opensearch_url: Callable[[str], str], folder: Path) -> Iterator[Engine]:
    """An engine for several tests, empty at first, with its own index name or folder."""
    changed = {"SEARCH_URL": f"embedded:///{folder}/index"}
    if name != "tantivy":
        changed = {"SEARCH_URL": opensearch_url(name.partition("-")[2]), "SEARCH_INDEX": f"test{secrets.token_hex(4)}"}
    with override_settings(**changed):
        registry.forget_engines()
        try:
            yield registry.engine()
        finally:
            if name != "tantivy":
                delete_indices(changed["SEARCH_INDEX"])
            registry.forget_engines()


@pytest.fixture(scope="module", params=EACH)
def corpus_engine(request, django_db_setup, django_db_blocker, opensearch_url, tmp_path_factory):
    """An engine with the ads of the suite, for tests that only read."""
    with run_engine(request.param, opensearch_url, tmp_path_factory.mktemp("corpus")) as in_use, django_db_blocker.unblock():
        now = timezone.now()
        with transaction.atomic():
            store.store_vacancies(corpus(now), now=now)
        prepare_documents()
        lifecycle.index_changes()
        yield in_use
        for model in (Vacancy, Tombstone, Moderation, IndexState, LeaseRecord):
            model.objects.all().delete()


def delete_indices(prefix: str) -> None:
    client = registry.engine()._client
    for found in client.indices.get(index=f"{prefix}-*"):
        client.indices.delete(index=found)
