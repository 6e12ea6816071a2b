"""Options of the test command."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from types import SimpleNamespace

import hypothesis
import pytest

from tests import options

FILES = ["tests/a/test_one.py", "tests/a/test_two.py", "tests/b/test_three.py"]


def items() -> list:
    return [SimpleNamespace(nodeid=f"{file}::test_{number}") for file in FILES for number in range(5)]


def order(seed: int) -> list[str]:
    found = items()
    options.shuffle(found, seed)
    return [item.nodeid for item in found]


def test_shuffle_is_determined_by_the_seed_and_keeps_files_together():
    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(5)}) > 1
    for seed in range(5):
        assert sorted(order(seed)) == sorted(item.nodeid for item in items())
        files = [nodeid.partition("::")[0] for nodeid in order(seed)]
        assert sum(one != other for one, other in pairwise(files)) == len(FILES) - 1


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2028-02-29T12:00", "2028-02-29T11:00"),
        ("2026-07-01T00:30", "2026-06-30T22:30"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30"),
        ("2026-10-25T00:30+00:00", "2026-10-25T00:30"),
    ],
)
def test_clock_without_an_offset_is_in_oslo(text, utc):
    assert options.moment(text) == dt.datetime.fromisoformat(f"{utc}+00:00")


def test_hypothesis_examples_are_fixed_and_have_no_deadline():
    fixed = hypothesis.settings.get_profile("fixed")
    assert fixed.derandomize and fixed.deadline is None
    assert not hypothesis.settings.get_profile("random").derandomize


def test_uuids_depend_on_the_test_only(request):
    first = options.next_uuid()
    options.pytest_runtest_setup(request.node)
    assert options.next_uuid() == first
    assert options.next_uuid() != first


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        ("2026-12-31T23:59:30+01:00", [30]),
        ("2026-10-25T23:59:01+01:00", [59]),
        ("2026-06-30T21:59:30+00:00", [30]),
        ("2026-12-31T23:58:30+01:00", []),
        ("2026-10-25T22:59:30+01:00", []),
        ("2027-01-01T00:00:00+01:00", []),
    ],
)
def test_no_test_starts_in_the_last_minute_of_a_day(monkeypatch, now, seconds):
    slept: list[float] = []
    monkeypatch.setattr(options.time, "sleep", slept.append)
    options.wait_for_midnight(dt.datetime.fromisoformat(now).astimezone(options.OSLO))
    assert slept == seconds
