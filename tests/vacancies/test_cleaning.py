"""Cleaning of ads: every field is cleaned and cut, known values get one spelling, future publishing times are corrected."""

from __future__ import annotations

import datetime as dt
import importlib
import unicodedata

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from jobsearch.vacancies import cleaning, store
from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData, OccupationData, VacancyData
from jobsearch.vacancies.models import Contact, Location, Occupation, Vacancy
from tests.conftest import vacancy_data

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
LONG = "Sykepleier " + "a" * 12_000 + ". "


def cleaned(**fields) -> cleaning.CleanedVacancy:
    return cleaning.clean_vacancy(vacancy_data(**fields), NOW)


def all_texts(ad: cleaning.CleanedVacancy) -> list[str]:
    rows = [ad.vacancy, *ad.locations, *ad.contacts, *ad.occupations, *ad.categories]
    return [value for row in rows for value in vars(row).values() if isinstance(value, str)]


def test_every_short_field_is_cut():
    ad = cleaned(
        title=LONG, job_title=LONG, employer_name=LONG, employer_orgnr=LONG, source=LONG, application_due=LONG, sector=LONG,
        extent=LONG,
        engagement=LONG, start=LONG, position_count="9" * 5_000, employer_homepage=f"https://x.no/{LONG}", description="x",
        locations=(LocationData(*[LONG] * 6),) * 300,
        contacts=(ContactData(*[LONG] * 5),) * 300,
        occupations=(OccupationData(LONG, LONG),),
        categories=(CategoryData(LONG, LONG, LONG),) * 300,
    )  # fmt: skip
    assert (len(ad.vacancy.title), len(ad.vacancy.employer_name)) == (500, 200)
    assert max(map(len, all_texts(ad))) <= 1_000
    assert (len(ad.locations), len(ad.contacts), len(ad.categories)) == (200, 200, 200)
    assert ad.vacancy.position_count is None and ad.vacancy.employer_homepage == ""


@pytest.mark.django_db
def test_an_ad_of_long_fields_is_stored(make_vacancy):
    make_vacancy(title=LONG, employer_name=LONG, locations=(LocationData(*[LONG] * 6),), contacts=(ContactData(*[LONG] * 5),))
    assert Vacancy.objects.get().title.startswith("Sykepleier aaa")
    assert Location.objects.count() == Contact.objects.count() == 1


@pytest.mark.parametrize("value", ["null", "None", "undefined", "N/A", "-", "...", "&nbsp;", "<p></p>", " "])
def test_placeholders_for_a_missing_value_are_no_facet_values(value):
    ad = cleaned(
        title=value, job_title=value, employer_name=value, sector=value, extent=value, engagement=value,
        application_due=value, start=value,
        locations=(LocationData(value, value, value, value, value, value),), occupations=(OccupationData(value, value),),
        contacts=(ContactData(value, value, value, value, value),), categories=(CategoryData("ESCO", value, value),),
    )  # fmt: skip
    row = ad.vacancy
    assert {row.title, row.job_title, row.employer_name, row.sector, row.extent, row.engagement, row.start_text} == {""}
    assert (row.application_due_text, row.application_due) == ("", None)
    assert [one.path for one in ad.locations] == [""] and ad.occupations == [] and ad.contacts == []
    assert ad.categories[0].name == ""


@pytest.mark.parametrize(
    ("field", "given_", "kept"),
    [
        ("engagement", "FAST", "Fast"), ("engagement", "fast ", "Fast"), ("engagement", "vikariat", "Vikariat"),
        ("engagement", "A\u030aREMA\u030aL", "Åremål"), ("engagement", "selvstendig Næringsdrivende",
        "Selvstendig næringsdrivende"),
        ("extent", "heltid", "Heltid"), ("extent", "Deltid ", "Deltid"), ("extent", "DELTID.", "Deltid"), ("extent",
        "Hel\u00adtid", "Heltid"),
        ("sector", "offentlig", "Offentlig"), ("sector", "PRIVAT", "Privat"), ("sector", "Ideell", "Ideell"),
        ("sector", "offentleg", "Offentlig"), ("sector", "Privat sektor", "Privat"), ("sector", "ikke oppgitt", "Ikke oppgitt"),
        ("extent", "Fulltid", "Heltid"), ("extent", "FULL TIME", "Heltid"), ("engagement", "Fast stilling", "Fast"),
        ("engagement", "Noe  helt\u200b nytt", "Noe helt nytt"),
    ],
)  # fmt: skip
def test_known_values_get_the_spelling_of_the_catalogue(field, given_, kept):
    assert getattr(cleaned(**{field: given_}).vacancy, field) == kept


