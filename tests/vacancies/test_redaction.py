"""Contact information in an ad's texts: what is removed, what stays, and that the time it takes is linear."""

from __future__ import annotations

import pytest

from jobsearch.vacancies.data import ContactData
from jobsearch.vacancies.redaction import redact_text

KARI = ContactData(name="Kari Nordmann", email="kari.nordmann@bergen.example", phone="950 27 028")


@pytest.mark.parametrize(
    "number", ["+47 950 27 028", "48157761", "950 27 028", "+47 55 58 85 95", "78 97 76 00", "0047 22334455", "(+47) 22 33 44 55"]
)
def test_phone_numbers_in_every_form_are_taken_out(number):
    assert not any(character.isdigit() for character in redact_text(f"Ring {number} i dag"))


@pytest.mark.parametrize(
    "kept", ["24.12.2026", "500 000 - 600 000 kr", "123 456 789", "2026-12-24", "45 000 000 kroner", "37,5 timer", "2023-2027"]
)
def test_dates_money_and_other_numbers_stay(kept):
    assert kept in redact_text(f"Vi sier {kept} her.")


@pytest.mark.parametrize(
    "text",
    [
        "Kontakt Kari Nordmann for mer.",
        "Kontakt NORDMANN, KARI.",
        "Kontakt Kari B. Nordmann",
        "Spør etter Kari",
        "Karis nummer",
        "kari nordmann",
        "E-post kari.nordmann@bergen.example",
        "kari.nordmann(at)bergen.example",
    ],
)
def test_a_contact_is_taken_out_of_the_text_however_written(text):
    redacted = redact_text(text, [KARI]).lower()
    assert "kari" not in redacted and "nordmann" not in redacted


def test_words_of_the_ads_own_title_and_place_stay():
    berg = ContactData(name="Anne Berg")
    assert "Berg" in redact_text("Skole på Berg. Ring Anne.", [berg], "Lærer, Berg skole")
    assert "Anne" not in redact_text("Skole på Berg. Ring Anne.", [berg], "Lærer, Berg skole")
