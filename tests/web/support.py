"""Fixtures of page tests: an index for each test, an engine that is down, users, and functions that end an ad."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.engines import registry
from jobsearch.search.engines.base import Write, Written
from jobsearch.search.indexing import documents, switching
from jobsearch.search.models import IndexState
from jobsearch.search.schema import analysis_fingerprint
from jobsearch.vacancies import pending, prepared_documents, store
from jobsearch.vacancies.models import Moderation, Tombstone, Vacancy
from tests.conftest import store_vacancies
from tests.emptying import empty_database

PASSWORD = "et passord som er langt nok"
ModuleSite = Callable[[], AbstractContextManager[Callable[..., list[UUID]]]]


@pytest.fixture
def own_index(tmp_path, settings) -> Iterator[None]:
    settings.SEARCH_URL = f"embedded:///{tmp_path}/index"
    registry.forget_engines()
    yield
    registry.forget_engines()


@pytest.fixture
def ads(own_index, db) -> Callable[..., list[UUID]]:
    """Create and index ads: `ads({"title": "Lege"}, {"title": "Kokk"})` returns their uuids."""
    return make_ads


@pytest.fixture(scope="module")
def module_site(django_db_setup, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> ModuleSite:
    """Data and an index that the tests of a module share: making 30 ads and their index takes longer than to read a page.

    `with module_site() as make_ads:` gives the function of the fixture `ads`, and deletes everything at the end. A test that
    uses the database changes it in a transaction, which is rolled back; the index must stay as it is.
    """

    @contextmanager
    def create() -> Iterator[Callable[..., list[UUID]]]:
        with override_settings(SEARCH_URL=f"embedded:///{tmp_path_factory.mktemp('site')}/index"):
            registry.forget_engines()
            with django_db_blocker.unblock():
                try:
                    yield make_ads
                finally:
                    empty_database()
                    registry.forget_engines()

    return create


@pytest.fixture
def own_ads(own_index, db) -> Callable[..., list[UUID]]:
    """The function of the fixture `ads`, without the ads that the other tests of the module share."""
    for model in (Vacancy, Tombstone, Moderation, IndexState):
        model.objects.all().delete()
    return make_ads


def make_ads(*fields: dict) -> list[UUID]:
    """Store and index ads."""
    uuids = store_vacancies(*fields or ({},))
    if IndexState.objects.exists():
        prepare_documents()
        indexing.index_changes()
    else:
        build_index()
    return uuids


def build_index() -> None:
    """Make the index of all ads in the database, the live one as after `rebuild`.

    Nothing else writes meanwhile, so that an index is not compared with the database again and again: 21 queries, not 58.
    """
    began, now = time.monotonic(), timezone.now()
    engine = registry.engine()
    index = engine.create_index()
    changes = [change for changes in pending.iterate_all() for change in changes]
    writes = [documents.make_write(change, now) for change in changes]
    _save_documents(writes)
    written = index.write(writes)
    assert written == Written(len(writes)), written
    index.refresh()
    switching.make_live(engine, index, 1, len(writes), began)
    index.close()


def prepare_documents() -> None:
    """Analyse the new ads in this process, so that building the index reads their documents and starts no other process.

    To fork a test run's process, which is ten times as large as the site's, takes as long as to analyse 20 ads.
    """
    now = timezone.now()
    changes = pending.list_changes(limit=10_000)
    _save_documents([documents.make_write(change, now) for change in changes if change.vacancy])


def _save_documents(writes: list[Write]) -> None:
    found = {
        write.uuid: prepared_documents.Analysed(write.version, documents.pack_document(write.document))
        for write in writes
        if write.document
    }
    prepared_documents.save_documents(found, analysis_fingerprint())


@pytest.fixture
def engine_down(monkeypatch) -> None:
    def down(*args: object, **kwargs: object):
        raise search.EngineDown("The engine does not answer. Start it.")

    for name in ("search", "count", "count_by_day", "count_many", "count_new", "find_similar"):
        monkeypatch.setattr(f"jobsearch.search.api.{name}", down)


@pytest.fixture
def recruiter(db):
    return get_user_model().objects.create_user("rita", password=PASSWORD)


# --- Ends of an ad -----------------------------------------------------------------------------------------------------


def closed(ad: UUID) -> None:
    with transaction.atomic():
        store.close_vacancies([ad], Vacancy.Closed.FEED)


def expired(ad: UUID) -> None:
    Vacancy.objects.filter(uuid=ad).update(visible_until=timezone.now() - dt.timedelta(seconds=1))


def hidden(ad: UUID) -> None:
    store.set_hidden(ad, True)


ENDINGS = (closed, expired, hidden)
