"""Suppression list: a person who asked for it is removed from every stored ad, and never comes back with a later write."""

from __future__ import annotations

import json

import pytest
from django.core.serializers import serialize
from django.db import transaction
from django.test import override_settings

from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.deletion_models import Erasure, Purge, SuppressedIdentifier
from jobsearch.vacancies.erasure import add_to_list, erase_everywhere, find_ads
from jobsearch.vacancies.models import (
    Category,
    Contact,
    Location,
    Moderation,
    Occupation,
    PreparedAd,
    PreparedDocument,
    Vacancy,
)
from jobsearch.vacancies.suppression import load_suppressor, parse_identifiers
from jobsearch.vacancies.suppression.identifiers import Kind, UnusableIdentifier
from jobsearch.vacancies.suppression.loading import count_unusable
from tests.conftest import vacancy_data

pytestmark = pytest.mark.django_db
TABLES = (
    *(Vacancy, Contact, Location, Occupation, Category, PreparedAd, PreparedDocument, Moderation),
    *(Erasure, SuppressedIdentifier, Purge),
)


def suppress(*, name: str = "", phone: str = "", email: str = "", reference: str = "") -> Erasure:
    identifiers = [
        *parse_identifiers(Kind.NAME, name.split("\n")),
        *parse_identifiers(Kind.PHONE, phone.split("\n")),
        *parse_identifiers(Kind.EMAIL, email.split("\n")),
    ]
    return add_to_list(identifiers, "administrator", reference)


def store_ad(**fields: object) -> Vacancy:
    data = vacancy_data(**fields)
    with transaction.atomic():
        store.store_vacancies([data])
    return Vacancy.objects.get(pk=data.uuid)


def dump() -> str:
    """Every stored value of an ad, as text."""
    text = "".join(serialize("json", model.objects.all()) for model in TABLES)
    return json.dumps(json.loads("[" + text.replace("][", "],[") + "]"), ensure_ascii=False).casefold()


def assert_gone(*traces: str) -> None:
    text = dump()
    assert [trace for trace in traces if trace.casefold() in text] == []


KARI = ("kari", "nordmann", "22 33 44 55", "22334455", "kari@sykehus.example")


@pytest.mark.parametrize(
    "identifiers",
    [{"phone": "+47 223 34 455"}, {"email": "KARI@Sykehus.example"}, {"name": "Nordmann, Kari"}],
    ids=["phone", "email", "name"],
)
def test_any_identifier_removes_the_whole_contact_from_stored_ads(identifiers):
    before = store_ad(raw={"description": "<p>Ring Kari Nordmann på 22 33 44 55 eller kari@sykehus.example.</p>"})
    erasure = suppress(**identifiers)
    assert erase_everywhere(erasure) == 1
    assert_gone(*KARI)
    row = Vacancy.objects.get()
    assert "Vi søker en sykepleier til natt" in row.description
    assert row.version == before.version + 1
    assert (Purge.objects.get().kind, Purge.objects.get().number) == (Purge.Kind.ERASED, 1)
    erasure.refresh_from_db()
    assert (erasure.ads, bool(erasure.finished)) == (1, True)


@pytest.mark.parametrize("identifiers", [{"phone": "22334455"}, {"email": "kari@sykehus.example"}, {"name": "Kari Nordmann"}])
def test_a_later_write_does_not_bring_the_person_back(identifiers):
    suppress(**identifiers)
    row = store_ad()
    assert_gone(*KARI)
    store_ad(uuid=row.uuid, expires=row.expires, title="Kari Nordmann søker sykepleier")
    assert_gone(*KARI)
    assert Vacancy.objects.get().title == "søker sykepleier"


def test_erasing_again_changes_nothing():
    store_ad()
    suppress(phone="22334455")
    assert erase_everywhere() == 1
    version = Vacancy.objects.get().version
    assert erase_everywhere() == 0
    assert Vacancy.objects.get().version == version


