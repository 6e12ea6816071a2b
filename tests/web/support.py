"""Fixtures of page tests: an index for each test, an engine that is down, users, and functions that end an ad."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from jobsearch.search import api as search
from jobsearch.search.engines import registry
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy

PASSWORD = "et passord som er langt nok"


@pytest.fixture
def own_index(tmp_path, settings) -> Iterator[None]:
    settings.SEARCH_URL = f"embedded:///{tmp_path}/index"
    registry.forget_engines()
    yield
    registry.forget_engines()


@pytest.fixture
def ads(own_index, make_vacancy) -> Callable:
    """Create and index ads: `ads({"title": "Lege"}, {"title": "Kokk"})` returns their uuids."""

    def make(*fields: dict):
        uuids = [make_vacancy(**one) for one in fields or ({},)]
        search.index_changes()
        return uuids

    return make


@pytest.fixture
def engine_down(monkeypatch) -> None:
    def down(*args: object, **kwargs: object):
        raise search.EngineDown("Nobody answers. Start it.")

    for name in ("search", "count", "count_many", "count_new", "similar"):
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
