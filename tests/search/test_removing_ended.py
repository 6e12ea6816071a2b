"""What has ended leaves the index first, without analysis and without waiting for other ads."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobsearch.core.batches import batched
from jobsearch.core.leases import Lease, LeaseHeld
from jobsearch.search import service, tasks
from jobsearch.search.engines import registry
from jobsearch.search.indexing import (
    analysis_process,
    compare,
    index_changes,
    live_index_writes,
    quarantine,
    rebuild,
    remove_ended,
)
from jobsearch.search.models import SetAside
from jobsearch.vacancies import pending, store
from jobsearch.vacancies.models import Vacancy
from tests.planner_statistics import gather_statistics
from tests.search.misbehaving import change, close, raise_with_the_ads_words, total
from tests.web.support import build_index
from tests.web.test_query_plans import fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]


def test_the_former_document_of_an_active_ad_stays_and_goes_when_the_ad_ends(make_vacancy, misbehave):
    key = make_vacancy(title="Baker")
    build_index()
    misbehave["Kokk"] = raise_with_the_ads_words
    change(key, title="Kokk")
    assert index_changes().failed == 1
    assert total("baker") == 1, "the page itself shows what the database holds"
    close(key)
    assert index_changes().indexed == 1
    assert (total(), compare()) == (0, [])
    assert not SetAside.objects.exists()


@pytest.mark.parametrize("end", ["closed", "hidden", "expired", "forgotten"])
def test_what_is_set_aside_leaves_the_index_all_the_same(end, make_vacancy, misbehave):
    key = make_vacancy(title="Baker")
    build_index()
    misbehave["Kokk"] = raise_with_the_ads_words
    change(key, title="Kokk")
    index_changes()
    if end == "hidden":
        store.set_hidden(key, True)
    elif end == "expired":
        Vacancy.objects.update(visible_until=timezone.now() - dt.timedelta(seconds=1))
    else:
        close(key)
    if end == "forgotten":
        store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    assert remove_ended() == 1
    held = registry.engine().get_live_index().read_stored([key])
    assert held == {} if end == "forgotten" else held[key].visible_until == 0
    assert not SetAside.objects.exists()


def test_what_has_ended_leaves_the_index_without_any_analysis(make_vacancy, misbehave, monkeypatch):
    keys = [make_vacancy(title=f"Baker {number}") for number in range(4)]
    index_changes()
    monkeypatch.setattr(analysis_process.os, "fork", lambda: pytest.fail("an analysis"))
    close(keys[0])
    store.set_hidden(keys[1], True)
    make_vacancy(title="Ny")
    tasks.remove_ended()
    held = registry.engine().get_live_index().read_stored(keys)
    assert [held[key].visible_until == 0 for key in keys] == [True, True, False, False]
    assert quarantine.count_behind() == 1


def test_ads_end_while_others_are_analysed_and_while_an_index_is_built(make_vacancy, monkeypatch):
    """Neither holds the lease for writing."""
    keys = [make_vacancy(title=f"Baker {number}") for number in range(3)]
    index_changes()
    real, ended = analysis_process.analyse, []

    def analyse(found, now):
        if len(ended) < 2:
            ended.append(keys[len(ended)])
            close(ended[-1])
            assert remove_ended() == 1
        return real(found, now)

    monkeypatch.setattr(analysis_process, "analyse", analyse)
    make_vacancy(title="Ny")
    index_changes()
    assert total() == 3
    assert rebuild().rebuilt
    assert total() == 2
    assert compare() == []
    assert len(ended) == 2


def test_the_task_that_removes_waits_for_no_writer_and_raises_nothing_where_there_is_no_index(make_vacancy, monkeypatch):
    tasks.remove_ended()
    key = make_vacancy()
    index_changes()
    close(key)
    monkeypatch.setattr(live_index_writes, "LEASE_WAIT", 0.0)
    with Lease("writes", 60), pytest.raises(LeaseHeld):
        remove_ended()
    with Lease("writes", 60):
        tasks.remove_ended()
    tasks.remove_ended()
    assert registry.engine().get_live_index().read_stored([key])[key].visible_until == 0


def test_one_indexing_run_analyses_at_a_time_and_closings_do_not_wait_for_it(make_vacancy, monkeypatch):
    key = make_vacancy(title="Baker")
    build_index()
    monkeypatch.setattr(live_index_writes, "LEASE_WAIT", 0.0)
    close(key)
    make_vacancy(title="Kokk")
    with Lease("indexing", 60):
        report = index_changes()
    assert (report.indexed, total()) == (1, 0), "what has ended is taken out by a run that does not get its turn too"
    with Lease("indexing", 60):
        assert index_changes().busy
    assert index_changes().indexed == 1


def test_a_run_with_nothing_to_do_writes_nothing(make_vacancy):
    make_vacancy()
    index_changes()
    with CaptureQueriesContext(connection) as asked:
        index_changes()
        tasks.remove_ended()
    assert not [query["sql"] for query in asked if not query["sql"].startswith("SELECT")]
    assert len(asked) <= 12


@pytest.mark.sqlite
def test_the_queries_for_what_is_behind_read_only_rows_that_are_behind(make_vacancy):
    now = timezone.now()
    for _ in range(3):
        make_vacancy()
    with CaptureQueriesContext(connection) as asked:
        pending.list_changes(10, quarantine.exclude_waiting(now))
        pending.list_removals(10, now, quarantine.exclude_refused(now))
        quarantine.get_oldest_behind(now)
        quarantine.count_behind(now)
    queries = [query["sql"] for query in asked if '"indexed_version"' in query["sql"] and "IN (" not in query["sql"]]
    assert len(queries) >= 6
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(f"EXPLAIN QUERY PLAN {query}")
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
            assert "_behind_index" in plan, query + plan
            assert "SCAN vacancies_vacancy USING INDEX vacancies_vacancy_changed" not in plan, query + plan


@pytest.mark.parametrize(
    "gathered", [pytest.param("never", marks=pytest.mark.sqlite), "of a few indexed ads", "with pending changes"]
)
def test_the_list_of_ads_that_are_closed_and_still_indexed_reads_no_row_of_the_table(gathered, make_vacancy):
    """A row has the texts of the ad: to read 5,000 of them took 12 ms in each search of a first load.

    SQLite's ANALYZE knows nothing of a partial index that is empty at the time: with it, SQLite preferred the index that begins
    with the status, and read every closed ad.
    """
    for _ in range(20):
        close(make_vacancy())
    Vacancy.objects.update(indexed_version=F("version"))
    with gather_statistics() if gathered == "of a few indexed ads" else nullcontext():
        fill(1000)
        behind = Vacancy.objects.order_by("uuid").values_list("uuid", flat=True)[:500]
        for some in batched(behind, 500):
            Vacancy.objects.filter(uuid__in=some).update(indexed_version=0)
        with gather_statistics() if gathered == "with pending changes" else nullcontext():
            with CaptureQueriesContext(connection) as asked:
                assert len(service.find_gone()) > 130
            with connection.cursor() as cursor:
                explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
                cursor.execute(f"{explain} {asked[0]['sql']}")
                plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    lines = [line for line in plan.splitlines() if " vacancies_vacancy" in line]
    assert len(lines) == 2, plan
    assert "vacancy_behind_index" in plan, plan
    for line in lines:
        if connection.vendor == "postgresql":
            assert "Seq Scan" not in line, plan
        else:  # the hidden ones by primary key, or by that index where few ads are not indexed
            assert "COVERING INDEX vacancy_behind_index" in line or "(uuid=?)" in line, plan
