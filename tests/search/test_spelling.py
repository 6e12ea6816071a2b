"""Which word is meant by one typed wrong."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.search import spelling, words
from jobsearch.search.spelling import Speller, distance

SPELLER = Speller(
    Counter({"sykepleier": 600, "rørlegger": 40, "bergen": 90, "berger": 2, "kokk": 50, "kokke": 1, "lærer": 300, "ås": 9})
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sykepeier", "sykepleier"),
        ("sykpeleier", "sykepleier"),
        ("sukepleer", "sykepleier"),
        ("rorleger", "rørlegger"),
        ("bregen", "bergen"),
        ("ebrgen", "bergen"),
        ("vergen", "bergen"),
        ("ergen", "bergen"),
        ("abergen", "bergen"),
        ("berge", "bergen"),
        ("lærrer", "lærer"),
        ("brgn", ""),
        ("sykplr", ""),
        ("kok", ""),
        ("ab", ""),
        ("bergen1", ""),
    ],
)
def test_the_nearest_word_is_meant_and_the_commonest_of_equals(typed, meant):
    assert SPELLER.nearest(typed) == meant


def test_short_words_may_differ_by_one_letter_long_ones_by_two():
    assert SPELLER.nearest("berxxn") == ""
    assert SPELLER.nearest("sykexxeier") == "sykepleier"
    assert SPELLER.nearest("sykexxxier") == ""


def test_a_swap_of_neighbours_is_one_edit():
    assert distance("bregen", "bergen", 2) == 1
    assert distance("abc", "cba", 2) == 2
    assert distance("abcdef", "xyzdef", 2) == 3


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_distance_is_symmetric_and_nothing_only_for_the_same(a, b):
    assert distance(a, b, 2) == distance(b, a, 2)
    assert (distance(a, b, 2) == 0) == (a == b)


def test_a_word_typed_without_its_letters_is_known():
    assert SPELLER.knows("rorlegger") and SPELLER.knows("rørlegger")


def test_only_plain_words_are_put_right(monkeypatch):
    monkeypatch.setattr(spelling, "speller", lambda now=None: SPELLER)

    def right(q: str) -> str:
        return spelling.corrected(q, lambda word: False)

    assert right("  sykepeier  i Bergen ") == "sykepleier  i Bergen"
    assert right('sykepeier "bregen" -bregen breg*') == 'sykepleier "bregen" -bregen breg*'
    assert right("sykepeier/bregen") == "sykepleier/bergen"
    assert right("sykepeier qqqqqq") == right("sykepleier bergen") == right("") == ""
    assert spelling.corrected("sykepeier", lambda word: True) == ""


@given(st.text(max_size=60))
def test_every_plain_token_is_where_it_is_said_to_be(q):
    q = words.tidy(q)
    for at, raw in words.plain_tokens(q):
        assert q[at : at + len(raw)] == raw
