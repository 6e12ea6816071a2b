"""Indexing: the index follows the database; closed ads are removed, late writes refused, and a rebuild loses nothing."""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobsearch.core import leases
from jobsearch.core.leases import Lease
from jobsearch.search.api import SearchQuery, find_similar, search
from jobsearch.search.engines.base import Write
from jobsearch.search.errors import IndexMissing
from jobsearch.search.indexing import (
    analysis_process,
    chunks,
    compare,
    consistency,
    erase,
    index_changes,
    live_index,
    rebuild,
    repair,
)
from jobsearch.search.indexing.documents import make_write
from jobsearch.search.models import IndexState
from jobsearch.vacancies import pending, store
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Tombstone, Vacancy
from tests.conftest import vacancy_data

from .conftest import ON_EMBEDDED, on_all

pytestmark = pytest.mark.django_db(transaction=True)


def total(q: str = "", now: dt.datetime | None = None) -> int:
    return search(SearchQuery(q=q), now).total


def close(*uuids: uuid.UUID) -> None:
    with transaction.atomic():
        store.close_vacancies(uuids, Vacancy.Closed.FEED)


def change(key: uuid.UUID, **fields) -> None:
    with transaction.atomic():
        store.store_vacancies([vacancy_data(uuid=key, raw=fields, **fields)])


@on_all("engine")
def test_a_missing_index_is_reported_and_built_by_the_next_run(engine, make_vacancy):
    make_vacancy()
    with pytest.raises(IndexMissing, match="rebuild_index"):
        total()
    assert [difference.kind for difference in compare()] == ["index"]
    assert index_changes().rebuilt == "none has been built"
    assert total() == 1
    assert compare() == []


def test_an_update_replaces_the_document(engine, make_vacancy):
    key = make_vacancy(title="Kokk", description="<p>Pizza</p>", occupations=())
    index_changes()
    assert (total("kokk"), total("pizza"), total("baker")) == (1, 1, 0)
    change(key, title="Baker", description="<p>Brød</p>", occupations=())
    assert index_changes().indexed == 1
    assert (total("kokk"), total("pizza"), total("baker"), total()) == (0, 0, 1, 1)
    assert index_changes().indexed == 0


def test_a_closed_ad_is_removed_at_once_from_hits_and_counts(engine, make_vacancy):
    key = make_vacancy()
    make_vacancy()
    index_changes()
    close(key)
    page = search(SearchQuery())
    assert (page.total, page.counts["place"]["VESTLAND/BERGEN"]) == (1, 1)
    assert key not in page.uuids
    index_changes()
    assert engine.get_live_index().read_stored([key])[key].visible_until == 0, (
        "an empty document stays, so that late writes are refused"
    )
    assert total() == 1


def test_an_ad_expires_at_midnight_without_indexing(engine, make_vacancy):
    make_vacancy(expires=timezone.now())
    index_changes()
    midnight = Vacancy.objects.get().visible_until
    assert total(now=midnight - dt.timedelta(seconds=1)) == 1
    assert total(now=midnight) == 0
    assert total(now=midnight + dt.timedelta(seconds=59)) == 0


def test_a_hidden_ad_is_removed_at_once_and_can_be_shown_again(engine, make_vacancy):
    key = make_vacancy()
    index_changes()
    store.set_hidden(key, True)
    assert total() == 0
    index_changes()
    assert total() == 0
    store.set_hidden(key, False)
    index_changes()
    assert total() == 1


def test_a_reopened_ad_is_found_again(engine, make_vacancy):
    key = make_vacancy()
    index_changes()
    close(key)
    index_changes()
    change(key, title="Igjen")
    index_changes()
    assert total("igjen") == 1


@on_all("engine")
def test_a_stale_write_is_refused(engine, make_vacancy):
    key = make_vacancy(title="Ny")
    index_changes()
    index = engine.get_live_index()
    document = {**make_write(one(key), timezone.now()).document, "title_stem": "gammel", "title": "gammel"}
    assert index.write([Write(key, 0, document)]).stale == (key,)
    index.refresh()
    assert total("gammel") == 0
    close(key)
    index_changes()
    index = engine.get_live_index()
    assert index.write([Write(key, 1, document)]).stale == (key,), "a late write must not bring back a closed ad"
    index.refresh()
    index.close()
    assert total("gammel") == 0


def one(key: uuid.UUID):
    return pending.read_changes([key])[0]


def test_a_forgotten_ad_is_purged_from_the_index(engine, make_vacancy):
    key = make_vacancy()
    index_changes()
    close(key)
    index_changes()
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    assert index_changes().indexed == 1
    assert engine.get_live_index().read_stored([key]) == {}
    assert engine.get_live_index().count() == 0
    assert compare() == []


