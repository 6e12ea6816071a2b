"""What a process keeps of the record, and for how long."""

from __future__ import annotations

import threading

import pytest

from jobsearch.search import recent
from jobsearch.search.recent import KEEP_SECONDS, RENEW_SECONDS, Recent


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(recent, "time", clock)
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
            assert go_on.wait(10)
            ended.set()
        return len(reads)

    value = Recent(read)
    assert value() == 1
    clock.now += RENEW_SECONDS + 1
    assert value() == 1 and begun.wait(10)
    assert value() == 1  # and no second thread begins
    go_on.set()
    assert ended.wait(10)
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
