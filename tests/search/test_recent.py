"""What a process keeps of the record, and for how long."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import OperationalError

from jobsearch.search import cache, cache_warming
from jobsearch.search.analysis.spelling import speller
from jobsearch.search.api import list_thread_failures
from jobsearch.search.assist.suggestions import names
from jobsearch.search.cache import KEEP_SECONDS, RENEW_SECONDS, Recent
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


def counting() -> tuple[Recent[int], list[int]]:
    read: list[int] = []
    return Recent(lambda now: read.append(0) or len(read)), read


def test_it_is_read_once_and_again_after_ten_minutes(clock):
    value, read = counting()
    assert [value(), value()] == [1, 1]
    clock.now += KEEP_SECONDS + 1
    assert [value(), value()] == [2, 2] and len(read) == 2


def test_another_site_is_read_for_itself(clock, settings):
    value, _ = counting()
    assert value() == 1
    settings.SEARCH_URL = "embedded:///somewhere/else"
    assert value() == 2


def test_after_five_minutes_it_is_read_anew_and_nobody_waits(clock):
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    reads: list[int] = []

    def read(now: object) -> int:
        reads.append(0)
        if len(reads) > 1:
            begun.set()
            assert go_on.wait(60)
            ended.set()
        return len(reads)

    value = Recent(read)
    assert value() == 1
    clock.now += RENEW_SECONDS + 1
    assert value() == 1 and begun.wait(60)
    assert value() == 1  # and no second thread begins
    go_on.set()
    assert ended.wait(60)
    with value._renewing:
        assert value() == 2 and len(reads) == 2


def test_many_who_ask_at_once_wait_for_one_reading(clock):
    value, read = counting()
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


def test_renewed_beforehand_nobody_reads_and_nothing_old_is_kept(clock):
    value, read = counting()
    value.renew()
    assert value() == 1 and len(read) == 1
    clock.now += KEEP_SECONDS - 1
    value.renew()
    clock.now += 2
    assert value() == 2 and len(read) == 2


@pytest.fixture
def own_site(settings, tmp_path) -> None:
    settings.SEARCH_URL = f"embedded:///{tmp_path}/index"


@pytest.mark.django_db
def test_a_round_reads_what_a_first_question_would_wait_for(own_site, make_vacancy, django_assert_num_queries):
    make_vacancy(title="Fyrvokter")
    cache_warming.read()
    with django_assert_num_queries(0):
        assert speller().knows("fyrvokter") and names().matching(["fyrvokter"]) is not None
    make_vacancy(title="Svartfeier")
    cache_warming.read()
    assert speller().knows("svartfeier")


def test_without_a_database_a_round_says_so_and_the_next_one_tries_again(own_site, monkeypatch, caplog):
    def down(now):
        raise OperationalError("connection to server at 10.0.0.1 failed")

    monkeypatch.setattr(names, "_read", down)
    cache_warming.read()
    (said,) = caplog.messages
    assert "OperationalError" in said and "tried again" in said


def test_a_web_process_begins_by_itself_and_stands_without_a_database(tmp_path):
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}} | {
        "JOBSEARCH_READ_DOTENV": "0",
        "SECRET_KEY": "a key for tests only, with nothing behind it",
        "DATABASE_URL": f"sqlite:////{tmp_path}/db.sqlite3",
        "SEARCH_URL": f"embedded://{tmp_path}/index",
    }
    code = (
        "import jobsearch.wsgi, sys, threading\n"
        "from jobsearch.search import cache_warming\n"
        "cache_warming.read()\n"
        "sys.stdout.write(' '.join(thread.name for thread in threading.enumerate()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=99, check=True)
    assert "warm" in done.stdout.split()
    assert "will be tried again" in done.stderr and "Traceback" not in done.stderr


def test_a_record_that_a_first_load_fills_is_read_before_its_time(make_vacancy):
    assert not cache_warming.outgrown(0), "nothing there, nothing new"
    for _ in range(cache_warming.GROWTH_LEAST + 1):
        make_vacancy()
    assert cache_warming.outgrown(0)
    assert not cache_warming.outgrown(1), "one more than there were is no load"


def test_a_database_that_is_down_is_no_reason_to_read(monkeypatch):
    def down(*args: object, **kwargs: object):
        raise OperationalError("gone")

    monkeypatch.setattr("jobsearch.vacancies.models.VacancyQuerySet.count", down)
    assert not cache_warming.outgrown(0)


@pytest.mark.parametrize(
    "error", [RuntimeError("Ring Kari"), ValueError("x"), MemoryError(), RecursionError(), KeyError("x")], ids=repr
)
@pytest.mark.django_db(transaction=True)
def test_the_thread_goes_on_after_any_error_and_the_admin_shows_it(error, own_site, make_vacancy, monkeypatch):
    make_vacancy(title="Fyrvokter")
    rounds = []

    def fail(now):
        raise error

    def sleep(seconds):
        rounds.append(seconds)
        if len(rounds) > 60:
            raise SystemExit  # no Exception, so nothing takes it for a failure

    monkeypatch.setattr(names, "_read", fail)
    monkeypatch.setattr(cache_warming.time, "sleep", sleep)
    with pytest.raises(SystemExit):
        cache_warming._keep()
    (failure,) = list_thread_failures()
    assert failure.name == "warm"
    assert failure.error.startswith(f"{type(error).__name__} at test_recent.py")
    assert speller().knows("fyrvokter"), "the other one is read all the same"
    monkeypatch.undo()
    cache_warming.read()
    assert list_thread_failures() == []


@pytest.mark.django_db(transaction=True)
def test_the_thread_goes_on_where_looking_at_the_database_fails_too(own_site, monkeypatch):
    looks = []

    def broken():
        looks.append(1)
        if len(looks) > 3:
            raise SystemExit
        raise RuntimeError("no such thing")

    monkeypatch.setattr(cache_warming, "_ads", broken)
    monkeypatch.setattr(cache_warming.time, "sleep", lambda seconds: None)
    with pytest.raises(SystemExit):
        cache_warming._keep()
    assert len(looks) == 4


@pytest.mark.django_db(transaction=True)
def test_what_is_renewed_beside_a_question_fails_without_a_loss_and_is_noted(clock):
    values = iter([1])

    def read(now):
        return next(values)  # StopIteration, the second time

    value = Recent(read)
    assert value() == 1
    clock.now += RENEW_SECONDS + 1
    assert value() == 1
    wait_until(lambda: not value._renewing.locked(), 5, "the thread to end")
    assert [row.name for row in list_thread_failures()] == ["recent"]
    assert value() == 1