@ON_EMBEDDED
def test_contacts_are_not_indexed(engine, make_vacancy):
    make_vacancy(title="Sykepleier, ring Kari Nordmann 22 33 44 55", employer_name="Kari Nordmann AS")
    index_changes()
    assert total("sykepleier") == 1
    for trace in ("Nordmann sykepleier", "22334455", "22", "kari@sykehus.example"[:4] + "z"):
        if trace != "Nordmann sykepleier":
            assert total(trace) == 0, trace


@on_all("engine")
def test_a_rebuild_includes_changes_made_during_it(engine, make_vacancy):
    keys = [make_vacancy(title=f"Kokk {number}", occupations=()) for number in range(6)]
    index_changes()

    def meanwhile(done: int, _: int) -> None:
        assert total("kokk") == 6, "searches work during the rebuild"
        if not Tombstone.objects.exists() and Vacancy.objects.count() == 6:
            close(keys[0], keys[1])
            store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
            close(keys[2])
            change(keys[3], title="Murer", occupations=())
            make_vacancy(title="Snekker", occupations=())
            index_changes()  # into the old index, and marked as indexed

    before = engine.get_live_index().get_identity()
    rebuild_with(meanwhile)
    assert engine.get_live_index().get_identity() != before
    assert (total("kokk"), total("murer"), total("snekker"), total()) == (2, 1, 1, 4)
    assert compare() == []


def rebuild_with(meanwhile) -> None:
    called = []

    def progress(done: int, all_of_them: int) -> None:
        if not called:
            called.append(done)
            meanwhile(done, all_of_them)

    assert rebuild(progress).rebuilt


def test_a_failed_rebuild_leaves_the_old_index_live(engine, make_vacancy):
    make_vacancy()
    index_changes()
    before = engine.get_live_index().get_identity()

    def fail(done: int, _: int) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        rebuild(fail)
    assert engine.get_live_index().get_identity() == before
    assert total() == 1
    assert rebuild().rebuilt, "and the next one works"


def test_an_unfinished_index_is_never_used(engine, make_vacancy):
    make_vacancy()
    index_changes()
    half = engine.create_index()
    half.write([make_write(change, timezone.now()) for chunk in pending.iterate_all() for change in chunk])
    half.refresh()
    half.close()
    assert total() == 1
    IndexState.objects.all().delete()
    engine.prune()
    assert total() == 1
    assert engine.check_health().ok


@ON_EMBEDDED
def test_two_rebuilds_do_not_run_at_once(engine, make_vacancy):
    make_vacancy()
    index_changes()
    reports = []
    rebuild_with(lambda done, _: reports.append(rebuild()))
    assert reports[0].busy


@ON_EMBEDDED
def test_a_rebuild_waits_for_a_process_that_only_looks_whether_one_is_needed(engine, make_vacancy, monkeypatch):
    make_vacancy()
    index_changes()
    other = Lease("rebuild", 60)
    other.__enter__()
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _seconds: other.__exit__(None, None, None))
    monkeypatch.setattr(leases, "time", clock)
    assert rebuild().rebuilt


def test_a_restored_database_is_detected_and_the_index_rebuilt(engine, make_vacancy):
    key = make_vacancy(title="Kokk")
    index_changes()
    backup = IndexState.objects.values("sequence").get()["sequence"]
    version = Vacancy.objects.get().version
    change(key, title="Baker")
    change(key, title="Murer")
    index_changes()
    # The backup is restored: rows, index state and the count of runs are old.
    IndexState.objects.update(sequence=backup)
    Vacancy.objects.update(version=version, indexed_version=version, title="Kokk")
    assert [found.kind for found in compare()] == ["index"]
    assert index_changes().rebuilt == "the database is older than the index"
    assert (total("kokk"), total("murer")) == (1, 0)
    assert compare() == []


def test_rows_older_than_the_index_are_detected(engine, make_vacancy):
    key = make_vacancy(title="Kokk")
    change(key, title="Murer")
    index_changes()
    Vacancy.objects.update(version=1, indexed_version=0)
    assert index_changes().rebuilt == "the database is older than the index"
    assert compare() == []


def test_an_index_of_another_schema_is_rebuilt_by_the_next_run(engine, make_vacancy):
    make_vacancy()
    index_changes()
    IndexState.objects.update(fingerprint="of another version")
    assert index_changes().rebuilt == "its schema has changed"
    assert compare() == []


def test_state_recorded_for_another_index_is_ignored(engine, make_vacancy):
    make_vacancy()
    index_changes()
    IndexState.objects.update(identity="of another engine")
    assert index_changes().rebuilt == "SEARCH_URL points at another one"
    assert total() == 1


