"""Query parser: how typed text is split and understood."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobsearch.search.query import alternatives, compiler, items, parser


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("sykepleier bergen", "sykepleier bergen"),
        ("ledige stillinger i Bergen", "Bergen"),
        ("ledige stillinger", "ledige stillinger"),
        ("stillinger i", "stillinger"),
        ("i på", "i på"),
        ('kokk "fast stilling', 'kokk "fast stilling"'),
        ("kokk OR baker oslo", "kokk OR baker oslo"),
        ("OR kokk OR", "kokk"),
        ("kokk - baker", "kokk OR baker"),
        ("-kokk OR baker", "baker -kokk"),
        ("+kokk", "kokk"),
        ("jobb*", "jobb*"),
        ("-jobb kokk", "kokk -jobb"),
        ("kokk OR i", "kokk OR i"),
        ("", ""),
        ("???", ""),
        ("jeg ser etter jobb som kokk", "kokk"),
        ("arbeid som vekter i Trondheim", "vekter Trondheim"),
        ("sosialt arbeid", "sosialt arbeid"),
        ("I want to work as a waiter", "waiter"),
        ("fast stilling som kokk", "fast stilling kokk"),
        ("sykepleier/vernepleier", "sykepleier OR vernepleier"),
        ("C#/.NET", "C#/.NET"),
        ("kokk oslo og bergen", "kokk oslo OR bergen"),
        ("kokk oslo/bergen", "kokk oslo OR bergen"),
        ("lærer nord-norge, trøndelag og østlandet", "lærer nord-norge OR trøndelag OR østlandet"),
        ("evje og hornnes", "evje og hornnes"),
        ("bygg og anlegg", "bygg og anlegg"),
        ("bygg & anlegg", "bygg anlegg"),
        ("oslo & bergen", "oslo OR bergen"),
        ("frisør og velvære", "frisør velvære"),
        ("kokk oslo;bergen", "kokk oslo OR bergen"),
        ("kokk oslo,bergen", "kokk oslo OR bergen"),
        ("kokk oslo|bergen", "kokk oslo OR bergen"),
        ("kokk i Oslo og i Bergen", "kokk Oslo OR Bergen"),
        ("kokk i Oslo eller i Bergen", "kokk Oslo OR Bergen"),
        ("kokk oslo, bergen, og i trondheim", "kokk oslo OR bergen OR trondheim"),
        ("kokk, oslo", "kokk oslo"),
        ("jobb uten krav til erfaring", "uten krav til erfaring"),
        ("uten krav om førerkort", "uten krav om førerkort"),
        ("jobb uten høyere utdanning", "uten høyere utdanning"),
        ("uten krav til", "uten krav"),
        ("jobb uten erfaring og utdanning", "uten erfaring og utdanning"),
        ("jobb uten erfaring eller utdanning", "uten erfaring utdanning"),
        ("kokk uten deltid og vikariat", "kokk -deltid -vikariat"),
        ("uten erfaring, fast stilling", "fast stilling uten erfaring"),
        ("kokk uten deltid eller vikariat", "kokk -deltid -vikariat"),
        ("uten erfaring, natt", "natt uten erfaring"),
        ("uten erfaring, kokk", "kokk uten erfaring"),
        ("utan heiltid", "-heiltid"),
        ("jobb uten deltid", "-deltid"),
        ("lærer uten vikariat", "lærer -vikariat"),
        ("jobb uten utdanning", "uten utdanning"),
        ("uten", "uten"),
        ("oslo uten", "oslo uten"),
        ("999 888 777", "999888777"),
        ("org.nr. 999 888 777 MVA", "999888777"),
        ("NO999888777MVA", "999888777"),
        ("999-888-777", "999888777"),
        ("999\u00a0888\u00a0777", "999888777"),
        ("Organisasjonsnummer: 999.888.777", "999888777"),
        ("kokk 999 888 777", "kokk 999888777"),
        ("123 456 789 012", "123 456 789 012"),
    ],
)
def test_the_query_is_understood(typed, understood):
    assert parser.parse_query(typed).understood == understood


def test_an_empty_query_matches_everything_and_nonsense_matches_nothing():
    assert parser.parse_query("  ").empty
    assert compiler.compile_conditions(parser.parse_query("???")) == compiler.NOTHING


@pytest.mark.parametrize("q", ["bygg & anlegg", "bygg og anlegg", "byggebransjen"])
def test_an_occupation_group_is_recognised_with_each_conjunction(q):
    assert [(entity.facet, entity.value) for entity in parser.parse_query(q).recognised] == [("occupation", "Bygg og anlegg")]


def test_a_uuid_is_found_alone_and_in_an_address():
    key = UUID("0f2b7c66-4a61-4d0c-9a4e-5a8a5a3d9f10")
    assert parser.parse_query(str(key).upper()).uuid == parser.parse_query(f"https://x.no/stilling/{key}?a=b").uuid == key
    assert parser.parse_query(f"ad {key}").uuid is None


def test_a_word_is_alone_only_without_other_words():
    def alone(q: str) -> list[bool]:
        return [clause.alone for group in parser.parse_query(q).must for one in group for clause in one]

    assert alone("kokk") == [True]
    assert alone("kokk oslo") == [False, False]
    assert alone("jobb som kokk") == [True]
    assert alone("kokk OR baker") == [True, True]
    assert alone("park-hytte") == [False, False]


def test_a_word_ending_in_job_also_matches_the_occupation():
    def asked(q: str) -> set[str]:
        return {
            clause.word.stem for group in parser.parse_query(q).must for one in group for clause in one if hasattr(clause, "word")
        }

    assert "kokk" in asked("kokkejobb")
    assert "lærer" in asked("lærerstilling")
    assert asked("kokk") == {"kokk"}


def test_only_a_single_occupation_may_match_in_the_body():
    assert alternatives.allow_body_match(parser.parse_query("skomaker")) is not None
    for q in ("skomaker oslo", "skomaker -oslo", '"skomaker"', "turnus", "", "skomaker OR kokk"):
        assert alternatives.allow_body_match(parser.parse_query(q)) is None, q


def test_the_number_of_words_is_limited():
    assert sum(len(group[0]) for group in parser.parse_query("a b c d e " * 40).must) <= items.MAX_WORDS + 5


@given(st.text(max_size=80))
def test_any_text_compiles(typed):
    compiler.compile_conditions(parser.parse_query(typed))
