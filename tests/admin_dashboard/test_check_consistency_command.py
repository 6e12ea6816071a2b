"""`manage.py check_consistency`: lists every difference, and repairs it with --repair."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db.models import F

from ingest.models import FeedState
from jobsearch.search import api as search
from jobsearch.search.api import SearchQuery
from jobsearch.search.engines.base import Write
from jobsearch.search.engines.registry import engine
from jobsearch.vacancies.models import Vacancy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ads(feed, index, command) -> list[str]:
    """Three ads that are the same in feed, database and index."""
    published = [feed.publish() for _ in range(3)]
    assert command("sync").code == 0
    return published


def forget_in_index(uuid: str) -> None:
    held = engine().get_live_index()
    held.write([Write(UUID(uuid), 1, None, purge=True)])
    held.refresh()
    held.close()


def test_exit_code_0_without_differences(ads, command):
    answer = command("check_consistency", "--feed", "--json")
    assert answer.code == 0, answer.out
    assert answer.json["differences"] == 0
    assert "Database and index are equal" in command("check_consistency").out


def test_an_ad_missing_in_the_index_is_listed_and_repaired(ads, command):
    forget_in_index(ads[1])
    answer = command("check_consistency", "--json")
    assert answer.code == 1
    assert [(one["kind"], one["uuid"]) for one in answer.json["found"]] == [("missing", ads[1])]
    assert ads[1] in command("check_consistency").out
    repair = command("check_consistency", "--repair", "--json")
    assert (repair.code, len(repair.json["repaired"]), repair.json["left"]) == (0, 1, [])
    assert command("check_consistency").code == 0
    assert search.search(SearchQuery()).total == 3


def test_an_ad_that_is_not_yet_indexed_is_a_difference(ads, command):
    Vacancy.objects.filter(uuid=ads[0]).update(version=F("version") + 1)
    assert command("check_consistency", "--json").json["found"][0]["kind"] == "stale"


def test_a_missing_index_is_one_difference_and_is_built(ads, settings, tmp_path, command):
    settings.SEARCH_URL = f"embedded://{tmp_path}/another"
    answer = command("check_consistency", "--json")
    assert (answer.code, answer.json["found"][0]["kind"]) == (1, "index")
    assert "the whole index" in command("check_consistency").out
    assert command("check_consistency", "--repair").code == 0
    assert search.search(SearchQuery()).total == 3


def test_a_silent_change_in_the_feed_is_found_and_repaired_without_moving_the_cursor(ads, feed, command):
    feed.edit_silently(ads[0])
    feed.close_silently(ads[1])
    before = FeedState.objects.values("page_id", "lines_read").get()
    assert command("check_consistency").code == 0
    answer = command("check_consistency", "--feed", "--json")
    assert answer.code == 1
    assert {one["uuid"]: one["kind"] for one in answer.json["found"]} == {
        ads[0]: "differs",
        ads[1]: "never closed by the feed",
    }
    assert FeedState.objects.values("page_id", "lines_read").get() == before
    repair = command("check_consistency", "--feed", "--repair")
    assert repair.code == 0, repair.out + repair.err
    assert repair.out.count("repaired: ") == 2
    assert command("check_consistency", "--feed").code == 0
    assert search.search(SearchQuery()).total == 2


def test_a_difference_that_cannot_be_repaired_is_left(ads, feed, command):
    feed.edit_silently(ads[0])
    feed.detail_fails_for_good(ads[0])
    answer = command("check_consistency", "--feed", "--repair", "--json")
    assert answer.code == 1
    assert [one["uuid"] for one in answer.json["left"]] == [ads[0]]


def test_exit_code_2_if_the_feed_is_down(ads, feed, command, settings):
    feed.server.stop()
    answer = command("check_consistency", "--feed", "--json")
    assert answer.code == 2
    assert "error" in answer.json


def test_exit_code_2_if_the_engine_is_down(ads, command, monkeypatch):
    def down(*arguments, **options):
        raise search.EngineDown("Start OpenSearch.")

    monkeypatch.setattr("jobsearch.search.indexing.compare", down)
    answer = command("check_consistency", "--json")
    assert (answer.code, answer.json["reason"]) == (2, "engine-down")