@pytest.mark.parametrize(
    ("level1", "level2", "path"),
    [
        ("HELSE OG SOSIAL", "sykepleier", "Helse og sosial/Sykepleier"),
        ("Kultur og kreative yrker", "Kunst  og kunsthåndverk", "Kultur og kreative yrker/Kunst og kunsthåndverk"),
        ("helse og sosial", "Noe nytt", "Helse og sosial/Noe nytt"),
        ("Noe", "Nytt", "Noe/Nytt"),
        ("it", "", "IT"),
    ],
)
def test_known_occupations_get_the_spelling_of_the_catalogue(level1, level2, path):
    assert [one.path for one in cleaned(occupations=(OccupationData(level1, level2),)).occupations] == [path]


@pytest.mark.parametrize(
    "place",
    [
        LocationData("NORGE", "M\u00d8RE OG ROMSDAL", "A\u030aLESUND"),
        LocationData("Norge", "Møre og Romsdal", "Ålesund"),
        LocationData("NORGE", "MØRE&nbsp;OG ROMSDAL", "&Aring;LESUND"),
        LocationData("NOR\u00adGE", "MØRE OG ROMSDAL ", "\u200bÅLESUND"),
    ],
)
def test_a_place_has_one_path_in_every_spelling(place):
    [location] = cleaned(locations=(place,)).locations
    assert location.path == "MØRE OG ROMSDAL/ÅLESUND"
    assert unicodedata.is_normalized("NFC", location.raw_municipality)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("999 888 777", "999888777"),
        ("999.888.777", "999888777"),
        ("NO 999 888 777 MVA", "999888777"),
        ("999888777", "999888777"),
        ("null", ""),
        ("12 34", "12 34"),
    ],
)
def test_an_organisation_number_is_stored_as_nine_digits(given_, kept):
    assert cleaned(employer_orgnr=given_).vacancy.employer_orgnr == kept


@pytest.mark.parametrize(
    "empty",
    ["<p>.</p>", "<ul><li></li></ul>", "-", "N/A", "<p>&nbsp;</p><p><br></p>", "<img src='x.png'>", "<p><b></b></p>", "<hr>",
    "null", "<p>…</p>",
     "<table><tr><td></td></tr></table>", "&shy;", "<script>x</script>"],
)  # fmt: skip
def test_a_text_without_content_becomes_empty(empty):
    ad = cleaned(description=empty, employer_description=empty)
    assert (ad.vacancy.description, ad.vacancy.employer_description) == ("", "")


def test_a_future_publishing_time_becomes_the_time_first_seen():
    coming, seen = NOW + dt.timedelta(days=300), NOW - dt.timedelta(days=3)
    assert cleaned(published=coming).vacancy.published == NOW
    assert cleaning.clean_vacancy(vacancy_data(published=coming), NOW, seen).vacancy.published == seen
    before = NOW - dt.timedelta(minutes=1)
    assert cleaning.clean_vacancy(vacancy_data(published=before), NOW, seen).vacancy.published == before
    assert cleaned(published=None).vacancy.published is None


@pytest.mark.django_db
def test_an_edit_does_not_change_a_corrected_publishing_time(make_vacancy):
    coming = timezone.now() + dt.timedelta(days=300)
    uuid = make_vacancy(published=coming)
    first = Vacancy.objects.get().published
    with transaction.atomic():
        store.store_vacancies(
            [vacancy_data(uuid=uuid, published=coming, title="Annet")], now=timezone.now() + dt.timedelta(days=2)
        )
    row = Vacancy.objects.get()
    assert (row.published, row.title) == (first, "Annet") and first == row.first_seen


@pytest.mark.django_db
@pytest.mark.parametrize("depth", [50, 400])
def test_the_raw_object_is_limited_in_depth(make_vacancy, depth):
    deep: object = "x"
    for _ in range(depth):
        deep = {"a": [deep]}
    make_vacancy(raw={"title": "Kokk\x00", "deep": deep})
    assert Vacancy.objects.get().raw["title"] == "Kokk"


