"""Dashes that exclude and marks that quote, of every kind that a keyboard or a text has."""

from __future__ import annotations

import pytest

from jobsearch.search.api import without, without_each
from jobsearch.search.query import parser
from jobsearch.search.query.normalisation import tidy

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
        expected = parser.parse("kokk -vikar")
        assert parser.parse(f"kokk {dash}vikar") == expected
        assert parser.parse(f"{dash}vikar kokk").never == expected.never
        assert parser.parse(f"{dash}vikar") == parser.parse("-vikar")
        assert not parser.parse(f"{dash}vikar").must

    def test_before_a_phrase_it_excludes(self, dash):
        assert parser.parse(f"kokk {dash}«vikar natt»") == parser.parse('kokk -"vikar natt"')

    def test_between_blanks_and_by_itself_it_is_nothing(self, dash):
        assert parser.parse(f"kokk {dash} vikar") == parser.parse("kokk - vikar")
        assert not parser.parse(f"kokk {dash} vikar").never
        assert parser.parse(f"kokk {dash}").must == parser.parse("kokk").must

    def test_inside_and_after_a_word_it_excludes_nothing(self, dash):
        for typed in (f"kokk{dash}vikar", f"kokk{dash} vikar", f"IT{dash}konsulent"):
            assert not parser.parse(typed).never
            assert len([clause for group in parser.parse(typed).must for one in group[:1] for clause in one]) >= 2

    def test_steps_back_understand_it(self, dash):
        assert ("-vikar", "kokk") in without_each(f"kokk {dash}vikar")


@pytest.mark.parametrize("marks", QUOTES)
class TestQuotes:
    def test_around_words_they_quote(self, marks):
        first, last = marks
        expected = parser.parse('kokk "fast stilling" natt')
        assert parser.parse(f"kokk {first}fast stilling{last} natt") == expected
        assert parser.parse(f"{first}fast stilling{last}") == parser.parse('"fast stilling"')
        assert parser.parse(f"kokk -{first}fast stilling{last}") == parser.parse('kokk -"fast stilling"')
        assert parser.parse(f"{first}kokk{last}, {first}natt{last}").must == parser.parse('"kokk", "natt"').must

    def test_they_quote_nothing_that_is_empty(self, marks):
        assert parser.parse(f"kokk {marks}").must == parser.parse("kokk").must


@pytest.mark.parametrize(
    "typed", ["l'oréal", "O’Leary’s pub", "McDonald´s", "rock ’n roll", "elevenes' skole", "19″ rack", "‘kokk natt", "kokk› natt"]
)
def test_an_apostrophe_or_a_single_mark_quotes_nothing(typed):
    assert '"' not in tidy(typed)


def test_wide_signs_are_signs():
    assert parser.parse("ｋｏｋｋ　ＯＲ　ｂａｋｅｒ －ｎａｔｔ") == parser.parse("kokk OR baker -natt")
    assert parser.parse("ｓｙｋｅｐｌ＊") == parser.parse("sykepl*")


def test_words_are_left_out_whatever_the_marks():
    assert without("kokk Sør‑Trøndelag natt", "sør-trøndelag") == "kokk natt"
    assert without("kokk (bergen)", "bergen") == "kokk ()"