@ON_EMBEDDED
def test_a_run_during_a_switch_does_not_rebuild(engine, make_vacancy, monkeypatch):
    make_vacancy()
    index_changes()
    before = engine.get_live_index().get_identity()
    real, seen = live_index.must_rebuild, iter(["SEARCH_URL points at another one"])
    monkeypatch.setattr(live_index, "must_rebuild", lambda in_use: next(seen, "") or real(in_use))
    assert index_changes().rebuilt == ""
    assert [*seen] == [], "the run saw the index in the middle of the switch"
    assert engine.get_live_index().get_identity() == before


@on_all("engine")
def test_every_inconsistency_is_found_and_repaired(engine, make_vacancy):
    missing, stale, ahead_of_it, shown, _whole = (make_vacancy() for _ in range(5))
    index_changes()
    extra = uuid.uuid4()
    index = engine.get_live_index()
    document = make_write(one(shown), timezone.now()).document
    index.write([Write(missing, 1, None, purge=True), Write(extra, 1, document)])
    index.refresh()
    Vacancy.objects.filter(uuid=stale).update(version=F("version") + 1, indexed_version=F("version") + 1)
    index.write([Write(ahead_of_it, 50, document)])
    index.refresh()
    index.close()
    Vacancy.objects.filter(uuid=shown).update(status="INACTIVE")
    found = {difference.uuid: difference.kind for difference in compare()}
    assert found == {missing: "missing", extra: "extra", stale: "stale", ahead_of_it: "ahead", shown: "visibility"}
    only_small = [difference for difference in compare() if difference.kind != "ahead"]
    assert repair(only_small) == 4
    assert [difference.kind for difference in compare()] == ["ahead"]
    assert repair(compare()) == 1
    assert compare() == []


def test_searches_see_repaired_documents(engine, make_vacancy):
    key = make_vacancy()
    index_changes()
    index = engine.get_live_index()
    index.write([Write(key, 1, None, purge=True)])
    index.refresh()
    index.close()
    assert total() == 0
    consistency.repair(compare())
    assert total() == 1


def test_similar_ads_are_active_with_the_same_occupation_and_near_ones_first(engine, make_vacancy):
    nurse = (OccupationData("Helse og sosial", "Sykepleier"),)
    cook = (OccupationData("Reiseliv og mat", "Kokk"),)
    oslo = (LocationData("NORGE", "OSLO", "OSLO"),)
    gone = make_vacancy(title="Sykepleier", occupations=nurse)
    far = make_vacancy(title="Vikar", occupations=nurse, locations=oslo)
    near = make_vacancy(title="Vikar", occupations=nurse)
    make_vacancy(title="Kokk", occupations=cook)
    index_changes()
    close(gone)
    index_changes()
    assert [hit.uuid for hit in find_similar(gone)] == [near, far]
    assert find_similar(uuid.uuid4()) == []


@ON_EMBEDDED
def test_many_changes_are_indexed_in_chunks_the_newest_first(engine, make_vacancy, monkeypatch):
    real, sizes = analysis_process.analyse, []
    monkeypatch.setattr(analysis_process, "analyse", lambda found, now: sizes.append(len(found)) or real(found, now))
    monkeypatch.setattr(chunks, "SIZE", 3)
    index_changes()
    keys = [make_vacancy() for _ in range(7)]
    assert index_changes(limit=3).indexed == 3
    assert {*search(SearchQuery()).uuids} == {*keys[-3:]}
    assert index_changes(should_stop=lambda: True).indexed == 0
    assert index_changes().indexed == 4
    assert sizes == [3, 3, 1]
    assert total() == 7


def test_deleted_text_is_removed_from_the_files(engine, make_vacancy, monkeypatch):
    keys = [make_vacancy() for _ in range(5)]
    index_changes()
    close(*keys[:2])
    index_changes()
    module = import_module(type(engine).__module__)
    for name in {"ERASE_AFTER", "ERASE_SHARE", "ERASE_SECONDS"} & {*vars(module)}:
        monkeypatch.setattr(module, name, 0)
    # OpenSearch keeps deletions for replicas that lag behind, and checks every 30 s whether one does.
    deadline = time.monotonic() + 240
    erase()
    while deleted_documents(engine) and time.monotonic() < deadline:
        time.sleep(5)
        erase()
    assert deleted_documents(engine) == 0
    assert total() == 3
    assert compare() == []


def deleted_documents(engine) -> int:
    if engine.name == "opensearch":
        index = engine.get_live_index().name
        engine._client.indices.refresh(index=index)
        return engine._client.indices.stats(index=index, metric="docs")["_all"]["primaries"]["docs"]["deleted"]
    meta = json.loads((engine.get_live_index().path / "meta.json").read_text())
    return sum(segment["deletes"]["num_deleted_docs"] for segment in meta["segments"] if segment["deletes"])