TEXTS = st.text(max_size=60) | st.sampled_from(
    ["null", "9999-12-31", "15.12", "\u202e<b>x", "&#8238;", "https://\u0430.no", "a\u030a", "\x00\ud800"]
)
MOMENTS = st.datetimes(min_value=dt.datetime(1900, 1, 2), max_value=dt.datetime(9998, 12, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001


@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=200)
def test_any_ad_can_be_cleaned(data):
    def text() -> str:
        return data.draw(TEXTS)

    entry = VacancyData(
        uuid=data.draw(st.uuids()), expires=data.draw(MOMENTS), title=text(), description=text(),
        published=data.draw(st.none() | MOMENTS),
        employer_name=text(), employer_orgnr=text(), employer_homepage=text(), employer_description=text(), job_title=text(),
        source=text(),
        source_url=text(), application_url=text(), application_due=text(), engagement=text(), extent=text(), sector=text(),
        start=text(),
        position_count=text(), locations=(LocationData(text(), text(), text(), text(), text(), text()),),
        contacts=(ContactData(text()),),
        occupations=(OccupationData(text(), text()),), categories=(CategoryData(text(), text(), text()),), raw={text(): text()},
    )  # fmt: skip
    ad = cleaning.clean_vacancy(entry, NOW)
    for value in all_texts(ad):
        assert unicodedata.is_normalized("NFC", value)
        assert not any(unicodedata.category(one) in {"Cs"} or one in "\x00\u202e\u200b\u00ad" for one in value)
    assert ad.vacancy.published is None or ad.vacancy.published <= NOW


# Rows stored before cleaning existed (migration 0004).


def clean_stored() -> None:
    migration = importlib.import_module("jobsearch.vacancies.migrations.0004_clean_stored_ads")
    with connection.schema_editor() as editor:
        migration.clean_stored(apps, editor)


@pytest.mark.django_db(transaction=True)
def test_the_migration_cleans_old_rows_and_raises_their_versions(make_vacancy, monkeypatch):
    migration = importlib.import_module("jobsearch.vacancies.migrations.0004_clean_stored_ads")
    monkeypatch.setattr(migration, "CHUNK", 2)
    clean, dirty, closed, *more = [make_vacancy() for _ in range(7)]
    coming = timezone.now() + dt.timedelta(days=90)
    Vacancy.objects.filter(uuid=dirty).update(
        title="R&amp;D <b>Kokk</b>\u202e", extent="heltid", application_due_text="Frist: 15.12.2026", application_due=None,
        published=coming,
        employer_description="<p>.</p>", description="<p>truck\u00adfører</p>" + "<ul><li>x" * 1_000,
        source_url="https://n\u0430v.no/",
    )  # fmt: skip
    Location.objects.filter(vacancy=dirty).update(
        raw_municipality="A\u030aLESUND", raw_county="MØRE OG ROMSDAL", path="MØRE OG ROMSDAL/A\u030aLESUND"
    )
    Contact.objects.filter(vacancy=dirty).update(name="Kari\u200b Nordmann", role="null")
    Occupation.objects.filter(vacancy=dirty).update(raw_level2="SYKEPLEIER", path="Helse og sosial/SYKEPLEIER")
    with transaction.atomic():
        store.close_vacancies([closed], Vacancy.Closed.FEED)
    Vacancy.objects.filter(uuid=closed).update(title="H&amp;M")
    language = Vacancy.objects.get(uuid=closed).language
    clean_stored()
    row = Vacancy.objects.get(uuid=dirty)
    assert (row.title, row.extent, row.application_due, row.version) == ("R&D Kokk", "Heltid", dt.date(2026, 12, 15), 2)
    assert row.published == row.first_seen and row.employer_description == "" and row.source_url == "https://xn--nv-7kc.no/"
    assert row.description.startswith("<p>truckfører</p><ul>") and row.raw
    assert row.locations.get().path == "MØRE OG ROMSDAL/ÅLESUND" and row.occupations.get().path == "Helse og sosial/Sykepleier"
    assert (row.contacts.get().name, row.contacts.get().role) == ("Kari Nordmann", "")
    shut = Vacancy.objects.get(uuid=closed)
    assert (shut.title, shut.status, shut.language, shut.version) == ("H&M", "INACTIVE", language, 3)
    assert {Vacancy.objects.get(uuid=uuid).version for uuid in (clean, *more)} == {1}
    versions = list(Vacancy.objects.order_by("uuid").values_list("version", flat=True))
    clean_stored()
    assert list(Vacancy.objects.order_by("uuid").values_list("version", flat=True)) == versions
