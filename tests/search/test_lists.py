"""Lists without an operator: which places and occupations of a query are alternatives."""

from __future__ import annotations

import pytest

from jobsearch.search.query.parser import parse_query


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("elektriker Bergen Stavanger", "elektriker Bergen OR Stavanger"),
        ("Bergen elektriker Stavanger", "elektriker Bergen OR Stavanger"),
        ("sykepleier Stavanger Bodø Hamar", "sykepleier Stavanger OR Bodø OR Hamar"),
        ("kokk servitør", "kokk OR servitør"),
        ("kokk servitør bartender Oslo", "kokk OR servitør OR bartender Oslo"),
        ("elektriker Bergen rørlegger Voss", "elektriker OR rørlegger Bergen OR Voss"),
        ("software developer nurse", "software developer OR nurse"),
        ("kokk daglig leder", "kokk OR daglig leder"),
        ("jobb Vågå Lom", "Vågå OR Lom"),
        ("jordmor møre og romsdal vestfold", "jordmor møre og romsdal OR vestfold"),
        ("Bergen Vestland Oslo", "Bergen Vestland OR Oslo"),
        ("lærer Grünerløkka Torshov", "lærer Grünerløkka OR Torshov"),
        ("lærer Grünerløkka Sagene", "lærer Grünerløkka OR Sagene"),
    ],
)
def test_places_and_occupations_are_alternatives(typed, understood):
    assert parse_query(typed).understood == understood


@pytest.mark.parametrize(
    "typed",
    [
        "lærer assistent",
        "kjøkken assistent",
        "regnskap leder",
        "sykepleier avdelingsleder",
        "daglig leder butikk",
        "lege sekretær",
        "vikar lærer",
        "Bergen Vestland",
        "Grünerløkka Oslo",
        "Sandvika Bærum kokk",
        "oslo kommune bergen",
    ],
)
def test_one_title_and_one_place_are_not(typed):
    assert " OR " not in parse_query(typed).understood
    assert not parse_query(typed).choices


def test_a_comma_between_a_place_and_the_place_around_it_makes_an_address():
    assert " OR " not in parse_query("kokk Grünerløkka, Oslo").understood
    assert " OR " in parse_query("kokk Grünerløkka eller Oslo").understood
