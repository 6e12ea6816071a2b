"""Duplicate detection: which ads count as the same ad in different places."""

from __future__ import annotations

import pytest

from jobsearch.vacancies.duplicates import compute_body_hash, normalise_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kiwi søker deg.\nBli med!", "KIWI  søker\u00a0deg. Bli med"),
        ("Vi søker kokk i Bergen, nær Bergens sentrum", "Vi søker kokk i Ås, nær Ås sentrum"),
        ("Jobb i Møre og Romsdal", "Jobb i Vestland"),
        ("La\u0308rer", "Lärer"),
    ],
)
def test_case_white_space_and_the_ads_own_places_are_ignored(one, other):
    places = ["BERGEN", "ÅS", "MØRE OG ROMSDAL", "VESTLAND"]
    assert normalise_words(one, places) == normalise_words(other, places)
    assert compute_body_hash("Kiwi Norge AS", one, places) == compute_body_hash("KIWI  Norge as", other, places) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sykepleier 50 %", "Sykepleier 80 %"),
        ("C++-utvikler", "C#-utvikler"),
        ("Vi søker kokk i Bergen", "Vi søker kelner i Bergen"),
        ("Vi søker kokk i Voss", "Vi søker kokk i Alta"),
    ],
)
def test_any_other_difference_counts(one, other):
    assert normalise_words(one, ["BERGEN"]) != normalise_words(other, ["BERGEN"])


def test_the_employer_counts_and_an_ad_without_text_has_no_duplicates():
    assert compute_body_hash("Kiwi", "Tekst") != compute_body_hash("Rema", "Tekst")
    assert compute_body_hash("Kiwi", "") == compute_body_hash("Kiwi", " \n…") == ""
