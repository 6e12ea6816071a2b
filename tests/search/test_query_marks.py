"""Query normalisation: every kind of dash that excludes and of quotation mark that quotes."""

from __future__ import annotations

import pytest

from jobsearch.search.query import parser, remove_each_part, remove_words
from jobsearch.search.query.normalisation import normalise_query

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
    def test_a_dash_before_a_word_excludes_it(self, dash):
        expected = parser.parse_query("kokk -vikar")
        assert parser.parse_query(f"kokk {dash}vikar") == expected
        assert parser.parse_query(f"{dash}vikar kokk").never == expected.never
        assert parser.parse_query(f"{dash}vikar") == parser.parse_query("-vikar")
        assert not parser.parse_query(f"{dash}vikar").must

    def test_a_dash_before_a_phrase_excludes_it(self, dash):
        assert parser.parse_query(f"kokk {dash}«vikar natt»") == parser.parse_query('kokk -"vikar natt"')

    def test_a_dash_between_blanks_or_alone_is_ignored(self, dash):
        assert parser.parse_query(f"kokk {dash} vikar") == parser.parse_query("kokk - vikar")
        assert not parser.parse_query(f"kokk {dash} vikar").never
        assert parser.parse_query(f"kokk {dash}").must == parser.parse_query("kokk").must

    def test_a_dash_inside_or_after_a_word_excludes_nothing(self, dash):
        for typed in (f"kokk{dash}vikar", f"kokk{dash} vikar", f"IT{dash}konsulent"):
            assert not parser.parse_query(typed).never
            assert len([clause for group in parser.parse_query(typed).must for one in group[:1] for clause in one]) >= 2

    def test_a_part_with_a_dash_can_be_removed(self, dash):
        assert ("-vikar", "kokk") in remove_each_part(f"kokk {dash}vikar")


@pytest.mark.parametrize("marks", QUOTES)
class TestQuotes:
    def test_quotation_marks_around_words_make_a_phrase(self, marks):
        first, last = marks
        expected = parser.parse_query('kokk "fast stilling" natt')
        assert parser.parse_query(f"kokk {first}fast stilling{last} natt") == expected
        assert parser.parse_query(f"{first}fast stilling{last}") == parser.parse_query('"fast stilling"')
        assert parser.parse_query(f"kokk -{first}fast stilling{last}") == parser.parse_query('kokk -"fast stilling"')
        assert parser.parse_query(f"{first}kokk{last}, {first}natt{last}").must == parser.parse_query('"kokk", "natt"').must

    def test_empty_quotation_marks_are_ignored(self, marks):
        assert parser.parse_query(f"kokk {marks}").must == parser.parse_query("kokk").must


@pytest.mark.parametrize(
    "typed", ["l'oréal", "O’Leary’s pub", "McDonald´s", "rock ’n roll", "elevenes' skole", "19″ rack", "‘kokk natt", "kokk› natt"]
)
def test_an_apostrophe_or_an_unpaired_mark_makes_no_phrase(typed):
    assert '"' not in normalise_query(typed)


def test_full_width_operators_are_operators():
    assert parser.parse_query("ｋｏｋｋ　ＯＲ　ｂａｋｅｒ －ｎａｔｔ") == parser.parse_query("kokk OR baker -natt")
    assert parser.parse_query("ｓｙｋｅｐｌ＊") == parser.parse_query("sykepl*")


def test_words_are_removed_with_any_hyphen_or_bracket():
    assert remove_words("kokk Sør‑Trøndelag natt", "sør-trøndelag") == "kokk natt"
    assert remove_words("kokk (bergen)", "bergen") == "kokk ()"
