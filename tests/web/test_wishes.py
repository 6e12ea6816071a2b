"""Results of a wish such as "uten erfaring": which ads, in which order, and the sentence about it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from jobsearch.search import api as search
from jobsearch.search.analysis.requirement_kinds import CONDITIONS, REQUIREMENTS
from jobsearch.web.presenters.wishes import LABELS
from tests.web.support import ads, own_index  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
SAYS = "<p>Erfaring er ikke nødvendig.</p>"
DEMANDS = "<p>Du må ha minst to års erfaring.</p>"


@pytest.fixture
def cooks(ads):  # noqa: F811 - the fixture
    now = timezone.now()
    texts = (SAYS, "<p>Trivelig kjøkken.</p>", DEMANDS)
    return ads(
        *(
            {"title": "Kokk", "description": text, "published": now - dt.timedelta(hours=3 - number)}
            for number, text in enumerate(texts)
        )
    )


def test_ads_that_demand_it_are_left_out_in_every_order(cooks):
    says, silent, _demands = cooks
    assert search.search(search.SearchQuery("kokk uten erfaring")).uuids == [says, silent]
    assert search.search(search.SearchQuery("kokk uten erfaring", sort="published")).uuids == [silent, says]
    assert search.count(search.SearchQuery("kokk uten erfaring")) == 2


def test_without_a_job_only_ads_that_say_so_are_found(cooks):
    found = search.search(search.SearchQuery("jobb uten erfaring"))
    assert (found.uuids, found.only_stated) == ([cooks[0]], True)


def test_where_no_ad_says_so_those_that_do_not_demand_it_are_found(ads):  # noqa: F811 - the fixture
    silent, _demands = ads({"title": "Kokk"}, {"title": "Kokk", "description": DEMANDS})
    query = search.SearchQuery("jobb uten erfaring")
    found = search.search(query)
    assert (found.uuids, found.is_silent) == ([silent], True)
    assert search.count(query) == 1
    assert [*search.scan(query)] == [silent]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("?q=kokk+uten+erfaring", "Annonser som sier dette, står først. De som krever det, er utelatt."),
        ("?q=kokk+uten+erfaring&sort=published", "Uten krav om erfaring: Annonser som krever det, er utelatt."),
        ("?q=jobb+uten+erfaring", "Viser annonser som sier at de ikke krever erfaring."),
        ("?q=jobb+uten+f%C3%B8rerkort", "Ingen annonser sier at de ikke krever førerkort."),
        ("?q=kokk+uten+nattarbeid", "Uten nattarbeid: Annonser som nevner det, er utelatt."),
    ],
)
def test_the_page_says_how_the_wish_was_read(client, cooks, address, sentence):
    assert sentence in client.get(f"/{address}").content.decode()


def test_every_kind_has_a_label():
    assert {*LABELS} == {*REQUIREMENTS, *CONDITIONS}
