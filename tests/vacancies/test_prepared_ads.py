"""Prepared rows of ads: made when an ad is stored, without contacts, deleted with its content, made again after an upgrade."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.vacancies import prepared_ads, store
from jobsearch.vacancies.ad_data import ContactData, LocationData, OccupationData
from jobsearch.vacancies.models import PreparedAd, Vacancy
from jobsearch.web.presenters import ad_rows
from tests.conftest import vacancy_data

pytestmark = pytest.mark.django_db

SECRET = {
    "title": "Vikar for Kari Nordmann",
    "employer_name": "Kroa",
    "description": "<p>Vi har <b>turnus</b>.</p><p>Ring Kari Nordmann på 950 64 865 eller kari@kroa.example.</p>",
    "locations": (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN", "5003"), LocationData("NORGE", "OSLO", "OSLO")),
    "occupations": (OccupationData("Reiseliv og mat", "Kokk"),),
    "contacts": (ContactData("Kari Nordmann", "kari@kroa.example", "950 64 865"),),
}


def describe(prepared: PreparedAd) -> dict:
    return {field.name: getattr(prepared, field.attname) for field in PreparedAd._meta.concrete_fields}


def list_columns(row: PreparedAd) -> str:
    return repr(describe(row))


def test_an_ad_is_prepared_when_it_is_stored(make_vacancy):
    prepared = PreparedAd.objects.get(pk=make_vacancy(**SECRET))
    assert prepared.version == prepared_ads.VERSION
    assert prepared.locations == [["VESTLAND/BERGEN", "BERGEN", "5003", "", "NORGE"], ["OSLO/OSLO", "", "", "", "NORGE"]]
    assert prepared.occupations == ["Reiseliv og mat/Kokk"]
    assert prepared.job_names == ["Kokk"]
    assert prepared.text.startswith("Vi har turnus.")
    assert prepared.redactions == {"Vikar for Kari Nordmann": "Vikar for"}


def test_a_prepared_row_holds_no_contact(make_vacancy):
    held = list_columns(PreparedAd.objects.get(pk=make_vacancy(**SECRET | {"title": "Vikar"})))
    for secret in ("Kari", "Nordmann", "950", "kroa.example"):
        assert secret not in held


def test_an_edit_replaces_the_prepared_row(make_vacancy):
    uuid = make_vacancy(**SECRET)
    make_vacancy(uuid=uuid, title="Kokk", raw={"edited": 1}, description="<p>Ny tekst.</p>", occupations=())
    prepared = PreparedAd.objects.get(pk=uuid)
    assert (prepared.text, prepared.job_names, prepared.redactions) == ("Ny tekst.", [], {})


def close(uuid) -> None:
    with transaction.atomic():
        store.close_vacancies([uuid], Vacancy.Closed.FEED)


def mask(uuid) -> None:
    with transaction.atomic():
        store.close_vacancies([uuid], Vacancy.Closed.FEED, masked=[uuid])


def pass_last_day(uuid) -> None:
    Vacancy.objects.filter(pk=uuid).update(visible_until=timezone.now() - dt.timedelta(seconds=1))
    store.close_expired()


def store_as_expired(uuid) -> None:
    data = vacancy_data(uuid=uuid, raw={"edited": 1}, expires=timezone.now() - dt.timedelta(days=3))
    with transaction.atomic():
        store.store_vacancies([data])


def forget(uuid) -> None:
    close(uuid)
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))


@pytest.mark.parametrize("end", [close, mask, pass_last_day, store_as_expired, forget])
def test_the_prepared_row_is_deleted_with_the_content_of_the_ad(make_vacancy, end):
    uuid, other = make_vacancy(**SECRET), make_vacancy()
    end(uuid)
    assert set(PreparedAd.objects.values_list("pk", flat=True)) == {other}


def test_a_rolled_back_close_keeps_it(make_vacancy):
    uuid = make_vacancy()
    with pytest.raises(RuntimeError), transaction.atomic():
        store.close_vacancies([uuid], Vacancy.Closed.FEED)
        raise RuntimeError
    assert PreparedAd.objects.filter(pk=uuid).exists()


@pytest.mark.parametrize("state", ["missing", "earlier", "later"])
def test_lists_show_an_ad_that_is_not_prepared_yet(make_vacancy, state):
    uuid = make_vacancy(**SECRET)
    expected = ad_rows.format_places(ad_rows.list_active_ads([uuid])[0])
    if state == "missing":
        PreparedAd.objects.all().delete()
    else:
        version = 0 if state == "earlier" else prepared_ads.VERSION + 1
        PreparedAd.objects.update(version=version, locations=[["OSLO", "", "", "", ""]], title_language="xx")
    row = ad_rows.list_active_ads([uuid], with_text=True)[0]
    assert ad_rows.format_places(row) == expected == "Bergen, Oslo"
    assert row.prepared.text.startswith("Vi har turnus.") and "Kari" not in row.prepared.text


def test_rows_of_another_version_are_made_again_a_part_at_a_time(make_vacancy):
    uuids = [make_vacancy(title=f"Kokk {n}") for n in range(5)]
    expected = {row.pk: describe(row) for row in PreparedAd.objects.all()}
    PreparedAd.objects.update(version=0, text="", locations=[], title_language="")
    assert [prepared_ads.prepare_stored_ads(2) for _ in range(4)] == [2, 2, 1, 0]
    assert {row.pk: describe(row) for row in PreparedAd.objects.all()} == expected
    assert expected.keys() == {*uuids}


def test_a_closed_ad_is_never_prepared(make_vacancy):
    uuid = make_vacancy()
    Vacancy.objects.filter(pk=uuid).update(status="INACTIVE")
    PreparedAd.objects.update(version=0)
    prepared_ads.prepare_stored_ads()
    assert not PreparedAd.objects.exists()
    assert prepared_ads.prepare_stored_ads() == 0


def test_an_ad_that_cannot_be_prepared_is_stored_and_listed(make_vacancy, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("a text that breaks it")

    monkeypatch.setattr(prepared_ads, "Redactor", fail)
    uuid = make_vacancy(**SECRET)
    prepared = PreparedAd.objects.get(pk=uuid)
    assert prepared.text == "" and "Kari" not in prepared.redactions.values()
    assert [row.uuid for row in ad_rows.list_active_ads([uuid])] == [uuid]
    assert "cannot be prepared" in caplog.text and "breaks" in caplog.text


@pytest.mark.parametrize("number", [1, 40])
def test_a_list_is_read_by_one_query(make_vacancy, django_assert_num_queries, number):
    uuids = [make_vacancy(**SECRET) for _ in range(number)]
    with django_assert_num_queries(1):
        rows = ad_rows.list_active_ads(uuids, with_text=True)
        assert [ad_rows.format_places(row) for row in rows] == ["Bergen, Oslo"] * number
        assert all(row.prepared.text for row in rows)
