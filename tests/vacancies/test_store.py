"""Storing, closing, hiding and deleting ads."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobsearch.vacancies import pending, store, tasks
from jobsearch.vacancies.ad_data import CategoryData, ContactData, LocationData
from jobsearch.vacancies.models import Contact, Location, Moderation, Tombstone, Vacancy
from jobsearch.vacancies.store import Outcome
from jobsearch.vacancies.visibility import OSLO, compute_visible_until
from tests.conftest import vacancy_data
from tests.database_files import read_files
from tests.planner_statistics import remove_statistics

pytestmark = pytest.mark.django_db


def store_ads(*entries, **options):
    with transaction.atomic():
        return store.store_vacancies(entries, **options)


def close_ads(*uuids, reason=Vacancy.Closed.FEED, **options):
    with transaction.atomic():
        return store.close_vacancies(uuids, reason, **options)


def test_a_stored_ad_is_new_then_unchanged_then_updated():
    data = vacancy_data()
    assert store_ads(data) == {data.uuid: Outcome.NEW}
    assert store_ads(data) == {data.uuid: Outcome.UNCHANGED}
    edited = vacancy_data(uuid=data.uuid, title="Sykepleier 100 %", expires=data.expires)
    assert store_ads(edited) == {data.uuid: Outcome.UPDATED}
    row = Vacancy.objects.get()
    assert (row.title, row.version, row.contacts.count()) == ("Sykepleier 100 %", 2, 1)


def test_an_edit_of_only_a_contact_is_an_update():
    data = vacancy_data()
    store_ads(data)
    without = vacancy_data(uuid=data.uuid, expires=data.expires, contacts=(), raw=data.raw)
    assert store_ads(without) == {data.uuid: Outcome.UPDATED}
    assert not Contact.objects.exists()


def test_closing_deletes_contacts_texts_links_and_raw_but_not_title_and_employer():
    data = vacancy_data()
    store_ads(data)
    assert close_ads(data.uuid) == 1
    row = Vacancy.objects.get()
    assert (row.status, row.title, row.employer_name) == ("INACTIVE", "Sykepleier", "Sykehuset")
    assert (row.description, row.source_url, row.application_url, row.raw, row.body_hash) == ("", "", "", None, "")
    assert not Contact.objects.exists()
    assert row.locations.get().path == "VESTLAND/BERGEN"
    assert close_ads(data.uuid) == 0


def test_closing_redacts_a_contact_in_the_title():
    person = ContactData("Anne Prøvesen", "anne@hus.example", "950 64 865")
    title, employer = "Vikar for Anne Prøvesen, ring 950 64 865", "Tannlege Anne Prøvesen AS"
    data = vacancy_data(title=title, job_title="Vikar (anne@hus.example)", employer_name=employer, contacts=(person,))
    store_ads(data)
    close_ads(data.uuid)
    row = Vacancy.objects.get()
    assert (row.title, row.job_title, row.employer_name) == ("Vikar for , ring", "Vikar ( )", "Tannlege AS")
    over = vacancy_data(expires=timezone.now() - dt.timedelta(days=2), title=title, contacts=(person,))
    store_ads(over)
    assert Vacancy.objects.get(uuid=over.uuid).title == "Vikar for , ring"


def test_masking_deletes_title_and_employer_of_a_closed_ad():
    data = vacancy_data()
    store_ads(data)
    close_ads(data.uuid)
    assert close_ads(data.uuid, masked={data.uuid}) == 0
    row = Vacancy.objects.get()
    assert (row.title, row.employer_name, row.version) == ("", "", 3)


def test_storing_a_closed_ad_opens_it_with_a_higher_version():
    data = vacancy_data()
    store_ads(data)
    close_ads(data.uuid)
    assert store_ads(data) == {data.uuid: Outcome.UPDATED}
    row = Vacancy.objects.get()
    assert (row.status, row.closed_at, row.version) == ("ACTIVE", None, 3)


def test_an_ad_whose_last_day_has_passed_is_stored_closed_without_contacts():
    data = vacancy_data(expires=timezone.now() - dt.timedelta(days=2))
    assert store_ads(data) == {data.uuid: Outcome.EXPIRED}
    row = Vacancy.objects.get()
    assert (row.status, row.description, row.closed_reason) == ("INACTIVE", "", "expired")
    assert not Contact.objects.exists()
    assert store_ads(data) == {data.uuid: Outcome.EXPIRED}
    assert Vacancy.objects.get().version == 1


def test_an_ad_is_active_until_midnight_in_oslo_after_its_last_day():
    expires = dt.datetime(2026, 11, 30, tzinfo=OSLO)
    assert compute_visible_until(expires) == dt.datetime(2026, 12, 1, tzinfo=OSLO)
    data = vacancy_data(expires=expires)
    store_ads(data, now=dt.datetime(2026, 11, 1, tzinfo=OSLO))
    late_that_day = dt.datetime(2026, 11, 30, 23, 59, 59, tzinfo=OSLO)
    assert Vacancy.objects.active(late_that_day).exists()
    assert not Vacancy.objects.active(late_that_day + dt.timedelta(seconds=1)).exists()
    assert store.close_expired(late_that_day) == 0
    assert store.close_expired(late_that_day + dt.timedelta(seconds=1)) == 1


def test_the_last_day_ends_at_midnight_in_oslo_when_clocks_change():
    assert compute_visible_until(dt.datetime(2026, 10, 24, 22, 30, tzinfo=dt.UTC)) == dt.datetime(2026, 10, 26, tzinfo=OSLO)


def test_retention_leaves_a_tombstone_and_an_ad_that_returns_gets_a_higher_version():
    data = vacancy_data()
    store_ads(data)
    close_ads(data.uuid)
    assert store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1)) == 1
    stone = Tombstone.objects.get()
    assert (stone.uuid, stone.version) == (data.uuid, 3)
    assert not Vacancy.objects.exists() and not Location.objects.exists()
    assert [change.vacancy for change in pending.list_changes(10)] == [None]
    store_ads(data)
    assert Vacancy.objects.get().version == 4
    assert not Tombstone.objects.exists()


def test_a_hidden_ad_stays_hidden_after_updates_from_the_feed():
    data = vacancy_data()
    store_ads(data)
    store.set_hidden(data.uuid, True, "svindel")
    store_ads(vacancy_data(uuid=data.uuid, title="Ny tittel"))
    assert Moderation.objects.get().hidden
    assert not Vacancy.objects.active().exists()
    assert pending.list_changes(10)[0].hidden


def test_pending_changes_are_those_that_are_not_marked_as_indexed():
    first, second = vacancy_data(), vacancy_data()
    store_ads(first, second)
    assert {change.uuid for change in pending.list_changes(10)} == {first.uuid, second.uuid}
    pending.mark_indexed([(first.uuid, 1), (second.uuid, 1)])
    assert pending.list_changes(10) == [] and pending.count_changes() == 0
    store_ads(vacancy_data(uuid=first.uuid, title="Endret"))
    assert [(change.uuid, change.version) for change in pending.list_changes(10)] == [(first.uuid, 2)]


def test_nul_and_lone_surrogates_are_removed():
    data = vacancy_data(
        title="Kokk\x00\ud800",
        raw={"description": "\x00", "list": ["\x00", {"\x00": "\ud800"}]},
        categories=(CategoryData("ESCO", "C9112\x00", "renholder;"),),
        locations=(LocationData("NORGE\x00", "VESTLAND", "BERGEN"),),
    )
    assert store_ads(data) == {data.uuid: Outcome.NEW}
    row = Vacancy.objects.get()
    assert row.title == "Kokk" and row.raw == {"description": "", "list": ["", {"": ""}]}
    assert (row.categories.get().code, row.categories.get().name) == ("c9112", "renholder")


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_deleted_contacts_are_in_no_file_of_the_database():
    secret = "Hemmelig Kontaktperson"
    data = vacancy_data(contacts=(vacancy_data().contacts[0].__class__(name=secret, email="hemmelig@x.example"),))
    store_ads(data)
    close_ads(data.uuid)
    store.erase_deleted_content()
    path = Path(connection.settings_dict["NAME"])
    files = [file for file in path.parent.glob(f"{path.name}*") if file.is_file()]
    assert files and sqlite3.connect(path).execute("select count(*) from vacancies_vacancy").fetchone() == (1,)
    for file in files:
        assert secret.encode() not in read_files(file), file.name


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_erasing_neither_waits_for_a_reader_nor_blocks_a_writer():
    secret = "Hemmelig Kontaktperson"
    data, other = vacancy_data(contacts=(vacancy_data().contacts[0].__class__(name=secret),)), vacancy_data()
    store_ads(data)
    path = Path(connection.settings_dict["NAME"])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM vacancies_vacancy").fetchone()
    close_ads(data.uuid)
    began = time.monotonic()
    assert store.erase_deleted_content() is False, "a reader still needs the old pages"
    store_ads(other)
    assert time.monotonic() - began < 20, "neither erasing nor the writer after it waited for the reader"
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (30_000,), "other statements are as patient as before"
    log = path.with_name(f"{path.name}-wal")
    assert secret.encode() in read_files(log, path)
    reader.execute("COMMIT")
    tasks.close_expired()
    assert secret.encode() not in read_files(log, path), "the next minute's task erased it"
    reader.close()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_erasing_is_postponed_while_another_connection_writes():
    path = Path(connection.settings_dict["NAME"])
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    assert store.erase_deleted_content() is False
    assert time.monotonic() - began < 20
    writer.execute("ROLLBACK")
    writer.close()
    assert store.erase_deleted_content() is True


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_statistics_of_few_ads_are_not_gathered(make_vacancy, monkeypatch):
    """With those of 20 ads SQLite reads the whole table of 3,000; `test_query_plans` holds the plans with the others."""

    def list_analysed() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
            if cursor.fetchone():
                cursor.execute("SELECT tbl FROM sqlite_stat1")
            return {table for (table,) in cursor.fetchall()}

    monkeypatch.setattr(store, "LEAST_FOR_STATISTICS", 3)
    for _ in range(2):
        make_vacancy()
    tasks.forget_old()
    assert list_analysed() == set()
    make_vacancy()
    tasks.forget_old()
    assert "vacancies_vacancy" in list_analysed()
    remove_statistics()
    assert list_analysed() == set()
