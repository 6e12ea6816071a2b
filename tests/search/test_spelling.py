"""Spelling correction: the nearest known word of a misspelled one."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from jobsearch.search.analysis import spelling
from jobsearch.search.analysis.spelling import Speller, build_phonetic_key
from jobsearch.search.query import parser
from jobsearch.search.query.correction import correct_query, suggest_query
from jobsearch.search.query.normalisation import normalise_query

WORDS = {
    **{"sykepleier": 600, "rørlegger": 40, "bergen": 90, "berger": 2, "kokk": 50, "kokke": 1, "lærer": 300, "ås": 9},
    **{"sjåfør": 70, "bussjåfør": 40, "kiropraktor": 9, "elektriker": 80, "regnskapsfører": 60, "vikar": 500, "vika": 1},
    **{"tømrer": 20, "dommer": 90},
}


@cache
def make_speller() -> Speller:
    """Made when a test needs it: its listed words take 0.4 s, and each worker reads this file."""
    return Speller(Counter(WORDS), trusted_words={"berger"})


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
def test_find_nearest_returns_the_nearest_word_and_the_commonest_of_equals(typed, meant):
    assert make_speller().find_nearest(typed) == meant


def test_short_words_may_differ_by_one_edit_and_long_words_by_two():
    assert make_speller().find_nearest("berxxn") == ""
    assert make_speller().find_nearest("sykexxeier") == "sykepleier"
    assert make_speller().find_nearest("sykexxxier") == ""


def test_swapped_neighbouring_letters_are_one_edit():
    assert OSA.distance("bregen", "bergen", score_cutoff=2) == 1
    assert OSA.distance("abc", "cba", score_cutoff=2) == 2
    assert OSA.distance("abcdef", "xyzdef", score_cutoff=2) == 3
    assert OSA.distance("abcdef", "ghijkl", score_cutoff=2) == 3  # one more than the bound, however many


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_edit_distance_is_symmetric_and_zero_only_for_equal_words(a, b):
    there, back = OSA.distance(a, b, score_cutoff=2), OSA.distance(b, a, score_cutoff=2)
    assert there == back <= 3
    assert (there == 0) == (a == b)


def test_a_folded_word_is_known():
    assert make_speller().is_known("rorlegger") and make_speller().is_known("rørlegger")


def test_only_plain_words_are_corrected(monkeypatch):
    monkeypatch.setattr(spelling, "speller", lambda now=None: make_speller())

    def correct(q: str) -> str:
        found = correct_query(q, lambda word: False)
        return found.q if found else ""

    assert correct("  sykepeier  i Bergen ") == "sykepleier  i Bergen"
    assert correct('sykepeier "bregen" -bregen breg*') == 'sykepleier "bregen" -bregen breg*'
    assert correct("sykepeier/bregen") == "sykepleier/bergen"
    assert correct("sykepeier qqqqqq") == correct("sykepleier bergen") == correct("") == ""
    assert correct_query("sykepeier", lambda word: True) is None
    assert correct_query("sykepeier bergen", lambda word: False).insisting == '"sykepeier" bergen'


@given(st.text(max_size=60))
def test_positions_of_plain_words_are_correct(q):
    q = normalise_query(q)
    for start, word in parser.find_plain_words(q):
        assert q[start : start + len(word)] == word


@pytest.mark.parametrize("typed", ["sykepleier", "sykepleierne", "rorlegger", "berger", "kokkevikar", "kokkevikarer", "lærere"])
def test_inflected_forms_and_compounds_of_trusted_words_get_no_suggestion(typed, monkeypatch):
    monkeypatch.setattr(spelling, "speller", lambda now=None: make_speller())
    assert make_speller().is_trusted(typed)
    assert suggest_query(typed, few=True) == ""


def test_a_word_of_one_title_gets_a_suggestion_only_for_few_hits(monkeypatch):
    with_misspelling = Speller(Counter({"sykepleier": 600, "sykepeier": 1, "bergen": 40}))
    monkeypatch.setattr(spelling, "speller", lambda now=None: with_misspelling)
    assert suggest_query("sykepeier bergen", few=True) == "sykepleier bergen"
    assert suggest_query("sykepeier bergen", few=False) == ""
    assert suggest_query("sykepeeier python", few=False) == "sykepleier python"
    assert with_misspelling.find_nearest("sykepeeier") == "sykepleier"  # not the misspelled title, though it is nearer
    assert suggest_query('"sykepeier" -sykepeier sykepei*', few=True) == ""


def test_a_compound_typed_as_three_words_is_joined(monkeypatch):
    speller = Speller(Counter({"barnehagelærer": 90, "hage": 5, "lærer": 50}))
    monkeypatch.setattr(spelling, "speller", lambda now=None: speller)
    assert correct_query("natt barne hage lærer", lambda word: True).q == "natt barnehagelærer"
    assert correct_query("barne/hage lærer", lambda word: True) is None


@given(st.text("abcdefghijklmnopqrstuvwxyzæøå", min_size=4, max_size=14))
def test_nearest_words_of_any_word_are_known(word):
    nearest = make_speller().find_nearest(word)
    assert nearest == "" or all(part in {"i", "og", "på"} or make_speller().is_known(part) for part in nearest.split())
    assert build_phonetic_key(word[:2] + word[1:]) == build_phonetic_key(word)  # a doubled letter sounds the same
