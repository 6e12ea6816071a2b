"""Removal of words from a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.search.query import remove_each_part, remove_words


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
def test_each_part_of_a_query_with_two_to_four_parts_is_removed(q, steps):
    assert remove_each_part(q) == steps


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
def test_whole_words_are_removed(q, typed, rest):
    assert remove_words(q, typed) == rest


@given(st.text(max_size=80), st.text(max_size=10))
def test_the_remaining_query_is_never_longer(q, typed):
    for part, rest in remove_each_part(q):
        assert part and len(rest) < len(q)
    assert len(remove_words(q, typed)) <= len(q)
