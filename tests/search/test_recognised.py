"""Entity recognition: words that name a facet value, and words that only look like it."""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import place_names
from jobsearch.search.facets import FACETS
from jobsearch.search.query import entities, parser
from jobsearch.search.query.parsed_query import FacetClause, SynonymClause
from jobsearch.taxonomy import occupations, places


def named(q: str) -> list[tuple[str, str, str]]:
    return [(entity.words, entity.facet, entity.value) for entity in parser.parse_query(q).recognised]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("kokk deltid oslo", [("deltid", "extent", "Deltid"), ("oslo", "place", "OSLO")]),
        ("Part time cleaner", [("Part time", "extent", "Deltid")]),
        ("sommerjobb", [("sommerjobb", "engagement", "Feriejobb"), ("sommerjobb", "engagement", "Sesong")]),
        ("fast stilling tannlege", [("fast stilling", "engagement", "Fast")]),
        ("vikariat i Tromsø", [("vikariat", "engagement", "Vikariat"), ("Tromsø", "place", "TROMS/TROMSØ")]),
        ("offentlig sektor jurist", [("offentlig sektor", "sector", "Offentlig")]),
        ("møre og romsdal", [("møre og romsdal", "place", "MØRE OG ROMSDAL")]),
        ("lærer more og romsdal", [("more og romsdal", "place", "MØRE OG ROMSDAL")]),
        ("kokk sørlandet", [("sørlandet", "place", "AGDER")]),
        ("lærer karasjok", [("karasjok", "place", "FINNMARK/KARASJOHKA KARASJOK")]),
        ("lærer os", [("os", "place", "INNLANDET/OS (INNLANDET)")]),
        ("bygg og anlegg", [("bygg og anlegg", "occupation", "Bygg og anlegg")]),
        (
            "Herøy",
            [("Herøy", "place", "MØRE OG ROMSDAL/HERØY (MØRE OG ROMSDAL)"), ("Herøy", "place", "NORDLAND/HERØY (NORDLAND)")],
        ),
    ],
)
def test_words_that_name_a_facet_value_are_recognised_as_typed(q, expected):
    assert named(q) == expected


@pytest.mark.parametrize(
    "q",
    [
        "bergen kommune",
        "Vestland fylkeskommune",
        "voss herad",
        "universitetet i oslo",
        "sykehuset i vestfold",
        "helse møre og romsdal",
        '"deltid"',
        "kokk -deltid",
        "deltid*",
        "kokk OR oslo",
        "god time",
        "kokk",
        "",
    ],
)
def test_words_that_do_not_name_a_facet_value_are_not_recognised(q):
    assert named(q) == []


def test_every_recognisable_value_exists():
    for meaning in entities._entities_by_key().values():
        for value in meaning.values:
            assert FACETS[meaning.facet].is_known(value), meaning


def test_every_municipality_and_county_is_recognised_beside_an_occupation():
    for path in {path for paths in place_names.COUNTIES_OF.values() for path in paths}:
        name = places.get_label(path).partition(" (")[0]
        assert path in {value for _, _, value in named(f"kokk {name}")} or name in {"Oslo"}, path


def test_every_upper_level_of_occupations_is_recognised():
    for level1 in occupations.PATHS:
        if "/" not in level1:
            assert ("occupation", level1) in {(facet, value) for _, facet, value in named(level1)}


def test_a_municipality_as_an_employer_is_searched_for_in_the_employer_only():
    (group,) = parser.parse_query("bergen kommune").must
    kinds = {name.kind for one in group for clause in one if isinstance(clause, SynonymClause) for name in clause.synonyms}
    assert kinds == {"employer"}


def test_an_entity_of_several_words_is_one_group():
    must = parser.parse_query("sykepleier fast stilling i nord-norge").must
    assert [isinstance(group[0][0], FacetClause) for group in must] == [False, True, True]
    assert len(must) == 3
