"""Scan of all hits: the same ads as the pages show, each once, also if ads change during the scan."""

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

from .conftest import OPENSEARCH

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thirty(engine, monkeypatch) -> list[uuid.UUID]:
    """Thirty ads an hour apart, the newest first; a scan requests seven hits at a time."""
    monkeypatch.setattr(service, "SCANNED", 7)
    now = timezone.now()
    ads = [
        vacancy_data(title=f"Kokk {n}", occupations=(), extent=("Heltid", "Deltid")[n % 2], published=now - dt.timedelta(hours=n))
        for n in range(30)
    ]
    with transaction.atomic():
        store.store_vacancies(ads)
    index_changes()
    return [ad.uuid for ad in ads]


def close(*uuids: uuid.UUID) -> None:
    with transaction.atomic():
        store.close_vacancies(uuids, Vacancy.Closed.FEED)


def points_in_time(engine) -> set[str]:
    """The open points in time of the server; the embedded engine has none."""
    if engine.name == "tantivy":
        return set()
    return {pit["pit_id"] for pit in engine._client.get_all_pits().get("pits", [])}


@pytest.mark.parametrize("sort", ["relevance", "published", "deadline"])
def test_a_scan_returns_every_hit_once_the_newest_first(thirty, sort):
    assert list(scan(SearchQuery(q="kokk", sort=sort, page=2))) == thirty
    assert list(scan(SearchQuery(sort=sort))) == thirty
    assert list(scan(SearchQuery(q="kokk", extent=("Deltid",)))) == thirty[1::2]
    assert list(scan(SearchQuery(q="kokk -7 -8"))) == thirty[:7] + thirty[9:]
    assert list(scan(SearchQuery(q="murer"))) == []


@pytest.mark.parametrize("size", [1, 2, 29, 30, 31, 1000])
def test_the_last_chunk_may_be_full_short_or_the_only_one(thirty, monkeypatch, size):
    monkeypatch.setattr(service, "SCANNED", size)
    assert list(scan(SearchQuery())) == thirty


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


def test_no_point_in_time_stays_open_after_the_end_or_an_aborted_scan(thirty, engine):
    before = points_in_time(engine)
    assert len(list(scan(SearchQuery()))) == 30
    assert points_in_time(engine) == before
    results = scan(SearchQuery())
    next(results)
    assert len(points_in_time(engine) - before) == (engine.name == "opensearch")
    results.close()
    assert points_in_time(engine) == before


def test_no_point_in_time_stays_open_after_a_failure(thirty, engine, monkeypatch):
    before = points_in_time(engine)
    results = scan(SearchQuery())
    next(results)

    def down(*args: object, **kwargs: object):
        raise EngineDown("gone")

    if engine.name == "opensearch":
        monkeypatch.setattr("jobsearch.search.engines.opensearch.query_builder.build_scan_body", down)
    else:
        monkeypatch.setattr("jobsearch.search.engines.tantivy.schema.QueryCompiler.narrow_query", down)
    with pytest.raises(EngineDown, match="gone"):
        list(results)
    assert points_in_time(engine) == before


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
