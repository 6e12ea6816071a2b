"""Which word is meant by one typed wrong."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from jobsearch.search.analysis import spelling
from jobsearch.search.analysis.spelling import Speller, sound
from jobsearch.search.query import parser
from jobsearch.search.query.correction import correct_query, suggest_query

SPELLER = Speller(
    Counter(
        {
            **{"sykepleier": 600, "rørlegger": 40, "bergen": 90, "berger": 2, "kokk": 50, "kokke": 1, "lærer": 300, "ås": 9},
            **{"sjåfør": 70, "bussjåfør": 40, "kiropraktor": 9, "elektriker": 80, "regnskapsfører": 60, "vikar": 500, "vika": 1},
            **{"tømrer": 20, "dommer": 90},
        }
    ),
    sure={"berger"},
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
        ("sykkeppleier", "sykepleier"),
        ("bussjofør", "bussjåfør"),
        ("shåfør", "sjåfør"),
        ("kjåfør", "sjåfør"),
        ("tjåfør", "sjåfør"),
        ("sjiropraktor", "kiropraktor"),
        ("elegtriker", "elektriker"),
        ("elektricker", "elektriker"),
        ("regnskabsfører", "regnskapsfører"),
        ("hvikar", "vikar"),
        ("tømmer", "tømrer"),
        ("wikkar", "vikar"),
        ("vigar", "vikar"),
        ("jykepleier", "sykepleier"),
        ("sykepleierbergen", "sykepleier bergen"),
        ("kokkibergen", "kokk i bergen"),
        ("kokkpåbergen", "kokk på bergen"),
        ("kokkvikar", "kokk vikar"),
        ("asdfgh", ""),
        ("qwerty", ""),
        ("xyzzy", ""),
        ("bladibla", ""),
    ],
)
def test_the_nearest_word_is_meant_and_the_commonest_of_equals(typed, meant):
    assert SPELLER.nearest(typed) == meant


def test_short_words_may_differ_by_one_letter_long_ones_by_two():
    assert SPELLER.nearest("berxxn") == ""
    assert SPELLER.nearest("sykexxeier") == "sykepleier"
    assert SPELLER.nearest("sykexxxier") == ""


def test_a_swap_of_neighbours_is_one_edit():
    assert OSA.distance("bregen", "bergen", score_cutoff=2) == 1
    assert OSA.distance("abc", "cba", score_cutoff=2) == 2
    assert OSA.distance("abcdef", "xyzdef", score_cutoff=2) == 3
    assert OSA.distance("abcdef", "ghijkl", score_cutoff=2) == 3  # one more than the bound, however many


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_distance_is_symmetric_and_nothing_only_for_the_same(a, b):
    there, back = OSA.distance(a, b, score_cutoff=2), OSA.distance(b, a, score_cutoff=2)
    assert there == back <= 3
    assert (there == 0) == (a == b)


def test_a_word_typed_without_its_letters_is_known():
    assert SPELLER.knows("rorlegger") and SPELLER.knows("rørlegger")


def test_only_plain_words_are_put_right(monkeypatch):
    monkeypatch.setattr(spelling, "speller", lambda now=None: SPELLER)

    def right(q: str) -> str:
        found = correct_query(q, lambda word: False)
        return found.q if found else ""

    assert right("  sykepeier  i Bergen ") == "sykepleier  i Bergen"
    assert right('sykepeier "bregen" -bregen breg*') == 'sykepleier "bregen" -bregen breg*'
    assert right("sykepeier/bregen") == "sykepleier/bergen"
    assert right("sykepeier qqqqqq") == right("sykepleier bergen") == right("") == ""
    assert correct_query("sykepeier", lambda word: True) is None
    assert correct_query("sykepeier bergen", lambda word: False).insisting == '"sykepeier" bergen'


@given(st.text(max_size=60))
def test_every_plain_token_is_where_it_is_said_to_be(q):
    q = parser.tidy(q)
    for at, raw in parser.plain_tokens(q):
        assert q[at : at + len(raw)] == raw


@pytest.mark.parametrize("typed", ["sykepleier", "sykepleierne", "rorlegger", "berger", "kokkevikar", "kokkevikarer", "lærere"])
def test_a_word_that_is_right_in_any_form_or_as_a_compound_is_asked_about_by_nobody(typed, monkeypatch):
    monkeypatch.setattr(spelling, "speller", lambda now=None: SPELLER)
    assert SPELLER.is_right(typed)
    assert suggest_query(typed, few=True) == ""


def test_a_word_of_one_title_is_asked_about_only_where_few_ads_have_it(monkeypatch):
    slip = Speller(Counter({"sykepleier": 600, "sykepeier": 1, "bergen": 40}))
    monkeypatch.setattr(spelling, "speller", lambda now=None: slip)
    assert suggest_query("sykepeier bergen", few=True) == "sykepleier bergen"
    assert suggest_query("sykepeier bergen", few=False) == ""
    assert suggest_query("sykepeeier python", few=False) == "sykepleier python"
    assert slip.nearest("sykepeeier") == "sykepleier"  # not the slip, though it is nearer
    assert suggest_query('"sykepeier" -sykepeier sykepei*', few=True) == ""


def test_one_word_written_as_three_is_put_together(monkeypatch):
    known = Speller(Counter({"barnehagelærer": 90, "hage": 5, "lærer": 50}))
    monkeypatch.setattr(spelling, "speller", lambda now=None: known)
    assert correct_query("natt barne hage lærer", lambda word: True).q == "natt barnehagelærer"
    assert correct_query("barne/hage lærer", lambda word: True) is None


@given(st.text("abcdefghijklmnopqrstuvwxyzæøå", min_size=4, max_size=14))
def test_any_word_is_like_known_ones_or_like_none(word):
    nearest = SPELLER.nearest(word)
    assert nearest == "" or all(part in {"i", "og", "på"} or SPELLER.knows(part) for part in nearest.split())
    assert sound(word[:2] + word[1:]) == sound(word)  # a doubled letter is not heard
