"""Matching of a few ads with many searches, on every engine: the same ads as searching one by one."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search import matching
from jobsearch.search.analysis import spelling
from jobsearch.search.api import SearchQuery, match_ads, search
from jobsearch.search.engines.base import Engine
from jobsearch.search.indexing import index_changes
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Moderation, Vacancy
from tests.conftest import in_days, vacancy_data

from .conftest import on_all

pytestmark = pytest.mark.django_db
TITLES = ["Kokk", "Kokk i kantine", "Sykepleier", "Spesialsykepleier natt", "Lærer", "Butikkmedarbeider", "Murer og kokk"]
ADDRESSES = [
    "",
    "q=kokk",
    "q=kokkk",  # corrected, because nothing is found as typed
    "q=sykepleier&place=VESTLAND",
    "q=sykepleier&place=OSLO",
    "q=l%C3%A6rer+ikke+natt",
    "q=kokk+OR+murer&extent=Heltid",
    "q=kokk+zzzz",
    "q=%22murer+og+kokk%22",
    "place=VESTLAND%2FBERGEN&not_engagement=Fast",
    "published=2020-01-01",
    "employer=Sykehuset",
    "near=VESTLAND%2FBERGEN&km=25",
    "q=finnesikke",
    "deadline=alle&q=kokk",
]


def first_seen(uuids) -> dict:
    return dict(Vacancy.objects.filter(uuid__in=uuids).values_list("uuid", "first_seen"))


@pytest.fixture(scope="module")
def stored(module_engine):
    """Ads of every title twice, one with a passed deadline; the last two have been closed and hidden since they were indexed."""
    ads = [vacancy_data(title=title, occupations=()) for title in TITLES * 2]
    ads[7] = dataclasses.replace(ads[7], application_due=(in_days(-3)).date().isoformat())
    with transaction.atomic():
        store.store_vacancies(ads)
    index_changes()
    spelling.speller.refresh()
    uuids = [ad.uuid for ad in ads]
    moment = timezone.now() - dt.timedelta(days=9)  # some close to each other, some days apart, each with others in between
    for number, uuid in enumerate(uuids):
        Vacancy.objects.filter(uuid=uuid).update(first_seen=moment + dt.timedelta(seconds=number * number * 0.7), version=2)
    index_changes()
    with transaction.atomic():
        store.close_vacancies([uuids[0]], Vacancy.Closed.FEED)
    Moderation.objects.create(uuid=uuids[2])
    Vacancy.objects.filter(uuid=uuids[2]).update(version=99)
    return uuids


@on_all("module_engine")
@pytest.mark.parametrize("few", [50, 0], ids=["by ids", "by a range where it is narrow"])
def test_a_match_is_what_the_page_shows(stored, monkeypatch, few):
    monkeypatch.setattr(matching, "FEW", few)
    queries = [SearchQuery.from_address(address)[0] for address in ADDRESSES]
    shown = [set(search(query.replace(size=100)).uuids) for query in queries]
    for new in (stored[:5], stored[5:9], stored, [stored[3]], [stored[1], stored[13]], stored[::2]):
        expected = [on_page & set(new) for on_page in shown]
        assert match_ads(queries, first_seen(new)) == expected
        assert any(expected) or len(new) == 1
    assert match_ads([SearchQuery(q="kari@example.no")], first_seen(stored)) == [set()]
    assert match_ads([], first_seen(stored)) == [] and match_ads(queries[:2], {}) == [set(), set()]


def test_many_searches_take_a_fixed_number_of_requests(stored, module_engine: Engine, monkeypatch):
    calls: list[int] = []
    for name in ("find_many", "count_hits"):
        original = getattr(module_engine, name)
        monkeypatch.setattr(module_engine, name, lambda asked, call=original: calls.append(len(asked)) or call(asked))
    counts = []
    for number in (10, 40):
        calls.clear()
        match_ads([SearchQuery(q=q) for q in ("kokk", "murer")] * number, first_seen(stored))
        counts.append(len(calls))
    assert counts[0] == counts[1] <= 3
