"""Combinations of parameters: an ordinary run tests some of them, in which each value occurs; `--every-combination` tests all.

- A combination with the mark `every_combination` runs only with that option.
- `some_of(values, turn)` is every fourth value, begun at another place each turn: with a turn for each text, each text meets a
  fourth of the pages, and each page a fourth of the texts. With a `share` of 8 it is every eighth value.

Which are tested is written in the test, so that each run tests the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import pytest

Value = TypeVar("Value")

OPTION = "--every-combination"
SHARE = 4


def add_option(group: pytest.OptionGroup) -> None:
    group.addoption(OPTION, action="store_true", help="test every combination of parameters, not only some with each value")


def is_left_out(item: pytest.Item) -> bool:
    """Whether this run leaves out the test."""
    return item.get_closest_marker("every_combination") is not None and not item.config.getoption(OPTION)


@pytest.fixture
def every_combination(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption(OPTION))


class SomeOf(Protocol):
    """The values that a turn tests: every `share`-th."""

    def __call__(self, values: Sequence[Value], turn: int, share: int = SHARE) -> Sequence[Value]: ...


@pytest.fixture
def some_of(every_combination: bool) -> SomeOf:
    """`some_of(values, turn)`: the values that this turn tests; all of them with `--every-combination`."""

    def choose(values: Sequence[Value], turn: int, share: int = SHARE) -> Sequence[Value]:
        return values if every_combination else values[turn % share :: share]

    return choose
