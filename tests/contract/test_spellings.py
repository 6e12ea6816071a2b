"""Spelling variants: the same ads with any keyboard, hyphen and invisible character, on every engine."""

from __future__ import annotations

import unicodedata
import uuid

import pytest
from django.db import transaction

from jobsearch.search.api import SearchQuery, search
from jobsearch.search.indexing import index_changes
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData
from tests.conftest import vacancy_data

pytestmark = pytest.mark.django_db


def place(county: str, municipality: str) -> tuple[LocationData, ...]:
    return (LocationData("NORGE", county, municipality, city=municipality),)


OSLO = place("OSLO", "OSLO")
# key: (title, text, where)
ADS = {
    "bærum": ("Renholder", "Kontorer.", place("AKERSHUS", "BÆRUM")),
    "lillestrøm": ("Renholder", "Kontorer.", place("AKERSHUS", "LILLESTRØM")),
    "mentions": ("Renholder", "Vi har også kontor i Bærum, i Lillestrøm, på Sørlandet og på Sunnmøre.", OSLO),
    "kristiansand": ("Renholder", "Kontorer.", place("AGDER", "KRISTIANSAND")),
    "ålesund": ("Renholder", "Kontorer.", place("MØRE OG ROMSDAL", "ÅLESUND")),
    "ås": ("Renholder", "Kontorer.", place("AKERSHUS", "ÅS")),
    "feed": ("Fôrselger", "Du selger fôr til oppdrett.", OSLO),
    "feeding": ("Røkter", "Ansvar for fôring og daglig stell.", OSLO),
    "small words": ("Selger", "Vi søker en for natt og dag, for en butikk.", OSLO),
    "one": ("Selger", "Du får én fast dag, og òg én helg.", OSLO),
    "hidden": ("Truck\u00adfører\u00adbevis er et krav", "Du har en truck\u200bfører\u200btest.", OSLO),
    "hyphens": ("Barne‑ og ungdomsarbeider", "Drift av IT‐systemer.", OSLO),
    "wide": ("Ｃ＋＋－ｕｔｖｉｋｌｅｒ", "Ｌｉｎｕｘ.", OSLO),
}


@pytest.fixture(scope="module")
def keys(corpus_engine, django_db_blocker) -> dict[uuid.UUID, str]:
    made = {
        name: vacancy_data(
            title=title, description=f"<p>{body}</p>", locations=where, employer_name="Prøvebedriften", contacts=()
        )
        for name, (title, body, where) in ADS.items()
    }
    with django_db_blocker.unblock():
        with transaction.atomic():
            store.store_vacancies([*made.values()])
        index_changes()
    return {data.uuid: name for name, data in made.items()}


def found(q: str, keys: dict[uuid.UUID, str] | None = None) -> set:
    """The hits of the query; with `keys` only those ads, by name."""
    uuids = set(search(SearchQuery(q=q, size=100)).uuids)
    return uuids if keys is None else {keys[uuid] for uuid in uuids if uuid in keys}


@pytest.mark.parametrize(
    ("name", "typed", "finds"),
    [
        ("Bærum", "Baerum Barum BAERUM Bärum BÆRUM", {"bærum"}),
        ("Lillestrøm", "Lillestrom Lillestroem LILLESTROM Lillestrøm Lilleström", {"lillestrøm"}),
        ("Ålesund", "Alesund Aalesund AALESUND ålesund", {"ålesund"}),
        ("Sørlandet", "Sorlandet Soerlandet SÖRLANDET", {"kristiansand"}),
        ("Sunnmøre", "Sunnmore Sunnmoere Sunnmöre", {"ålesund"}),
        ("Møre og Romsdal", "More_og_Romsdal Moere_og_Romsdal MÖRE_OG_ROMSDAL", {"ålesund"}),
        ("Ås", "As Aas AAS ås", {"ås"}),
        ("renholder Bærum", "renholder_Baerum renholder_barum", {"bærum"}),
    ],
)
def test_a_place_is_found_with_any_keyboard(keys, name, typed, finds):
    expected = found(name)
    assert finds <= found(name, keys)
    assert "mentions" not in found(name, keys)
    for form in typed.replace("_", "\u00a0").split(" "):
        for written in (form.replace("\u00a0", " "), unicodedata.normalize("NFD", form.replace("\u00a0", " "))):
            assert found(written) == expected, written


@pytest.mark.parametrize(
    ("q", "finds"),
    [
        ("fôr", {"feed"}),
        ("fôring", {"feed", "feeding"}),
        ("én", {"one"}),
        ("òg", {"one"}),
        ("truckførerbevis", {"hidden"}),
        ("truckførertest", {"hidden"}),
        ("truck\u00adførerbevis", {"hidden"}),
        ('"barne‐ og ungdomsarbeider"', {"hyphens"}),
        ("barnearbeider", {"hyphens"}),
        ("it systemer", {"hyphens"}),
        ("c++ linux", {"wide"}),
        ("selger —natt", {"one"}),
        ("selger ‐natt", {"one"}),
        ("‹fast dag›", {"one"}),
    ],
)
def test_variants_of_letters_and_signs_find_the_ad(keys, q, finds):
    assert found(q, keys) - {"feed" if "fôr" not in q else ""} == finds


def test_function_words_with_and_without_accent_differ(keys):
    assert "small words" in found('"en for natt og"', keys)
    assert found('"fôr natt"', keys) == set()
    assert {"feed", "feeding", "one"} & found("fôr natt", keys) == set()
