"""Redaction of documents: nothing of an ad's contacts is indexed, and everything else is."""

from __future__ import annotations

import unicodedata

import pytest

from jobsearch.vacancies.ad_data import ContactData
from tests.search.test_highlighting import document, related


def words_of(made) -> set[str]:
    return {word for value in made.values() if isinstance(value, str) for word in value.split()}


@pytest.mark.parametrize(
    ("title", "contact", "found"),
    [
        ("Avdelingsleder hjemmetjenesten", "Avdelingsleder Anne Prøvesen", "avdelingsleder"),
        ("Butikksjef", "Butikksjef", "butikksjef"),
        ("Stein- og anleggsarbeider", "Stein Prøvesen", "stein"),
        ("Lærer i norsk og Python", "Norsk Rekruttering v/ Python Hansen", "python"),
    ],
)
def test_words_of_a_title_are_indexed_though_a_contact_has_them_in_the_name(title, contact, found):
    made = document(title=title, description=f"<p>Kontakt {contact}.</p>", contacts=related(ContactData(contact)))
    assert found in made["title"].split()
    assert not {"prøvesen", "hansen"} & words_of(made)


def test_times_dates_and_case_numbers_are_indexed_and_phone_numbers_are_not():
    body = "<p>Turnus 2200-0730 i perioden 22.06-15.08, sak 26/12345-1. Ring mob.950 64 865 / 951 11 222.</p>"
    found = words_of(document(title="Nattevakt", description=body))
    assert {"2200", "0730", "22", "06", "15", "08", "26", "12345"} <= found
    assert not {"950", "951", "865", "222", "11"} & found


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["Håkon Ås", "Haakon Aas", "HÅKON ÅS", "Ås, Håkon", "André Ås"])
def test_a_contacts_name_is_not_indexed_in_any_spelling(form, written):
    contacts = related(ContactData("Håkon Ås"), ContactData("Andre Aas"))
    made = document(title="Kokk", description=f"<p>Spør {unicodedata.normalize(form, written)} i dag.</p>", contacts=contacts)
    assert words_of(made) & {"håkon", "haakon", "hakon", "andre", "andré", "ås", "aas"} == set()
    assert "kokk" in made["title"].split()
