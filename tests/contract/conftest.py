"""Contract suite: one set of tests for tantivy and for real OpenSearch nodes of both supported versions.

Each node is started once per test run. With `TEST_OPENSEARCH_URL` that server is used instead; the tests then only use index
names with a random prefix, and delete them by name. A node that cannot be started fails the tests that need it; they are
never skipped.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from jobsearch.search.engines import registry
from jobsearch.search.engines.base import Engine
from jobsearch.search.indexing import analysis_process, index_changes
from jobsearch.vacancies import pending, store
from tests.emptying import empty_database
from tests.web.support import prepare_documents

from .ads import corpus
from .summary import ENGINES

Case = TypeVar("Case")
OLDER, NEWEST = ENGINES[1:]
ALL = [pytest.param(name, marks=pytest.mark.opensearch if "-" in name else ()) for name in ENGINES]
AT_NIGHT = [pytest.param(name, marks=[pytest.mark.opensearch, pytest.mark.every_combination]) for name in (OLDER, NEWEST)]
EACH = [ALL[0], AT_NIGHT[0], ALL[2]]
"""Engines of a test: on the older OpenSearch only with `--every-combination`, but for the tests with `on_all` or `OPENSEARCH`.

The code is the same for both versions, and docker-compose.yml starts the newest. Another version may refuse a request, or answer
it in another way: so each kind of request is sent to both in each run, but not each combination of its values.
"""
OPENSEARCH = pytest.mark.parametrize("engine", ALL[1:], indirect=True)
"""For tests of what only a server has: on both versions in each run."""
ON_ONE = pytest.mark.parametrize("corpus_engine", ["tantivy"], indirect=True)
"""For what no engine decides, or what another test proves to be the same on all of them."""


def on_all(fixture: str) -> pytest.MarkDecorator:
    """The test runs on all engines in each run; `fixture` is the one that gives it the engine."""
    return pytest.mark.parametrize(fixture, ALL, indirect=True)


ON_EMBEDDED = pytest.mark.parametrize("engine", [ALL[0], *AT_NIGHT], indirect=True)
"""For what leases, the database and the documents decide, without the engine: on servers only with `--every-combination`."""


@pytest.fixture(autouse=True)
def fork_for_one_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """On OpenSearch ads are analysed in the test's own process: to fork it takes ten times as long as to analyse an ad.

    The same tests fork a child for each indexing run on tantivy; no engine has a part in what the child does.
    """
    chosen = getattr(request.node, "callspec", SimpleNamespace(params={})).params.values()
    if any(engine in chosen for engine in ENGINES if engine != "tantivy"):
        monkeypatch.setattr(analysis_process, "analyse", analyse_in_this_process)


analyse_in_children = analysis_process.analyse


def analyse_in_this_process(found: Sequence[pending.Change], now: dt.datetime) -> analysis_process.Analysed:
    wanted = [change for change in found if analysis_process.needs_analysis(change, now)]
    result = analyse_in_children([change for change in found if change not in wanted], now)
    for change in wanted:
        result.add(change, analysis_process._analyse_one(change, now))
    return result


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
def module_engine(request, django_db_setup, django_db_blocker, opensearch_url, tmp_path_factory):
    """An engine for all tests of a module, which only read: what a test changes of the database is rolled back."""
    with fill_engine(request.param, opensearch_url, tmp_path_factory, django_db_blocker) as in_use:
        yield in_use


@pytest.fixture(scope="module", params=EACH)
def corpus_engine(request, django_db_setup, django_db_blocker, opensearch_url, tmp_path_factory):
    """An engine with the ads of the suite, for tests that only read."""
    with fill_engine(request.param, opensearch_url, tmp_path_factory, django_db_blocker) as in_use:
        now = timezone.now()
        with transaction.atomic():
            store.store_vacancies(corpus(now), now=now)
        prepare_documents()
        index_changes()
        yield in_use


@pytest.fixture
def cases_of_engine(request, some_of) -> Callable[[Sequence[Case]], Sequence[Case]]:
    """`cases_of_engine(cases)`: all of many alike cases on tantivy, and on servers every fourth."""
    on_server = not {OLDER, NEWEST}.isdisjoint(request.node.callspec.params.values())
    return lambda cases: some_of(cases, 0) if on_server else cases


@contextmanager
def fill_engine(name, opensearch_url, tmp_path_factory, django_db_blocker) -> Iterator[Engine]:
    """An engine for several tests and access to the database, which is emptied at the end."""
    with run_engine(name, opensearch_url, tmp_path_factory.mktemp("shared")) as in_use, django_db_blocker.unblock():
        try:
            yield in_use
        finally:
            empty_database()


def delete_indices(prefix: str) -> None:
    client = registry.engine()._client
    for found in client.indices.get(index=f"{prefix}-*"):
        client.indices.delete(index=found)
