"""Place names on foreign keyboards: each form compiles to the same conditions and finds the same ads."""

from __future__ import annotations

import itertools
import unicodedata

import pytest

from jobsearch.search.analysis import norwegian, place_names
from jobsearch.search.conditions import Node
from jobsearch.search.facets import distance
from jobsearch.search.facets.base import Choice, find_choices
from jobsearch.search.query import compiler, parser
from jobsearch.taxonomy import catalogue, geography, places

KEYBOARDS = {"æ": ("ae", "a", "ä"), "ø": ("oe", "o", "ö"), "å": ("aa", "a"), "ü": ("ue", "u", "ü")}
NAMES = sorted(
    {
        name.lower()
        for name in (
            *catalogue.COUNTIES,
            *place_names.COUNTIES_OF,
            *(name_part for name in place_names.COUNTIES_OF for name_part in place_names.split_languages(name)),
            *place_names.TOWNS,
            *place_names.REGIONS,
            "grünerløkka",
            *(centre.name for centre in geography.load_centres().values()),
        )
    }
)
# (folded form, name) where the form is another word, see docs/search.md.
OTHER_WORDS = {("a", "å"), ("fiska", "fiskå"), ("jaren", "jæren"), ("lardal", "lærdal"), ("roa", "røa")}
SMALL = {"al": "ål", "as": "ås", "bo": "bø", "ha": "hå"}
ALONE = ("{}", "kokk i {}", "ledige stillinger i {}", "{} kommune")
EVERYWHERE = (*ALONE, "kokk {}", "{} sykepleier natt", "kokk OR {}", '"{}"', "kokk deltid {}")


def forms(name: str) -> set[str]:
    """All spellings of the name on foreign keyboards, in lower case."""
    return {"".join(form) for form in itertools.product(*(KEYBOARDS.get(mark, (mark,)) for mark in name))}


def compiled(q: str) -> Node:
    return compiler.compile_conditions(parser.parse_query(q))


def test_names_of_all_kinds_are_tested():
    assert len(NAMES) > 800
    assert {"akershus", "bærum", "herøy (nordland)", "møre og romsdal", "grünerløkka", "sunnmøre", "porsángu", "lærdalsøyri"} <= {
        *NAMES
    }


@pytest.mark.parametrize("q", EVERYWHERE)
def test_each_form_of_each_name_compiles_to_the_same_conditions(some_of, q):
    """Each name in one of the queries, and each query with a ninth of the names."""
    for name in some_of(NAMES, EVERYWHERE.index(q), len(EVERYWHERE)):
        expected = compiled(q.format(name))
        for form in forms(name):
            if (form, name) in OTHER_WORDS or (SMALL.get(form) == name and q not in ALONE):
                continue
            for typed in {form, form.upper(), form.title(), unicodedata.normalize("NFD", form)}:  # most are decomposed already
                assert compiled(q.format(typed)) == expected, (typed, name)


@pytest.mark.parametrize("typed", ["kokk as", "bo og omsorg", "kokk ha", "al dente"])
def test_a_function_word_is_not_corrected_beside_other_words(typed):
    small = next(word for word in typed.split() if word in SMALL)
    assert compiled(typed) != compiled(typed.replace(small, SMALL[small]))


def test_folded_names_that_are_other_words_are_not_corrected():
    for form, name in OTHER_WORDS:
        assert compiled(form) != compiled(name)
    assert norwegian.analyse_word("jaren").exact == "jaren" != norwegian.analyse_word("jæren").exact


def test_no_two_names_share_a_form():
    """Except Jæren and Jaren, Røa and Roa: "jaren" means Jaren, "roa" means Roa."""
    found: dict[str, set[str]] = {}
    for name in NAMES:
        if len(name.replace("-", " ").split()) == 1:
            for form in forms(name):
                found.setdefault(form, set()).add(norwegian.analyse_word(name).exact)
    assert {form: names for form, names in found.items() if len(names) > 1} == {
        "jaren": {"jaren", "jæren"},
        "roa": {"roa", "røa"},
    }


def test_words_that_are_no_places_are_not_corrected():
    for word in ("more", "sor", "ost", "over", "for", "gar", "bod", "bar"):
        assert norwegian.analyse_word(word).exact == word


def test_places_are_corrected_in_documents_too():
    for written, spelled in (("BAERUM", "bærum"), ("Lillestroem", "lillestrøm"), ("More og Romsdal", "møre og romsdal")):
        assert " ".join(word.exact for word in norwegian.analyse_text(written)) == spelled
    assert [word.exact for word in norwegian.analyse_body("i Tromso")] == ["i", "tromsø"]


def test_a_distance_is_measured_from_the_same_municipality():
    """The distance filter only takes places, so "bo" and "as" are places there too."""
    for path in geography.load_centres():
        name = places.get_label(path)
        assert distance.find_place(name) == path
        for form in forms(name.lower()):
            for typed in {form, form.upper(), unicodedata.normalize("NFD", form), f"\u200b{form}"}:
                assert distance.find_place(typed) == path, typed


@pytest.mark.parametrize(
    ("typed", "label"), [("baerum", "Bærum"), ("barum", "Bærum"), ("aalesund", "Ålesund"), ("tromsoe", "Tromsø")]
)
def test_a_list_of_facet_values_is_narrowed_by_each_form(typed, label):
    assert [choice.label for choice in _narrowed([label, "Oslo"], typed)] == [label]
    assert _narrowed(["Halden"], "ål") == []


def _narrowed(labels: list[str], typed: str) -> list:
    return find_choices([Choice(label, label, 1, False) for label in labels], typed)
