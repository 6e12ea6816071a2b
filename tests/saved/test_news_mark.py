"""Mark in the header: how many saved searches have new ads, counted at most each two minutes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from jobsearch.saved.models import SearchInvitation
from jobsearch.search import api as search
from tests.web.page import Page

NEWS = "/lagrede-sok/nye.json"
LONG_AGO = timezone.now() - dt.timedelta(days=300)
pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(client, recruiter, ads):
    """Three searches of the recruiter: one with a new ad, one whose ads are all seen, one without ads."""
    client.force_login(recruiter)
    ads({"title": "Kokk"}, {"title": "Baker"})
    make = recruiter.saved_searches.create
    return [
        make(name="Kokk", params="q=kokk", last_looked=LONG_AGO),
        make(name="Baker", params="q=baker", last_looked=timezone.now() + dt.timedelta(minutes=1)),
        make(name="Murer", params="q=murer", last_looked=LONG_AGO),
    ]


def test_searches_with_new_ads_are_counted_until_they_are_seen(client, saved):
    assert client.get(NEWS).json() == {"searches": 1, "text": "1 lagret søk har nye stillinger"}
    client.post(f"/lagrede-sok/{saved[0].pk}/sett/")
    assert client.get(NEWS).json()["searches"] == 0


def test_a_colleagues_search_counts_with_the_looks_of_its_reader(client, saved, django_user_model):
    ola = django_user_model.objects.create_user("ola")
    SearchInvitation.objects.create(search=saved[1], colleague=ola, address="ola@example.no", last_looked=LONG_AGO)
    client.force_login(ola)
    assert client.get(NEWS).json()["searches"] == 1


def test_the_engine_gets_no_second_request_within_minutes(client, saved, monkeypatch):
    assert client.get(NEWS).json()["searches"] == 1
    monkeypatch.setattr(search, "count_by_day", None)
    assert client.get(NEWS).json()["searches"] == 1


def test_without_searches_and_with_an_engine_that_is_down_nothing_is_shown(client, recruiter, saved, monkeypatch):
    def fail(*_arguments):
        raise search.EngineDown("The engine does not answer.")

    monkeypatch.setattr(search, "count_by_day", fail)
    response = client.get(NEWS)
    assert response.json() == {"searches": None, "text": ""} and "no-store" in response["Cache-Control"]
    recruiter.saved_searches.all().delete()
    assert client.get(NEWS).json()["searches"] == 0


def test_the_page_has_the_mark_only_with_an_account(client, saved):
    (mark, second) = Page(client.get("/om/")).all("//*[contains(@class, 'news-mark')]")
    assert mark.get("data-news") == NEWS and mark.get("hidden") is not None and second.get("hidden") is not None
    client.logout()
    assert not Page(client.get("/om/")).all("//*[contains(@class, 'news-mark')]")
    assert client.get(NEWS, headers={"accept": "application/json"}).json() == {"searches": None, "text": ""}