def test_an_unchanged_ad_of_the_feed_stays_erased():
    data = vacancy_data()
    for _round in range(2):
        with transaction.atomic():
            store.store_vacancies([data])
        suppress(phone="22334455")
        erase_everywhere()
    with transaction.atomic():
        assert store.store_vacancies([data]) == {data.uuid: store.Outcome.UNCHANGED}
    assert_gone(*KARI)


def test_other_people_stay():
    others = (ContactData(name="Kari Nordmann", phone="22 33 44 55"), ContactData(name="Ola Prøvesen", phone="40 50 60 70"))
    suppress(phone="22334455")
    store_ad(contacts=others, description="<p>Ring Ola Prøvesen, 40 50 60 70, eller Kari Nordmann.</p>")
    assert [person.name for person in Contact.objects.all()] == ["Ola Prøvesen"]
    row = Vacancy.objects.get()
    assert "Ola Prøvesen, 40 50 60 70" in row.description
    assert "Nordmann" not in row.description


@pytest.mark.parametrize(
    "written",
    [
        "Ring Kari <b>Nordmann</b> i dag",
        "Ring KARI NORDMANN i dag",
        "Ring Kari&nbsp;Nordmann i dag",
        "Ring Ka&shy;ri Nord&shy;mann i dag",
        "Kari Nordmanns kontor",
        "Nordmann, Kari (leder)",
        "Skriv til <a href='mailto:kari.nordmann@firma.example'>oss</a>",
        "Se <a href='https://firma.example/ansatte/kari-nordmann'>siden</a>",
        "Skriv til kari.nordmann@firma.example",
        "Skriv til kari.nordmann (at) firma.example",
        "Ka\u0301ri Nordmann",
    ],
)
def test_a_name_is_found_however_it_is_written(written):
    suppress(name="Kari Nordmann")
    store_ad(contacts=(), title="Sykepleier", description=f"<p>Fint arbeid. {written}.</p>", raw={"tekst": written})
    assert_gone("nordmann", "kari")
    assert "Fint arbeid" in Vacancy.objects.get().description


@pytest.mark.parametrize(
    "written",
    [
        "22334455",
        "22 33 44 55",
        "223 34 455",
        "+47 22 33 44 55",
        "0047-22.33.44.55",
        "(+47) 22334455",
        "2&#8201;2 33 44 55",
        "<a href='tel:+4722334455'>ring</a>",
        "２２３３４４５５",
        "22\u201133\u201144\u201155",
        "12345678/22334455",
    ],
)
def test_a_phone_number_is_found_however_it_is_written(written):
    suppress(phone="22 33 44 55")
    store_ad(contacts=(), description=f"<p>Fint arbeid. {written} hele dagen.</p>", raw={"tekst": written})
    row = Vacancy.objects.get()
    assert "22334455" not in "".join(sign for sign in f"{row.description} {row.raw}" if sign.isdecimal())
    assert "hele dagen" in row.description


@pytest.mark.parametrize("written", ["kari (at) firma dot no", "kari@FIRMA.no", "kari[a]firma.no", "kari&#64;firma.no"])
def test_an_address_is_found_however_it_is_written(written):
    suppress(email="kari@firma.no")
    store_ad(contacts=(), description=f"<p>Fint arbeid. Skriv til {written} i dag.</p>", raw={"tekst": written})
    assert_gone("firma")
    assert "i dag" in Vacancy.objects.get().description


def test_ordinary_words_and_numbers_stay():
    suppress(name="Kari Nordmann", phone="22334455", email="kari@sykehus.example")
    text = "<p>Kari på kontoret. Nordmann og utlending. Tlf. 22 33 44 56, org.nr. 987 654 321.</p>"
    assert store_ad(contacts=(), description=text).description == text


def test_links_with_the_person_are_deleted():
    suppress(email="kari@firma.no", name="Kari Nordmann")
    row = store_ad(contacts=(), application_url="mailto:kari%40firma.no", source_url="https://firma.example/kari%20nordmann/jobb")
    assert (row.application_url, row.source_url) == ("", "")


