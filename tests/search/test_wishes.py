"""Wishes: "uten erfaring" and its like in a query."""

from __future__ import annotations

import pytest

from jobsearch.search.query.parser import parse_query


@pytest.mark.parametrize(
    ("typed", "kinds", "rest"),
    [
        ("lagerjobb uten erfaring", "experience", "lagerjobb"),
        ("lager uten krav til norsk", "norwegian", "lager"),
        ("kokk, ingen erfaring nødvendig", "experience", "kokk"),
        ("butikk utan utdanning", "education", "butikk"),
        ("renholder trenger ikke førerkort", "licence", "renholder"),
        ("førerkort ikke nødvendig, renholder", "licence", "renholder"),
        ("assistent uten utdanning og erfaring", "education experience", "assistent"),
        ("jobber som ikke krever utdanning eller norsk", "education norwegian", ""),
        ("jobb der erfaring ikke er nødvendig", "experience", ""),
        ("kan ikke norsk, kokk Oslo", "norwegian", "kokk Oslo"),
        ("utan krav til røynsle, kokk", "experience", "kokk"),
        ("I don't speak Norwegian, cook", "norwegian", "cook"),
        ("warehouse job that doesn't require experience", "experience", "warehouse"),
        ("cook no degree required", "education", "cook"),
        ("developer no bachelor needed", "degree", "developer"),
        ("cook without speaking Norwegian", "norwegian", "cook"),
        ("entry-level cook", "experience", "cook"),
        ("ufaglært kokk", "education", "kokk"),
        ("sykepleier uten turnus", "shift", "sykepleier"),
        ("selger fastlønn uten provisjon", "commission", "selger"),
        ("erfaringskonsulent uten utdanning", "education", "erfaringskonsulent"),
        ("uten krav", "experience education", ""),
    ],
)
def test_a_wish_is_taken_out_of_the_query(typed, kinds, rest):
    parsed = parse_query(typed)
    assert [wish.kind for wish in parsed.wishes] == kinds.split()
    assert [clause.word.exact for group in parsed.must for clause in group[0]] == rest.lower().split()
    assert not parsed.recognised or rest


@pytest.mark.parametrize(
    "typed", ["erfaringskonsulent", "lærer ikke norsk", "kokk ikke natt", 'kokk "uten erfaring"', "uten oslo", "uten"]
)
def test_other_queries_have_no_wish(typed):
    assert not parse_query(typed).wishes


def test_a_query_that_names_no_job_is_open():
    assert parse_query("jobb Bodø uten erfaring").is_open
    assert parse_query("deltid uten erfaring").is_open
    assert not parse_query("kokk Bodø uten erfaring").is_open
    assert not parse_query("sommerjobb uten erfaring").is_open


def test_a_query_of_leading_words_is_parsed_in_bounded_time():
    for word in ("som", "have", "uten", "ikke har", "no", "uten erfaring og"):
        parse_query(f"{word} " * 60)
