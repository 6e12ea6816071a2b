"""Many counts in one request, and new ads before the others, on every engine."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search.analysis import spelling
from jobsearch.search.api import SearchQuery, count_by_day, count_many, search
from jobsearch.search.indexing import index_changes
from jobsearch.search.service import Counted
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.conftest import vacancy_data
from tests.web.support import prepare_documents

from .conftest import on_all

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def thirty(module_engine) -> list[uuid.UUID]:
    """Thirty ads published an hour apart, the newest first; every fifth was first seen now, the others three days ago."""
    now = timezone.now()
    ads = [vacancy_data(title=f"Kokk {n}", occupations=(), published=now - dt.timedelta(hours=n)) for n in range(30)]
    with transaction.atomic():
        store.store_vacancies(ads)
    Vacancy.objects.update(first_seen=now - dt.timedelta(days=3))
    # Before each test's own moment, where all tests begin at the same one (`--clock`), and on the same day.
    seen = max(now - dt.timedelta(seconds=10), timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0))
    Vacancy.objects.filter(uuid__in=[ad.uuid for ad in ads[::5]]).update(first_seen=seen)
    prepare_documents()
    index_changes()
    spelling.speller.refresh()
    return [ad.uuid for ad in ads]


@on_all("module_engine")
def test_each_of_many_counts_equals_the_total_of_its_page(thirty):
    day = timezone.now() - dt.timedelta(days=1)
    asked = ["kokk", "kokk 7", "kokkk", "murer", "kokk OR murer", "-kokk", '"kokk 3"', "kari@example.no", ""]
    counted = count_many([(SearchQuery(q=q), day) for q in asked])
    assert counted == [
        *[Counted(30, 6), Counted(1, 0), Counted(30, 6), Counted(0, 0), Counted(30, 6), Counted(0, 0), Counted(1, 0)],
        *[Counted(0, 0), Counted(30, 6)],
    ]
    narrowed = [SearchQuery(q="kokk", place=(place,)) for place in ("VESTLAND", "UTLAND/HELLAS")]
    assert [counted.total for counted in count_many([(query, None) for query in narrowed])] == [30, 0]
    assert count_many([]) == []


def test_an_unreadable_filter_finds_nothing(thirty):
    query, _problems = SearchQuery.from_address("q=kokk&published=2020-01-01")
    page = search(query)
    assert (page.total, page.hits, count_many([(query, None)])) == (0, (), [Counted()])
    assert not any(page.counts["place"].values())


@on_all("module_engine")
@pytest.mark.parametrize("size", [25, 50])
@pytest.mark.parametrize("q", ["", "kokk"])
def test_new_ads_come_first_and_then_the_others(thirty, q, size):
    query = SearchQuery(q=q, sort="published", since=int((timezone.now() - dt.timedelta(days=1)).timestamp()), size=size)
    expected = thirty[::5] + [ad for n, ad in enumerate(thirty) if n % 5]
    pages = [search(query.replace(page=number)) for number in range(1, 30 // size + 2)]
    assert [uuid for page in pages for uuid in page.uuids] == expected
    assert {(page.total, page.new) for page in pages} == {(30, 6)}
    assert pages[0].counts == search(query.replace(since=0)).counts
    assert search(query.replace(since=int(timezone.now().timestamp()) + 60)).new == 0


@on_all("module_engine")
def test_daily_counts_equal_the_pages_of_each_day(thirty):
    now = timezone.now()
    asked = ["kokk", "kokkk", "murer", '"kokk 3"', "kari@example.no", ""]  # the second is corrected as on its page
    counted = count_by_day([(SearchQuery(q=q), now - dt.timedelta(days=1)) for q in asked], 30)
    assert [(one.total, one.new) for one in counted] == [(30, 6), (30, 6), (0, 0), (1, 0), (0, 0), (30, 6)]
    assert [(one.days[-1], one.days[-4], sum(one.days), len(one.days)) for one in counted[:3]] == [
        *[(6, 24, 30, 30)] * 2,
        (0, 0, 0, 30),
    ]
    narrowed = [SearchQuery(q="kokk", place=(place,)) for place in ("VESTLAND", "UTLAND/HELLAS")]
    assert [one.total for one in count_by_day([(query, now) for query in narrowed], 7)] == [30, 0]
    assert count_by_day([], 30) == []


@pytest.mark.parametrize("days", [1, 2, 5])
def test_an_ad_of_before_the_line_is_in_the_total_only(thirty, days):
    (counted,) = count_by_day([(SearchQuery(), timezone.now())], days)
    assert (counted.total, counted.new, sum(counted.days)) == (30, 0, 6 if days < 4 else 30)


def test_many_daily_counts_take_one_request(thirty, module_engine, monkeypatch):
    calls: list[int] = []
    original = module_engine.count_many
    monkeypatch.setattr(module_engine, "count_many", lambda asked: calls.append(len(asked)) or original(asked))
    moments = [timezone.now() - dt.timedelta(hours=n) for n in range(60)]
    counted = count_by_day([(SearchQuery(q=f"kokk {n % 30}"), moment) for n, moment in enumerate(moments)], 30)
    assert calls == [60] and {one.total for one in counted} == {1}
