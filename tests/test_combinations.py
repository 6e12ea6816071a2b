"""Combinations of parameters: which an ordinary run tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests import combinations
from tests.browser.test_whole_journey import OTHER_VISITS, SOME_VISITS


@pytest.mark.parametrize(("marked", "every", "left_out"), [(True, False, True), (True, True, False), (False, False, False)])
def test_a_marked_combination_runs_only_with_the_option(marked, every, left_out):
    item = SimpleNamespace(
        config=SimpleNamespace(getoption={combinations.OPTION: every}.__getitem__),
        get_closest_marker=lambda name: object() if marked and name == "every_combination" else None,
    )
    assert combinations.is_left_out(item) == left_out


def test_the_chosen_visits_have_each_value_and_all_of_them_each_combination():
    for values in zip(*SOME_VISITS, strict=True):
        assert len({*values}) == 2
    assert len({*SOME_VISITS, *OTHER_VISITS}) == 8


def test_a_turn_has_a_fourth_of_the_values_and_four_turns_have_all(some_of, every_combination):
    values = list(range(30))
    turns = [some_of(values, turn) for turn in range(5)]
    assert turns[4] == turns[0]
    if every_combination:
        assert turns == [values] * 5
    else:
        assert sorted(value for turn in turns[:4] for value in turn) == values
        assert {len(turn) for turn in turns} == {7, 8}
        assert [len(some_of(values, turn, share=7)) for turn in range(8)] == [5, 5, 4, 4, 4, 4, 4, 5]
