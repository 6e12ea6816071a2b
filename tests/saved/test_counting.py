"""Cost of the list of saved searches: one request to the engine for any number of them."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobsearch.saved.searches.views import MAX_SEARCHES
from jobsearch.search import api as search
from jobsearch.search.analysis import spelling
from jobsearch.search.engines import registry
from tests.web.page import Page

LIST = "/lagrede-sok/"


@pytest.fixture
def asked(monkeypatch, own_index) -> list[str]:
    """Names of the called methods of the engine; each call is one request if the engine is a server."""
    engine, called = registry.engine(), []

    def counted(name):
        original = getattr(engine, name)
        return lambda *args: called.append(name) or original(*args)

    for name in ("search", "count_many", "count_hits", "scan"):
        monkeypatch.setattr(engine, name, counted(name))
    cache.clear()
    return called


@pytest.mark.parametrize("number", [1, 25, 101, MAX_SEARCHES])
def test_list_page_makes_one_engine_request(logged_in, recruiter, ads, asked, number):
    ads({"title": "Kokk"})
    for n in range(number):
        recruiter.saved_searches.create(
            name=f"Søk {n:03}", params=f"q=kokk&size={50 if n % 2 else 100}&sort=published&employer=E{n}&employer=Sykehuset"
        )
    logged_in.get("/om/")  # the first request of a login stores its device
    asked.clear()
    with CaptureQueriesContext(connection) as captured:
        page = Page(logged_in.get(LIST))
    assert asked == ["count_many"]
    assert len(captured) <= 13
    shown = page.all("//*[@data-total]")
    assert len(shown) == number and {one.get("data-total") for one in shown} == {"1"}


def test_searches_without_hits_make_three_requests_together(logged_in, recruiter, ads, asked):
    ads({"title": "Kokk"}, {"title": "Sykepleier"})
    spelling.speller.refresh()
    for n in range(25):
        recruiter.saved_searches.create(name=f"Søk {n}", params=f"q=sykepleeir{'+x' * (n % 2)}&size=50&place=UTLAND%2FX{n}")
    recruiter.saved_searches.all()[24].delete()
    recruiter.saved_searches.create(name="Aa", params="q=sykepleeir")
    asked.clear()
    page = Page(logged_in.get(LIST))
    assert len(asked) <= 4 and set(asked) == {"count_many", "count_hits"}
    assert page.all("//*[@data-total]")[0].get("data-total") == "2", "counted as the page finds it, by the corrected word"
    assert search.search(search.SearchQuery(q="sykepleeir")).total == 2


def test_counts_are_cached_until_a_search_is_marked_as_seen(logged_in, recruiter, ads, asked):
    ads({"title": "Kokk"})
    saved = recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    asked.clear()
    for _ in range(3):
        assert Page(logged_in.get(LIST)).total == 1
    assert asked == ["count_many"]
    logged_in.post(f"{LIST}{saved.pk}/sett/")
    assert Page(logged_in.get(LIST)).one("//*[@data-new]").get("data-new") == "0"
    assert asked == ["count_many", "count_many"]


def test_list_works_while_the_cache_is_down(logged_in, recruiter, ads, settings, caplog):
    ads({"title": "Kokk"})
    recruiter.saved_searches.create(name="Kokker", params="q=kokk")
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9"}}
    assert Page(logged_in.get(LIST)).total == 1
    assert "CACHE_URL" in caplog.text


def test_count_many_equals_single_counts(ads, recruiter):
    ads({"title": "Kokk"}, {"title": "Baker"}, {"title": "Sykepleier"})
    spelling.speller.refresh()
    texts = ["kokk", "sykepleeir", "kokk OR baker", "-kokk", "xylofon", "kari@example.no", "", '"kokk"', "01010750160"]
    queries = [search.SearchQuery(q=q) for q in texts]
    counted = search.count_many([(query, None) for query in queries])
    for query, one in zip(queries, counted, strict=True):
        if query.q in {"kari@example.no", "01010750160"}:
            assert one.total == 0
        else:
            assert one.total == search.count(query) == search.search(query).total, query.q
