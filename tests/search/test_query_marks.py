"""Dashes that exclude and marks that quote, of every kind that a keyboard or a text has."""

from __future__ import annotations

import pytest

from jobsearch.search import without, without_each, words
from jobsearch.search.query_text import tidy

DASHES = [*"-‐‑‒–—―−－﹣"]
QUOTES = [
    "“”",
    "„“",
    "«»",
    "»«",
    "‟”",
    "‹›",
    "›‹",
    "「」",
    "『』",
    "″″",
    "＂＂",
    "‚‘",
    "‘’",
    "''",
    "❝❞",
    "〝〞",
    '""',
    '“"',
    "‚’",
]


@pytest.mark.parametrize("dash", DASHES)
class TestDash:
    def test_before_a_word_it_excludes(self, dash):
        expected = words.parse("kokk -vikar")
        assert words.parse(f"kokk {dash}vikar") == expected
        assert words.parse(f"{dash}vikar kokk").never == expected.never
        assert words.parse(f"{dash}vikar") == words.parse("-vikar")
        assert not words.parse(f"{dash}vikar").must

    def test_before_a_phrase_it_excludes(self, dash):
        assert words.parse(f"kokk {dash}«vikar natt»") == words.parse('kokk -"vikar natt"')

    def test_between_blanks_and_by_itself_it_is_nothing(self, dash):
        assert words.parse(f"kokk {dash} vikar") == words.parse("kokk - vikar")
        assert not words.parse(f"kokk {dash} vikar").never
        assert words.parse(f"kokk {dash}").must == words.parse("kokk").must

    def test_inside_and_after_a_word_it_excludes_nothing(self, dash):
        for typed in (f"kokk{dash}vikar", f"kokk{dash} vikar", f"IT{dash}konsulent"):
            assert not words.parse(typed).never
            assert len([clause for group in words.parse(typed).must for one in group[:1] for clause in one]) >= 2

    def test_steps_back_understand_it(self, dash):
        assert ("-vikar", "kokk") in without_each(f"kokk {dash}vikar")


@pytest.mark.parametrize("marks", QUOTES)
class TestQuotes:
    def test_around_words_they_quote(self, marks):
        first, last = marks
        expected = words.parse('kokk "fast stilling" natt')
        assert words.parse(f"kokk {first}fast stilling{last} natt") == expected
        assert words.parse(f"{first}fast stilling{last}") == words.parse('"fast stilling"')
        assert words.parse(f"kokk -{first}fast stilling{last}") == words.parse('kokk -"fast stilling"')
        assert words.parse(f"{first}kokk{last}, {first}natt{last}").must == words.parse('"kokk", "natt"').must

    def test_they_quote_nothing_that_is_empty(self, marks):
        assert words.parse(f"kokk {marks}").must == words.parse("kokk").must


@pytest.mark.parametrize(
    "typed", ["l'oréal", "O’Leary’s pub", "McDonald´s", "rock ’n roll", "elevenes' skole", "19″ rack", "‘kokk natt", "kokk› natt"]
)
def test_an_apostrophe_or_a_single_mark_quotes_nothing(typed):
    assert '"' not in tidy(typed)


def test_wide_signs_are_signs():
    assert words.parse("ｋｏｋｋ　ＯＲ　ｂａｋｅｒ －ｎａｔｔ") == words.parse("kokk OR baker -natt")
    assert words.parse("ｓｙｋｅｐｌ＊") == words.parse("sykepl*")


def test_words_are_left_out_whatever_the_marks():
    assert without("kokk Sør‑Trøndelag natt", "sør-trøndelag") == "kokk natt"
    assert without("kokk (bergen)", "bergen") == "kokk ()"
