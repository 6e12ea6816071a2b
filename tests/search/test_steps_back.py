"""A query without some of its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.search.api import without, without_each


@pytest.mark.parametrize(
    ("q", "steps"),
    [
        ("kokk natt", [("kokk", "natt"), ("natt", "kokk")]),
        (
            "ledige stillinger som kokk i Bergen",
            [("kokk", "ledige stillinger som i Bergen"), ("Bergen", "ledige stillinger som kokk")],
        ),
        ('kokk "fast jobb" -natt', [("kokk", '"fast jobb" -natt'), ('"fast jobb"', "kokk -natt"), ("-natt", 'kokk "fast jobb"')]),
        ("kokk", []),
        ("ledig jobb", []),
        ("a b c d e f", []),
        ("kokk OR baker natt", []),
        ("", []),
    ],
)
def test_each_part_of_two_to_four_is_left_out_in_turn(q, steps):
    assert without_each(q) == steps


@pytest.mark.parametrize(
    ("q", "typed", "rest"),
    [
        ("Kokk i Bergen", "bergen", "Kokk"),
        ("deltid kokk", "deltid", "kokk"),
        ("kokk bergenhus", "bergen", "kokk bergenhus"),
        ("kokk Møre og Romsdal natt", "møre og romsdal", "kokk natt"),
        ("c++ (oslo)", "(oslo)", "c++"),
        ("kokk", "", "kokk"),
    ],
)
def test_words_are_left_out_as_whole_words(q, typed, rest):
    assert without(q, typed) == rest


@given(st.text(max_size=80), st.text(max_size=10))
def test_whatever_is_typed_a_step_back_is_no_longer_than_before(q, typed):
    for part, rest in without_each(q):
        assert part and len(rest) < len(q)
    assert len(without(q, typed)) <= len(q)
