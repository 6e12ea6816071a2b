"""Scan of all hits while ads change, end or share an order, on engines and ads of each test's own."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search import service
from jobsearch.search.api import EngineDown, QueryError, SearchQuery, scan, search
from jobsearch.search.indexing import IndexMissing, index_changes, rebuild
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.conftest import vacancy_data

from .conftest import OPENSEARCH, on_all
from .test_scan import points_in_time, scan_in_chunks, store_thirty  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thirty(engine) -> list[uuid.UUID]:
    return store_thirty()


def close(*uuids: uuid.UUID) -> None:
    with transaction.atomic():
        store.close_vacancies(uuids, Vacancy.Closed.FEED)


def test_ads_with_equal_order_are_returned_once(engine, monkeypatch):
    """The field `order` has 29 bits of the uuid, which these ads share."""
    monkeypatch.setattr(service, "SCANNED", 3)
    moment = timezone.now() - dt.timedelta(hours=1)
    same = [uuid.UUID(int=(0xABCDEF01 << 96) + n) for n in range(11)]
    ads = [vacancy_data(uuid=key, published=moment) for key in same]
    ads += [vacancy_data(published=moment + dt.timedelta(minutes=sign)) for sign in (-1, 1)]
    with transaction.atomic():
        store.store_vacancies(ads)
    index_changes()
    scanned = list(scan(SearchQuery()))
    assert len(scanned) == 13
    assert {*scanned[1:12]} == {*same}
    assert (scanned[0], scanned[12]) == (ads[12].uuid, ads[11].uuid)


def test_closed_hidden_and_expired_ads_are_left_out_as_on_the_pages(thirty):
    close(thirty[3])
    store.set_hidden(thirty[5], True)
    left = [key for key in thirty if key not in {thirty[3], thirty[5]}]
    assert list(scan(SearchQuery())) == left, "before they are removed from the index"
    index_changes()
    assert list(scan(SearchQuery())) == left
    over = Vacancy.objects.get(uuid=thirty[0]).visible_until
    assert list(scan(SearchQuery(), over)) == search(SearchQuery(), over).uuids == []


def test_spelling_is_corrected_as_on_the_page(engine, make_vacancy):
    key = make_vacancy(title="Sykepleier")
    index_changes()
    assert search(SearchQuery(q="sykepeier")).corrected
    assert list(scan(SearchQuery(q="sykepeier"))) == [key]


@on_all("engine")
def test_changes_during_a_scan_do_not_affect_it(thirty, engine, make_vacancy):
    """A scan returns the index as it was at the first hit."""
    results = scan(SearchQuery())
    first = [next(results) for _ in range(9)]
    close(*thirty[10:20])
    for _ in range(5):
        make_vacancy(title="Ny")
    index_changes()
    rebuild()
    assert first + list(results) == thirty
    assert len(list(scan(SearchQuery()))) == 25


@OPENSEARCH
def test_an_expired_point_in_time_raises_an_error(thirty, engine):
    results = scan(SearchQuery())
    next(results)
    engine._client.delete_pit(body={"pit_id": [*points_in_time(engine)]})
    with pytest.raises(EngineDown):
        list(results)


def test_a_scan_raises_the_errors_of_a_search(engine):
    with pytest.raises(IndexMissing):
        scan(SearchQuery())
    with pytest.raises(QueryError):
        scan(SearchQuery(q="kari@nordmann.example"))
