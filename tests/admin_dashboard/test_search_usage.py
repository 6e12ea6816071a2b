"""What visitors search for: words without hits from five different days on, no person, no query; filters and slow searches."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from django.utils import timezone

from jobsearch.search import usage
from jobsearch.search.api import SearchQuery, search
from jobsearch.search.models import MissedWord, SearchUsage
from tests.web.page import Page

pytestmark = pytest.mark.django_db
PAGE = "/admin/besokendes-sok/"


@pytest.fixture(autouse=True)
def fresh(index):
    usage.forget()
    yield
    usage.forget()


@pytest.fixture
def administrator(client):
    client.force_login(User.objects.create_superuser("administrator", password="x"))
    return client


def look_for(text: str, *days: int, now: dt.datetime | None = None) -> None:
    """Searches without hits on these days of the month."""
    for day in days:
        with time_machine.travel(dt.datetime(2026, 11, day, 11, tzinfo=dt.UTC), tick=False):
            usage.note_search(SearchQuery(q=text), search_nothing(), 0.01)
            usage.flush_usage()


def search_nothing():
    from jobsearch.search.page import Page as Found

    return Found(hits=(), total=0, counts={}, understood=True)


def read_database() -> str:
    rows = [row for name in ("MissedWord", "SearchUsage") for row in apps.get_model("search", name).objects.all()]
    return serializers.serialize("json", rows)


def test_a_word_of_four_days_is_not_stored(administrator):
    look_for("glassblåser", 1, 2, 3, 4, 4, 4)
    assert MissedWord.objects.get().number == 6
    assert "glassblåser" not in read_database()
    assert json.loads(read_database())[0]["pk"] == usage.compute_digest("glassblåser")
    assert "glassblåser" not in Page(administrator.get(PAGE)).text()
    look_for("Glassblåser", 5)
    cells = [cell.text_content() for cell in Page(administrator.get(PAGE)).all("(//tbody)[1]//tr/*")]
    assert cells == ["glassblåser", "5", "7"]


def test_names_of_contacts_are_never_stored(make_vacancy):
    make_vacancy()  # its contact is Kari Nordmann
    look_for("nordmann", *range(1, 10))
    assert "nordmann" not in read_database()


@pytest.mark.parametrize(
    "text", ["kari@firma.no", "22 33 44 55", "010170 12345", "ab", "x" * 40, "hjelp123", "https://firma.no/kari"]
)
def test_numbers_addresses_and_long_strings_are_no_words(text):
    assert usage.find_words(text) == []


def test_neither_queries_nor_values_are_stored():
    query = SearchQuery(q="glassblåser hos Ola Hansen", place=("VESTLAND/BERGEN",))
    usage.note_search(query, search_nothing(), 0.8)
    usage.flush_usage()
    stored = read_database()
    assert [word for word in ("glassblåser", "Hansen", "hansen", "BERGEN") if word in stored] == []
    assert set(SearchUsage.objects.values_list("kind", "key", "number")) == {
        ("filter", "place", 1),
        ("slow", "4 words, place, relevance", 1),
    }
    usage.note_search(query, search_nothing(), 1.5)
    usage.flush_usage()
    assert set(SearchUsage.objects.values_list("kind", "number", "seconds")) == {("filter", 2, 0), ("slow", 2, 1.5)}


def test_a_real_search_is_counted_once(client, django_assert_max_num_queries):
    from jobsearch.search.indexing import index_changes

    index_changes()
    client.get("/?q=glassbl%C3%A5ser&extent=Deltid")
    assert not SearchUsage.objects.exists()
    usage.flush_usage()
    assert ("filter", "extent", 1) in set(SearchUsage.objects.values_list("kind", "key", "number"))
    assert MissedWord.objects.filter(digest=usage.compute_digest("glassblåser"), number=1).exists()


def test_memory_is_bounded():
    for number in range(3 * usage.MAX_PENDING):
        word = "".join(chr(97 + int(digit)) for digit in f"{number:06}")
        usage.note_search(SearchQuery(q=word), search_nothing(), 0.01)
    assert len(usage._missed) <= usage.MAX_PENDING + usage.MAX_WORDS


def test_old_counts_are_deleted():
    look_for("glassblåser", 1)
    usage.note_search(SearchQuery(extent=("Deltid",)), search_nothing(), 0.01)
    usage.flush_usage()
    assert usage.delete_old_usage(timezone.now()) == (1 if timezone.now() > dt.datetime(2026, 12, 1, 11, tzinfo=dt.UTC) else 0)
    assert usage.delete_old_usage(timezone.now() + dt.timedelta(days=32)) + usage.delete_old_usage(timezone.now()) >= 1


def test_the_page_needs_the_permission_to_view_the_overview(client):
    client.force_login(User.objects.create_user("leser", is_staff=True))
    assert client.get(PAGE).status_code == 403


def test_the_real_search_gives_what_the_counter_needs():
    from jobsearch.search.indexing import index_changes

    index_changes()
    assert search(SearchQuery(q="glassblåser")).total == 0


def test_random_words_do_not_fill_the_table(administrator, monkeypatch):
    monkeypatch.setattr(usage, "MAX_MISSED", 2)
    look_for("aaaa bbbb cccc", 1)
    look_for("aaaa dddd", 2)
    digests = {usage.compute_digest(word) for word in ("aaaa", "bbbb")}
    assert {row.digest for row in MissedWord.objects.all()} == digests
    assert MissedWord.objects.get(digest=usage.compute_digest("aaaa")).number == 2, "known words are counted on"
