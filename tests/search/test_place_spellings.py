"""A place is one place whatever the keyboard: each form of its name compiles to the same conditions, and finds the same ads."""

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
            *(one for name in place_names.COUNTIES_OF for one in place_names.each_language(name)),
            *place_names.TOWNS,
            *place_names.REGIONS,
            "grünerløkka",
            *(centre.name for centre in geography.load_centres().values()),
        )
    }
)
# What is another word without its letters, see docs/search.md: (form, name).
OTHER_WORDS = {("a", "å"), ("fiska", "fiskå"), ("jaren", "jæren"), ("lardal", "lærdal")}
SMALL = {"al": "ål", "as": "ås", "bo": "bø", "ha": "hå"}
ALONE = ("{}", "kokk i {}", "ledige stillinger i {}", "{} kommune")
EVERYWHERE = (*ALONE, "kokk {}", "{} sykepleier natt", "kokk OR {}", '"{}"', "kokk deltid {}")


def forms(name: str) -> set[str]:
    """The name in lower case as each keyboard writes each of its letters."""
    return {"".join(form) for form in itertools.product(*(KEYBOARDS.get(mark, (mark,)) for mark in name))}


def compiled(q: str) -> Node:
    return compiler.compile_words(parser.parse(q))


def test_there_are_names_of_all_kinds():
    assert len(NAMES) > 800
    assert {"akershus", "bærum", "herøy (nordland)", "møre og romsdal", "grünerløkka", "sunnmøre", "porsángu", "lærdalsøyri"} <= {
        *NAMES
    }


@pytest.mark.parametrize("q", EVERYWHERE)
def test_each_form_of_each_name_asks_for_the_same(q):
    for name in NAMES:
        expected = compiled(q.format(name))
        for form in forms(name):
            if (form, name) in OTHER_WORDS or (SMALL.get(form) == name and q not in ALONE):
                continue
            for typed in (form, form.upper(), form.title(), unicodedata.normalize("NFD", form)):
                assert compiled(q.format(typed)) == expected, (typed, name)


@pytest.mark.parametrize("typed", ["kokk as", "bo og omsorg", "kokk ha", "al dente"])
def test_a_small_word_is_that_word_beside_others(typed):
    small = next(word for word in typed.split() if word in SMALL)
    assert compiled(typed) != compiled(typed.replace(small, SMALL[small]))


def test_another_word_stays_that_word():
    for form, name in OTHER_WORDS:
        assert compiled(form) != compiled(name)
    assert norwegian.word("jaren").exact == "jaren" != norwegian.word("jæren").exact


def test_no_two_names_share_a_form():
    """But Jæren and Jaren, of which the second keeps it."""
    found: dict[str, set[str]] = {}
    for name in NAMES:
        if len(name.replace("-", " ").split()) == 1:
            for form in forms(name):
                found.setdefault(form, set()).add(norwegian.word(name).exact)
    assert {form: names for form, names in found.items() if len(names) > 1} == {"jaren": {"jaren", "jæren"}}


def test_words_that_are_no_places_keep_their_letters():
    for word in ("more", "sor", "ost", "over", "for", "gar", "bod", "bar"):
        assert norwegian.word(word).exact == word


def test_documents_spell_places_as_queries_do():
    for written, spelled in (("BAERUM", "bærum"), ("Lillestroem", "lillestrøm"), ("More og Romsdal", "møre og romsdal")):
        assert " ".join(word.exact for word in norwegian.words(written)) == spelled
    assert [word.exact for word in norwegian.body_words("i Tromso")] == ["i", "tromsø"]


@pytest.mark.parametrize("path", sorted(geography.load_centres()))
def test_a_distance_is_measured_from_the_same_municipality(path):
    """Near something only a place can be meant: "bo" and "as" too."""
    name = places.get_label(path)
    expected = distance.find_place(name)
    assert expected == path
    for form in forms(name.lower()):
        for typed in (form, form.upper(), unicodedata.normalize("NFD", form), f"\u200b{form}"):
            assert distance.find_place(typed) == expected, typed


@pytest.mark.parametrize(
    ("typed", "label"), [("baerum", "Bærum"), ("barum", "Bærum"), ("aalesund", "Ålesund"), ("tromsoe", "Tromsø")]
)
def test_a_list_of_values_is_narrowed_by_each_form(typed, label):
    assert [one.label for one in _narrowed([label, "Oslo"], typed)] == [label]
    assert _narrowed(["Halden"], "ål") == []


def _narrowed(labels: list[str], typed: str) -> list:
    return find_choices([Choice(label, label, 1, False) for label in labels], typed)
