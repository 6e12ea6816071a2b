"""Rollback to the previous index: with all changes since, and without any ad that has ended since."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from opensearchpy.exceptions import ConnectionTimeout

from jobsearch.search.api import EngineDown, SearchQuery, search
from jobsearch.search.engines.base import Written
from jobsearch.search.engines.opensearch import engine as opensearch
from jobsearch.search.errors import NoPrevious
from jobsearch.search.indexing import RebuildFailed, catching_up, compare, index_changes, live_index_writes, rebuild
from jobsearch.search.indexing.rollback import rollback
from jobsearch.search.models import IndexState
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.conftest import vacancy_data

from .conftest import EACH, OPENSEARCH

pytestmark = pytest.mark.django_db(transaction=True)
TANTIVY = ["tantivy"]
only_tantivy = pytest.mark.parametrize("engine", TANTIVY, indirect=True)
on_newest_opensearch = pytest.mark.parametrize("engine", EACH[1:], indirect=True)


def total(q: str = "") -> int:
    return search(SearchQuery(q=q)).total


def close(*uuids: uuid.UUID) -> None:
    with transaction.atomic():
        store.close_vacancies(uuids, Vacancy.Closed.FEED)


def change(key: uuid.UUID, title: str) -> None:
    with transaction.atomic():
        store.store_vacancies([vacancy_data(uuid=key, title=title, occupations=(), raw={"title": title})])


@only_tantivy
def test_without_a_previous_index_the_command_explains_why(engine, make_vacancy):
    make_vacancy()
    index_changes()
    rebuild()
    with pytest.raises(CommandError, match=r"keeps no previous index: it would hold the text.*rebuild_index"):
        call_command("rollback_index")
    assert total() == 1


@OPENSEARCH
def test_the_previous_index_is_restored_with_all_changes(engine, make_vacancy, capsys):
    keys = [make_vacancy(title=f"Kokk {number}", occupations=()) for number in range(8)]
    index_changes()
    first = engine.get_live_index().get_identity()
    rebuild()
    second = engine.get_live_index().get_identity()
    close(keys[0], keys[1])
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    close(keys[2])
    store.set_hidden(keys[3], True)
    change(keys[4], "Murer")
    make_vacancy(title="Snekker", occupations=())
    index_changes()  # into the live index, and marked as indexed
    close(keys[5])  # not yet
    call_command("rollback_index")
    # Two forgotten, one closed, one hidden, one changed, one new, and the one that was not yet indexed.
    assert "7 ads were updated" in capsys.readouterr().out
    assert engine.get_live_index().get_identity() == first
    assert (total("kokk"), total("murer"), total("snekker"), total()) == (2, 1, 1, 4)
    assert compare() == []
    assert index_changes().rebuilt == ""
    rollback()
    assert engine.get_live_index().get_identity() == second, "a rollback can be rolled back"
    assert (total(), compare()) == (4, [])


@on_newest_opensearch
def test_changes_during_a_rollback_are_not_lost_and_ended_ads_not_shown(engine, make_vacancy, monkeypatch):
    keys = [make_vacancy(title=f"Kokk {number}", occupations=()) for number in range(6)]
    index_changes()
    rebuild()
    catch_up, switch, passes = catching_up.catch_up, type(engine).switch, []

    def catch_up_under_writes(index):
        found = catch_up(index)
        passes.append(found.differed)
        if len(passes) == 1:
            close(keys[0])
            change(keys[1], "Murer")
            make_vacancy(title="Snekker", occupations=())
            index_changes()  # into the index that is still live
            assert total("kokk") == 4
        return found

    def switch_under_writes(self, index):
        close(keys[2])  # after the last catch-up
        make_vacancy(title="Baker", occupations=())
        assert index_changes().busy, "no writer works during the switch"
        switch(self, index)
        assert (total("kokk"), total()) == (3, 5), "closed after the last catch-up, and not shown either"

    monkeypatch.setattr(catching_up, "catch_up", catch_up_under_writes)
    monkeypatch.setattr(type(engine), "switch", switch_under_writes)
    monkeypatch.setattr(live_index_writes, "LEASE_WAIT", 0.0)
    rollback()
    assert passes == [0, 2], "the closed ad was removed under the lease; ads that need analysis took another pass"
    index_changes()
    assert (total("kokk"), total("murer"), total("snekker"), total("baker"), total()) == (3, 1, 1, 1, 6)
    assert compare() == []


@on_newest_opensearch
def test_an_ended_ad_that_the_previous_index_cannot_remove_is_not_shown(engine, make_vacancy, monkeypatch):
    key, _other = make_vacancy(), make_vacancy()
    index_changes()
    rebuild()
    close(key)
    index_changes()
    write = catching_up._write_all
    monkeypatch.setattr(
        catching_up,
        "_write_all",
        lambda index, writes: (
            Written(failed={one.uuid: "400" for one in writes if one.uuid == key}) if writes else write(index, [])
        ),
    )
    rollback()
    assert engine.get_live_index().read_stored([key])[key].visible_until > 0, "the index still has it"
    assert total() == 1, "and the database excludes it from searches"
    monkeypatch.undo()
    index_changes()
    assert (total(), compare()) == (1, [])


@on_newest_opensearch
def test_a_failed_rollback_leaves_the_index_live(engine, make_vacancy, monkeypatch):
    make_vacancy()
    index_changes()
    rebuild()
    before = engine.get_live_index().get_identity()

    def fail(index):
        raise RuntimeError("power cut")

    monkeypatch.setattr(catching_up, "catch_up", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        rollback()
    monkeypatch.undo()
    assert (engine.get_live_index().get_identity(), total()) == (before, 1)
    assert rollback().rebuilt, "and the previous index is still available"


@on_newest_opensearch
def test_an_index_newer_than_a_restored_database_is_refused(engine, make_vacancy):
    key = make_vacancy(title="Kokk")
    index_changes()
    change(key, "Baker")
    change(key, "Murer")
    index_changes()
    rebuild()
    before = engine.get_live_index().get_identity()
    Vacancy.objects.update(version=1, indexed_version=1)
    with pytest.raises(RebuildFailed, match="newer ads than the database"):
        rollback()
    assert engine.get_live_index().get_identity() == before


@on_newest_opensearch
def test_a_previous_index_is_kept_for_a_day_after_it_was_replaced(engine, make_vacancy, monkeypatch):
    make_vacancy()
    index_changes()
    with pytest.raises(NoPrevious, match="one is kept for a day"):
        rollback()
    oldest = engine.get_live_index().name
    rebuild()
    middle = engine.get_live_index().name
    rebuild()
    newest = engine.get_live_index().name
    left = engine._get_own_indices()
    assert {*left} == {middle, newest}, "the latest only"
    assert oldest not in left
    # Built long ago, replaced just now: the time of the replacement counts.
    engine._client.indices.put_mapping(index=middle, body={"_meta": {"complete": True}})
    monkeypatch.setattr(opensearch, "PREVIOUS_SECONDS", 3600)
    engine.prune()
    assert engine._get_own_indices()[middle]["mappings"]["_meta"]["left"] > 0
    monkeypatch.setattr(opensearch, "PREVIOUS_SECONDS", 0)
    engine.prune()
    assert {*engine._get_own_indices()} == {newest}
    assert total() == 1


@on_newest_opensearch
def test_an_index_of_another_version_is_refused_with_a_hint(engine, make_vacancy, monkeypatch):
    make_vacancy()
    index_changes()
    rebuild()
    monkeypatch.setattr(opensearch, "fingerprint", lambda: "another")
    with pytest.raises(NoPrevious, match=r"another version of the site\. Start that version and run manage.py rollback_index"):
        engine.open_previous_index()


@on_newest_opensearch
def test_a_rollback_is_refused_during_a_rebuild(engine, make_vacancy):
    make_vacancy()
    index_changes()
    rebuild()
    reports = []
    rebuild(lambda done, _: reports.append(rollback()))
    assert reports[0].busy
    assert IndexState.objects.count() == 1


@on_newest_opensearch
def test_a_switch_with_a_lost_response_leaves_an_index_live(engine, make_vacancy, monkeypatch):
    make_vacancy()
    index_changes()
    before = engine.get_live_index().get_identity()
    update = engine._client.indices.update_aliases

    def update_and_lose_the_answer(**how):
        update(**how)
        raise ConnectionTimeout("TIMEOUT", "lost", None)

    monkeypatch.setattr(engine._client.indices, "update_aliases", update_and_lose_the_answer)
    with pytest.raises(EngineDown):
        rebuild()
    monkeypatch.undo()
    assert total() == 1
    assert engine.get_live_index().get_identity() != before
    assert index_changes().rebuilt == "SEARCH_URL points at another one", "the switch was not recorded, so the index is rebuilt"
    assert (total(), compare()) == (1, [])
