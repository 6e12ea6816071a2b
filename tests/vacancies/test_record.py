"""The record: what storing, closing, hiding and forgetting leave behind."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobsearch.vacancies import pending, tasks
from jobsearch.vacancies import store as record
from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData
from jobsearch.vacancies.models import Contact, Location, Moderation, Tombstone, Vacancy
from jobsearch.vacancies.store import Outcome
from jobsearch.vacancies.visibility import OSLO, compute_visible_until
from tests.conftest import vacancy_data

pytestmark = pytest.mark.django_db


def store(*entries, **options):
    with transaction.atomic():
        return record.store_vacancies(entries, **options)


def close(*uuids, reason=Vacancy.Closed.FEED, **options):
    with transaction.atomic():
        return record.close_vacancies(uuids, reason, **options)


def test_what_was_stored_is_new_then_unchanged_then_updated():
    data = vacancy_data()
    assert store(data) == {data.uuid: Outcome.NEW}
    assert store(data) == {data.uuid: Outcome.UNCHANGED}
    edited = vacancy_data(uuid=data.uuid, title="Sykepleier 100 %", expires=data.expires)
    assert store(edited) == {data.uuid: Outcome.UPDATED}
    row = Vacancy.objects.get()
    assert (row.title, row.version, row.contacts.count()) == ("Sykepleier 100 %", 2, 1)


def test_an_edit_of_only_a_contact_is_an_edit():
    data = vacancy_data()
    store(data)
    without = vacancy_data(uuid=data.uuid, expires=data.expires, contacts=(), raw=data.raw)
    assert store(without) == {data.uuid: Outcome.UPDATED}
    assert not Contact.objects.exists()


def test_closing_deletes_contacts_texts_links_and_raw_but_not_what_tells_the_ad():
    data = vacancy_data()
    store(data)
    assert close(data.uuid) == 1
    row = Vacancy.objects.get()
    assert (row.status, row.title, row.employer_name) == ("INACTIVE", "Sykepleier", "Sykehuset")
    assert (row.description, row.source_url, row.application_url, row.raw, row.body_hash) == ("", "", "", None, "")
    assert not Contact.objects.exists()
    assert row.locations.get().path == "VESTLAND/BERGEN"
    assert close(data.uuid) == 0


def test_a_contact_in_the_title_does_not_outlive_the_ad():
    person = ContactData("Anne Prøvesen", "anne@hus.example", "950 64 865")
    title, employer = "Vikar for Anne Prøvesen, ring 950 64 865", "Tannlege Anne Prøvesen AS"
    data = vacancy_data(title=title, job_title="Vikar (anne@hus.example)", employer_name=employer, contacts=(person,))
    store(data)
    close(data.uuid)
    row = Vacancy.objects.get()
    assert (row.title, row.job_title, row.employer_name) == ("Vikar for , ring", "Vikar ( )", "Tannlege AS")
    over = vacancy_data(expires=timezone.now() - dt.timedelta(days=2), title=title, contacts=(person,))
    store(over)
    assert Vacancy.objects.get(uuid=over.uuid).title == "Vikar for , ring"


def test_closing_as_masked_deletes_title_and_employer_too_even_afterwards():
    data = vacancy_data()
    store(data)
    close(data.uuid)
    assert close(data.uuid, masked={data.uuid}) == 0
    row = Vacancy.objects.get()
    assert (row.title, row.employer_name, row.version) == ("", "", 3)


def test_a_closed_ad_that_is_stored_again_is_open_with_a_higher_version():
    data = vacancy_data()
    store(data)
    close(data.uuid)
    assert store(data) == {data.uuid: Outcome.UPDATED}
    row = Vacancy.objects.get()
    assert (row.status, row.closed_at, row.version) == ("ACTIVE", None, 3)


def test_an_ad_whose_last_day_has_passed_is_stored_closed_without_contacts():
    data = vacancy_data(expires=timezone.now() - dt.timedelta(days=2))
    assert store(data) == {data.uuid: Outcome.EXPIRED}
    row = Vacancy.objects.get()
    assert (row.status, row.description, row.closed_reason) == ("INACTIVE", "", "expired")
    assert not Contact.objects.exists()
    assert store(data) == {data.uuid: Outcome.EXPIRED}
    assert Vacancy.objects.get().version == 1


def test_the_last_day_counts_whole_in_oslo_time():
    expires = dt.datetime(2026, 11, 30, tzinfo=OSLO)
    assert compute_visible_until(expires) == dt.datetime(2026, 12, 1, tzinfo=OSLO)
    data = vacancy_data(expires=expires)
    store(data, now=dt.datetime(2026, 11, 1, tzinfo=OSLO))
    late_that_day = dt.datetime(2026, 11, 30, 23, 59, 59, tzinfo=OSLO)
    assert Vacancy.objects.active(late_that_day).exists()
    assert not Vacancy.objects.active(late_that_day + dt.timedelta(seconds=1)).exists()
    assert record.close_expired(late_that_day) == 0
    assert record.close_expired(late_that_day + dt.timedelta(seconds=1)) == 1


def test_the_last_day_is_oslos_when_clocks_change():
    assert compute_visible_until(dt.datetime(2026, 10, 24, 22, 30, tzinfo=dt.UTC)) == dt.datetime(2026, 10, 26, tzinfo=OSLO)


def test_retention_leaves_only_a_tombstone_and_a_reborn_ad_outranks_it():
    data = vacancy_data()
    store(data)
    close(data.uuid)
    assert record.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1)) == 1
    stone = Tombstone.objects.get()
    assert (stone.uuid, stone.version) == (data.uuid, 3)
    assert not Vacancy.objects.exists() and not Location.objects.exists()
    assert [change.vacancy for change in pending.list_changes(10)] == [None]
    store(data)
    assert Vacancy.objects.get().version == 4
    assert not Tombstone.objects.exists()


def test_a_local_decision_to_hide_survives_updates_from_the_feed():
    data = vacancy_data()
    store(data)
    record.set_hidden(data.uuid, True, "svindel")
    store(vacancy_data(uuid=data.uuid, title="Ny tittel"))
    assert Moderation.objects.get().hidden
    assert not Vacancy.objects.active().exists()
    assert pending.list_changes(10)[0].hidden


def test_a_follower_sees_what_it_has_not_taken_over_and_nothing_else():
    first, second = vacancy_data(), vacancy_data()
    store(first, second)
    assert {change.uuid for change in pending.list_changes(10)} == {first.uuid, second.uuid}
    pending.mark_indexed([(first.uuid, 1), (second.uuid, 1)])
    assert pending.list_changes(10) == [] and pending.count_changes() == 0
    store(vacancy_data(uuid=first.uuid, title="Endret"))
    assert [(change.uuid, change.version) for change in pending.list_changes(10)] == [(first.uuid, 2)]


def test_nul_and_lone_surrogates_anywhere_do_not_stop_an_ad():
    data = vacancy_data(
        title="Kokk\x00\ud800",
        raw={"description": "\x00", "list": ["\x00", {"\x00": "\ud800"}]},
        categories=(CategoryData("ESCO", "C9112\x00", "renholder;"),),
        locations=(LocationData("NORGE\x00", "VESTLAND", "BERGEN"),),
    )
    assert store(data) == {data.uuid: Outcome.NEW}
    row = Vacancy.objects.get()
    assert row.title == "Kokk" and row.raw == {"description": "", "list": ["", {"": ""}]}
    assert (row.categories.get().code, row.categories.get().name) == ("c9112", "renholder")


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_what_closing_deletes_is_in_no_file_of_the_database():
    secret = "Hemmelig Kontaktperson"
    data = vacancy_data(contacts=(vacancy_data().contacts[0].__class__(name=secret, email="hemmelig@x.example"),))
    store(data)
    close(data.uuid)
    record.erase_deleted_content()
    path = Path(connection.settings_dict["NAME"])
    files = [file for file in path.parent.glob(f"{path.name}*") if file.is_file()]
    assert files and sqlite3.connect(path).execute("select count(*) from vacancies_vacancy").fetchone() == (1,)
    for file in files:
        assert secret.encode() not in file.read_bytes(), file.name


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_erasing_waits_for_no_reader_and_keeps_no_writer_waiting():
    secret = "Hemmelig Kontaktperson"
    data, other = vacancy_data(contacts=(vacancy_data().contacts[0].__class__(name=secret),)), vacancy_data()
    store(data)
    path = Path(connection.settings_dict["NAME"])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM vacancies_vacancy").fetchone()
    close(data.uuid)
    began = time.monotonic()
    assert record.erase_deleted_content() is False, "a reader still needs the old pages"
    store(other)
    assert time.monotonic() - began < 5, "neither erasing nor the writer after it waited for the reader"
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (30_000,), "other statements are as patient as before"
    log = path.with_name(f"{path.name}-wal")
    assert secret.encode() in log.read_bytes() + path.read_bytes()
    reader.execute("COMMIT")
    tasks.close_expired()
    assert secret.encode() not in log.read_bytes() + path.read_bytes(), "the next minute's task erased it"
    reader.close()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_erasing_while_another_connection_writes_is_put_off():
    path = Path(connection.settings_dict["NAME"])
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    assert record.erase_deleted_content() is False
    assert time.monotonic() - began < 5
    writer.execute("ROLLBACK")
    writer.close()
    assert record.erase_deleted_content() is True
