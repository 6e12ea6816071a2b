"""A walk through all hits: the same ads as the pages show, each once, whatever changes on the way."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search import service
from jobsearch.search.api import EngineDown, IndexMissing, QueryError, SearchQuery, index_changes, rebuild, scan, search
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.conftest import vacancy_data

from .conftest import OPENSEARCH

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thirty(engine, monkeypatch) -> list[uuid.UUID]:
    """Thirty ads an hour apart, the newest first; hits are asked for seven at a time."""
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
    """Those that the server keeps for readers; the embedded engine keeps none."""
    if engine.name == "tantivy":
        return set()
    return {one["pit_id"] for one in engine._client.get_all_pits().get("pits", [])}


@pytest.mark.parametrize("sort", ["relevance", "published", "deadline"])
def test_it_is_every_hit_once_the_newest_first_whatever_the_order_of_the_pages(thirty, sort):
    assert list(scan(SearchQuery(q="kokk", sort=sort, page=2))) == thirty
    assert list(scan(SearchQuery(sort=sort))) == thirty
    assert list(scan(SearchQuery(q="kokk", extent=("Deltid",)))) == thirty[1::2]
    assert list(scan(SearchQuery(q="kokk -7 -8"))) == thirty[:7] + thirty[9:]
    assert list(scan(SearchQuery(q="murer"))) == []


@pytest.mark.parametrize("size", [1, 2, 29, 30, 31, 1000])
def test_the_last_piece_may_be_full_short_or_the_only_one(thirty, monkeypatch, size):
    monkeypatch.setattr(service, "SCANNED", size)
    assert list(scan(SearchQuery())) == thirty


def test_ads_of_one_order_are_each_met_once(engine, monkeypatch):
    """The number that hits are ordered by holds 29 bits of the uuid: these share it."""
    monkeypatch.setattr(service, "SCANNED", 3)
    moment = timezone.now() - dt.timedelta(hours=1)
    same = [uuid.UUID(int=(0xABCDEF01 << 96) + n) for n in range(11)]
    ads = [vacancy_data(uuid=key, published=moment) for key in same]
    ads += [vacancy_data(published=moment + dt.timedelta(minutes=sign)) for sign in (-1, 1)]
    with transaction.atomic():
        store.store_vacancies(ads)
    index_changes()
    walked = list(scan(SearchQuery()))
    assert len(walked) == 13
    assert {*walked[1:12]} == {*same}
    assert (walked[0], walked[12]) == (ads[12].uuid, ads[11].uuid)


def test_what_is_closed_hidden_or_over_is_left_out_as_on_the_pages(thirty):
    close(thirty[3])
    store.set_hidden(thirty[5], True)
    left = [key for key in thirty if key not in {thirty[3], thirty[5]}]
    assert list(scan(SearchQuery())) == left, "before the index knows"
    index_changes()
    assert list(scan(SearchQuery())) == left
    over = Vacancy.objects.get(uuid=thirty[0]).visible_until
    assert list(scan(SearchQuery(), over)) == search(SearchQuery(), over).uuids == []


def test_a_typing_error_is_put_right_as_on_the_page(engine, make_vacancy):
    key = make_vacancy(title="Sykepleier")
    index_changes()
    assert search(SearchQuery(q="sykepeier")).corrected
    assert list(scan(SearchQuery(q="sykepeier"))) == [key]


def test_what_changes_on_the_way_moves_nothing(thirty, engine, make_vacancy):
    """As the index was at the first hit: nobody is met twice or left out since others came and went."""
    walk = scan(SearchQuery())
    met = [next(walk) for _ in range(9)]
    close(*thirty[10:20])
    for _ in range(5):
        make_vacancy(title="Ny")
    index_changes()
    rebuild()
    assert met + list(walk) == thirty
    assert len(list(scan(SearchQuery()))) == 25


def test_nothing_is_left_open_after_the_end_or_a_reader_who_leaves(thirty, engine):
    before = points_in_time(engine)
    assert len(list(scan(SearchQuery()))) == 30
    assert points_in_time(engine) == before
    walk = scan(SearchQuery())
    next(walk)
    assert len(points_in_time(engine) - before) == (engine.name == "opensearch")
    walk.close()
    assert points_in_time(engine) == before


def test_nothing_is_left_open_after_a_failure(thirty, engine, monkeypatch):
    before = points_in_time(engine)
    walk = scan(SearchQuery())
    next(walk)

    def down(*args: object, **kwargs: object):
        raise EngineDown("gone")

    if engine.name == "opensearch":
        monkeypatch.setattr("jobsearch.search.engines.opensearch.query_builder.scan_body", down)
    else:
        monkeypatch.setattr("jobsearch.search.engines.tantivy.schema.Compiler.both", down)
    with pytest.raises(EngineDown, match="gone"):
        list(walk)
    assert points_in_time(engine) == before


@OPENSEARCH
def test_a_point_in_time_that_ran_out_is_an_error_and_no_end(thirty, engine):
    walk = scan(SearchQuery())
    next(walk)
    engine._client.delete_pit(body={"pit_id": [*points_in_time(engine)]})
    with pytest.raises(EngineDown):
        list(walk)


def test_it_is_refused_like_the_page(engine):
    with pytest.raises(IndexMissing):
        scan(SearchQuery())
    with pytest.raises(QueryError):
        scan(SearchQuery(q="kari@nordmann.example"))
