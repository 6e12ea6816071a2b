"""Scan of all hits: the same ads as the pages show, each once, also if ads change during the scan."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search import service
from jobsearch.search.api import EngineDown, SearchQuery, scan
from jobsearch.search.engines.base import Engine
from jobsearch.search.indexing import index_changes
from jobsearch.vacancies import store
from tests.conftest import vacancy_data
from tests.web.support import prepare_documents

from .conftest import on_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scan_in_chunks(monkeypatch) -> None:
    monkeypatch.setattr(service, "SCANNED", 7)


@pytest.fixture(scope="module")
def thirty(module_engine) -> list[uuid.UUID]:
    return store_thirty()


def store_thirty() -> list[uuid.UUID]:
    """Thirty ads an hour apart, the newest first; a scan requests seven hits at a time."""
    now = timezone.now()
    ads = [
        vacancy_data(title=f"Kokk {n}", occupations=(), extent=("Heltid", "Deltid")[n % 2], published=now - dt.timedelta(hours=n))
        for n in range(30)
    ]
    with transaction.atomic():
        store.store_vacancies(ads)
    prepare_documents()
    index_changes()
    return [ad.uuid for ad in ads]


def points_in_time(engine: Engine) -> set[str]:
    """The open points in time of the server; the embedded engine has none."""
    if engine.name == "tantivy":
        return set()
    return {pit["pit_id"] for pit in engine._client.get_all_pits().get("pits", [])}


@on_all("module_engine")
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


@on_all("module_engine")
def test_no_point_in_time_stays_open_after_the_end_or_an_aborted_scan(thirty, module_engine):
    before = points_in_time(module_engine)
    assert len(list(scan(SearchQuery()))) == 30
    assert points_in_time(module_engine) == before
    results = scan(SearchQuery())
    next(results)
    assert len(points_in_time(module_engine) - before) == (module_engine.name == "opensearch")
    results.close()
    assert points_in_time(module_engine) == before


@on_all("module_engine")
def test_no_point_in_time_stays_open_after_a_failure(thirty, module_engine, monkeypatch):
    before = points_in_time(module_engine)
    results = scan(SearchQuery())
    next(results)

    def down(*args: object, **kwargs: object):
        raise EngineDown("gone")

    if module_engine.name == "opensearch":
        monkeypatch.setattr("jobsearch.search.engines.opensearch.query_builder.build_scan_body", down)
    else:
        monkeypatch.setattr("jobsearch.search.engines.tantivy.schema.QueryCompiler.narrow_query", down)
    with pytest.raises(EngineDown, match="gone"):
        list(results)
    assert points_in_time(module_engine) == before