def test_closed_ads_lose_the_name_too():
    row = store_ad(contacts=(), title="Vikar for Kari Nordmann", description="<p>Fint arbeid</p>")
    with transaction.atomic():
        store.close_vacancies([row.uuid], Vacancy.Closed.FEED)
    suppress(name="Kari Nordmann")
    erase_everywhere()
    row.refresh_from_db()
    assert (row.title, row.status) == ("Vikar for", "INACTIVE")
    assert not PreparedAd.objects.exists()


def test_notes_of_administrators_are_searched():
    row = store_ad()
    store.set_hidden(row.uuid, True, "Kari Nordmann ringte fra 22 33 44 55")
    suppress(name="Kari Nordmann", phone="22334455")
    erase_everywhere()
    assert_gone(*KARI)


def test_nothing_readable_is_kept_of_the_request():
    suppress(name="Kari Nordmann", phone="22334455", email="kari@firma.no")
    assert_gone("kari", "nordmann", "22334455", "firma")
    assert SuppressedIdentifier.objects.count() == 3
    with override_settings(SUPPRESSION_KEY="another key of enough length"):
        # Another key gives another hash, so the hash of a phone number cannot be found by trying all numbers.
        assert add_to_list(parse_identifiers(Kind.PHONE, ["22334455"]), "x").identifiers.get().digest not in set(
            SuppressedIdentifier.objects.filter(erasure_id=1).values_list("digest", flat=True)
        )


def test_a_lost_key_is_reported_and_an_earlier_one_still_works():
    with override_settings(SECRET_KEY="s" * 50, SUPPRESSION_KEY=""):
        suppress(phone="22334455")
        assert count_unusable() == 0
    with override_settings(SECRET_KEY="t" * 50, SUPPRESSION_KEY=""):
        assert count_unusable() == 1
    with override_settings(SECRET_KEY="t" * 50, SUPPRESSION_KEY="s" * 50):
        assert count_unusable() == 0
        assert load_suppressor().clean_line("Ring 22 33 44 55") == "Ring  "


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.NAME, "Kari"),
        (Kind.NAME, "K N"),
        (Kind.NAME, "a b c d e f"),
        (Kind.PHONE, "02000"),
        (Kind.PHONE, "12345678901234567"),
        (Kind.EMAIL, "kari"),
        (Kind.EMAIL, "kari@"),
        (Kind.EMAIL, "to@x.no kari@x.no"),
    ],
)
def test_identifiers_that_would_remove_too_much_are_refused(kind, value):
    with pytest.raises(UnusableIdentifier):
        parse_identifiers(kind, [value])


def test_a_lifted_request_lets_the_person_back():
    erasure = suppress(phone="22334455")
    suppress(name="Ola Prøvesen")
    erasure.delete()
    store_ad()
    assert Contact.objects.get().name == "Kari Nordmann"


def test_a_preview_finds_contacts_and_titles():
    one = store_ad()
    two = store_ad(contacts=(), title="Hos Kari Nordmann", description="<p>Fint</p>")
    store_ad(contacts=(), description="<p>Fint</p>")
    found = find_ads([*parse_identifiers(Kind.PHONE, ["22334455"]), *parse_identifiers(Kind.NAME, ["Kari Nordmann"])])
    assert {row.uuid for row in found} == {one.uuid, two.uuid}


def test_an_empty_list_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not load_suppressor()


def test_writing_ads_with_a_list_costs_no_query_an_ad(django_assert_max_num_queries):
    suppress(name="Kari Nordmann")
    ads = [vacancy_data() for _number in range(20)]
    with transaction.atomic(), django_assert_max_num_queries(20):
        store.store_vacancies(ads)


def test_erasing_reads_all_ads_in_few_queries(django_assert_max_num_queries):
    for _number in range(30):
        store_ad(contacts=(), description="<p>Fint</p>")
    suppress(name="Kari Nordmann")
    with django_assert_max_num_queries(20):
        erase_everywhere()
