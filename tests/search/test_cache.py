"""Stale-while-revalidate cache and cache warming."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import OperationalError

from jobsearch.search import cache, cache_warming
from jobsearch.search.analysis.spelling import speller
from jobsearch.search.assist.suggestion_names import name_index
from jobsearch.search.cache import MAX_AGE_SECONDS, REVALIDATE_SECONDS, StaleWhileRevalidateCache
from jobsearch.search.facets.employer_names import cached_names
from jobsearch.search.thread_failures import list_thread_failures
from tests.servers.ports import wait_until

ROOT = Path(__file__).resolve().parents[2]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(cache, "time", clock)
    return clock


def make_counting_cache() -> tuple[StaleWhileRevalidateCache[int], list[int]]:
    read: list[int] = []
    return StaleWhileRevalidateCache(lambda now: read.append(0) or len(read)), read


def test_a_value_is_read_once_and_again_after_ten_minutes(clock):
    value, read = make_counting_cache()
    assert [value(), value()] == [1, 1]
    clock.now += MAX_AGE_SECONDS + 1
    assert [value(), value()] == [2, 2] and len(read) == 2


def test_each_site_has_its_own_value(clock, settings):
    value, _ = make_counting_cache()
    assert value() == 1
    settings.SEARCH_URL = "embedded:///somewhere/else"
    assert value() == 2


def test_after_five_minutes_a_thread_revalidates_and_callers_do_not_wait(clock):
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    reads: list[int] = []

    def read(now: object) -> int:
        reads.append(0)
        if len(reads) > 1:
            begun.set()
            assert go_on.wait(60)
            ended.set()
        return len(reads)

    value = StaleWhileRevalidateCache(read)
    assert value() == 1
    clock.now += REVALIDATE_SECONDS + 1
    assert value() == 1 and begun.wait(60)
    assert value() == 1  # and no second thread starts
    go_on.set()
    assert ended.wait(60)
    with value._revalidation_lock:
        assert value() == 2 and len(reads) == 2


def test_concurrent_callers_wait_for_one_read(clock):
    value, read = make_counting_cache()
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait()
        value()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == 1


def test_a_refreshed_value_is_used_without_another_read(clock):
    value, read = make_counting_cache()
    value.refresh()
    assert value() == 1 and len(read) == 1
    clock.now += MAX_AGE_SECONDS - 1
    value.refresh()
    clock.now += 2
    assert value() == 2 and len(read) == 2


@pytest.fixture
def own_site(settings, tmp_path) -> None:
    settings.SEARCH_URL = f"embedded:///{tmp_path}/index"


@pytest.mark.django_db
def test_refresh_caches_reads_the_speller_and_the_name_index(own_site, make_vacancy, django_assert_num_queries):
    make_vacancy(title="Fyrvokter")
    cache_warming.refresh_caches()
    with django_assert_num_queries(0):
        assert speller().is_known("fyrvokter") and name_index().find(["fyrvokter"]) is not None
    make_vacancy(title="Svartfeier")
    cache_warming.refresh_caches()
    assert speller().is_known("svartfeier")


@pytest.mark.django_db
def test_the_index_of_names_has_the_employers_names_of_the_same_refresh(own_site, make_vacancy):
    for number in range(25):  # the names of a few employers would be read from the database
        make_vacancy(employer_name=f"Kro {number}", employer_orgnr=f"9{number:02}222333")
    cache_warming.refresh_caches()
    for _ in range(2):
        make_vacancy(employer_name="Strandhotellet", employer_orgnr="900222333")
    cache_warming.refresh_caches()
    assert [name.label for name in name_index().find(["strandhotellet"])["employer"]] == ["Strandhotellet"]


def test_a_database_error_is_logged_and_tried_again(own_site, monkeypatch, caplog):
    def down(now):
        raise OperationalError("connection to server at 10.0.0.1 failed")

    monkeypatch.setattr(cached_names, "_read", down)
    cache_warming.refresh_caches()
    (message,) = caplog.messages
    assert "OperationalError" in message and "tried again" in message


def test_a_web_process_starts_warming_and_survives_a_missing_database(tmp_path):
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}} | {
        "JOBSEARCH_READ_DOTENV": "0",
        "SECRET_KEY": "a key for tests only, with nothing behind it",
        "DATABASE_URL": f"sqlite:////{tmp_path}/db.sqlite3",
        "SEARCH_URL": f"embedded://{tmp_path}/index",
    }
    code = (
        "import jobsearch.wsgi, sys, threading\n"
        "from jobsearch.search import cache_warming\n"
        "cache_warming.refresh_caches()\n"
        "sys.stdout.write(' '.join(thread.name for thread in threading.enumerate()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=99, check=True)
    assert "warm" in done.stdout.split()
    assert "will be tried again" in done.stderr and "Traceback" not in done.stderr


def test_caches_are_refreshed_early_during_a_first_load(make_vacancy):
    assert not cache_warming.has_grown(0), "an empty database has not grown"
    for _ in range(cache_warming.MIN_GROWTH + 1):
        make_vacancy()
    assert cache_warming.has_grown(0)
    assert not cache_warming.has_grown(1), "one ad more is no first load"


def test_a_database_error_is_not_taken_for_growth(monkeypatch):
    def down(*args: object, **kwargs: object):
        raise OperationalError("gone")

    monkeypatch.setattr("jobsearch.vacancies.models.VacancyQuerySet.count", down)
    assert not cache_warming.has_grown(0)


@pytest.mark.parametrize(
    "error",
    [
        *(RuntimeError("Ring Kari"), MemoryError(), RecursionError()),
        *(pytest.param(error, marks=pytest.mark.every_combination) for error in (ValueError("x"), KeyError("x"))),
    ],
    ids=repr,
)
@pytest.mark.django_db(transaction=True)
def test_the_thread_survives_any_error_and_the_admin_shows_it(error, own_site, make_vacancy, monkeypatch):
    make_vacancy(title="Fyrvokter")
    monkeypatch.setattr(cache_warming, "CHECK_SECONDS", cache_warming.REFRESH_SECONDS // 3)
    each = cache_warming.REFRESH_SECONDS // cache_warming.CHECK_SECONDS
    rounds, exempted = [], []

    def fail(now):
        raise error

    def sleep(seconds):
        rounds.append(seconds)
        if len(rounds) > each:
            raise SystemExit  # not an Exception, so it is not caught

    # A collection takes half a second in a test run, which has far more objects than a site.
    monkeypatch.setattr(cache_warming, "_exempt_from_collection", lambda: exempted.append(len(rounds)))
    monkeypatch.setattr(name_index, "_read", fail)
    monkeypatch.setattr(cache_warming.time, "sleep", sleep)
    with pytest.raises(SystemExit):
        cache_warming._refresh_forever()
    assert exempted == [0, each], "once in each round, of which there were two"
    (failure,) = list_thread_failures()
    assert failure.name == "warm"
    assert failure.error.startswith(f"{type(error).__name__} at test_cache.py")
    assert speller().is_known("fyrvokter"), "the other cache is refreshed too"
    monkeypatch.undo()
    cache_warming.refresh_caches()
    assert list_thread_failures() == []


@pytest.mark.django_db(transaction=True)
def test_the_thread_survives_errors_while_counting_ads(own_site, monkeypatch):
    looks = []

    def broken():
        looks.append(1)
        if len(looks) > 3:
            raise SystemExit
        raise RuntimeError("no such thing")

    monkeypatch.setattr(cache_warming, "_count_ads", broken)
    monkeypatch.setattr(cache_warming.time, "sleep", lambda seconds: None)
    with pytest.raises(SystemExit):
        cache_warming._refresh_forever()
    assert len(looks) == 4


@pytest.mark.django_db(transaction=True)
def test_a_failed_revalidation_keeps_the_value_and_is_recorded(clock):
    values = iter([1])

    def read(now):
        return next(values)  # StopIteration, the second time

    value = StaleWhileRevalidateCache(read)
    assert value() == 1
    clock.now += REVALIDATE_SECONDS + 1
    assert value() == 1
    wait_until(lambda: not value._revalidation_lock.locked(), 5, "the thread to end")
    assert [row.name for row in list_thread_failures()] == ["recent"]
    assert value() == 1


def test_living_objects_are_exempt_from_garbage_collection():
    gc.unfreeze()  # what the run has exempted; in the end all is exempt again
    cache_warming._exempt_from_collection()
    assert gc.get_freeze_count() > 10_000
