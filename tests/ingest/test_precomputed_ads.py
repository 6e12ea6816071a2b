"""Ads that were computed before they are stored: the same as without it, and only if nothing has changed since."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingest.client.parsing import parse_detail
from ingest.precomputing import wait_for_tasks
from jobsearch.demo.feed_server.ads import compose
from jobsearch.search.indexing import analysis_process, documents
from jobsearch.search.schema import FIELDS, analysis_fingerprint
from jobsearch.vacancies import erasure, pending, prepared_ads, prepared_documents, store
from jobsearch.vacancies.ad_data import ContactData
from jobsearch.vacancies.deletion_models import SuppressedIdentifier
from jobsearch.vacancies.models import Category, Contact, Location, Occupation, PreparedAd, PreparedDocument, Vacancy
from jobsearch.vacancies.suppression import parse_identifiers
from tests.conftest import in_days, vacancy_data
from tests.ingest.precomputed_ads import compute, save
from tests.search.test_hostile_text import HOSTILE

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Vacancy, Location, Contact, Occupation, Category, PreparedAd, PreparedDocument)


def read_all(ignored=()):
    """Every value of every table, but keys that the database chooses and moments of storing."""
    left_out = {"id", "changed", "checked", *ignored}
    return {
        model.__name__: sorted(
            repr(
                {
                    field.attname: getattr(row, field.attname)
                    for field in model._meta.concrete_fields
                    if field.name not in left_out
                }
            )
            for row in model.objects.all()
        )
        for model in TABLES
    }


def generate_demo_ads(number):
    now = timezone.now()
    for n in range(1, number + 1):
        content = compose(n, published=now - dt.timedelta(minutes=n), expires=in_days(14), updated=now, seed=7)
        yield parse_detail(UUID(content["uuid"]), {"uuid": content["uuid"], "status": "ACTIVE", "ad_content": content})


def generate_hostile_ads():
    for text in HOSTILE.values():
        yield vacancy_data(title=text, description=f"<p>{text}</p>")
        yield vacancy_data(title="", employer_name=text, job_title=text, description=text)
    yield vacancy_data(
        title="\x00\ud800 Kokk \u202e", description="<p>\ud83d\x00 <b>Kari</b> Nordmann <script>x</script>", raw={}
    )
    yield vacancy_data(description="", title="", employer_name="", locations=(), occupations=(), contacts=(), published=None)
    yield vacancy_data(published=in_days(400))
    yield vacancy_data(title="Vikar for Kari Nordmann", employer_name="Kari Nordmann AS")
    yield vacancy_data(contacts=tuple(ContactData(name=f"Ola {n}", email=f"ola{n}@firma.no") for n in range(300)))


ORDINARY = pytest.param(lambda: generate_demo_ads(60), id="demo", marks=pytest.mark.sqlite)
"""PostgreSQL may differ in hostile texts."""


@pytest.mark.parametrize("generate", [ORDINARY, pytest.param(generate_hostile_ads, id="hostile")])
def test_what_is_stored_is_what_is_stored_without_it(generate, precomputer):
    entries = [*generate()]
    found = compute(precomputer, *entries)
    assert len(found) == len(entries)
    moments = {entry.uuid: found[entry.uuid].computed.moment for entry in entries}
    save(*entries, found=found)
    ready = {uuid: bytes(content) for uuid, content in PreparedDocument.objects.values_list("vacancy_id", "content")}
    assert len(ready) > len(entries) * 0.6
    assert {*PreparedDocument.objects.values_list("version", "analysis")} == {(1, analysis_fingerprint())}
    stored = read_all(ignored=["content"])
    for model in (PreparedDocument, Vacancy):
        model.objects.all().delete()
    for entry in entries:
        save(entry, now=moments[entry.uuid])
    indexed = analysis_process.analyse(pending.list_changes(len(entries)), timezone.now())
    for uuid, content in ready.items():
        assert indexed.documents[uuid].content == content, "byte by byte"
    prepared_documents.save_documents(
        {uuid: one for uuid, one in indexed.documents.items() if uuid in ready}, analysis_fingerprint()
    )
    assert read_all(ignored=["content"]) == stored


def test_an_ad_whose_prepared_row_is_not_enough_is_left_to_indexing(precomputer):
    entry = vacancy_data(description=f"<p>{'Vi trenger kokk. ' * 1500}</p>")
    found = compute(precomputer, entry)
    assert found[entry.uuid].computed.document is None
    save(entry, found=found)
    assert not PreparedDocument.objects.exists()
    assert Vacancy.objects.get().prepared.text.startswith("Vi trenger kokk.")


def test_a_child_that_fails_to_prepare_an_ad_stores_no_crippled_row(precomputer, monkeypatch):
    """Under its limit of memory it may fail where the parent does not."""
    real = prepared_ads._extract_text
    parent = os.getpid()

    def extract(*arguments):
        if os.getpid() != parent:
            raise ValueError
        return real(*arguments)

    monkeypatch.setattr(prepared_ads, "_extract_text", extract)
    entry = vacancy_data()
    found = compute(precomputer, entry)
    assert found == {}
    save(entry, found=found)
    assert "Vi søker en sykepleier" in Vacancy.objects.get().prepared.text


def check_ignored(entry, found, *, documents_left=0):
    """Stores the ad, and checks that what was computed is not in it."""
    outcome = save(entry, found=found)[entry.uuid]
    assert PreparedDocument.objects.filter(pk=entry.uuid).count() == documents_left
    return outcome


def test_an_unchanged_ad_is_not_computed(precomputer):
    entry = vacancy_data()
    save(entry)
    assert compute(precomputer, entry) == {}
    changed = dataclasses.replace(entry, raw={"title": "another"})
    assert len(compute(precomputer, changed)) == 1


def test_an_expired_or_long_ad_is_not_computed(precomputer):
    assert compute(precomputer, vacancy_data(expires=in_days(-3)), vacancy_data(raw={"text": "a" * 200_000})) == {}


def test_a_person_who_is_suppressed_meanwhile_is_removed(precomputer):
    entry = vacancy_data(title="Vikar for Kari Nordmann")
    found = compute(precomputer, entry)
    assert found
    erasure.add_to_list(parse_identifiers(SuppressedIdentifier.Kind.NAME, ["Kari Nordmann"]), "test")
    check_ignored(entry, found)
    assert "Nordmann" not in str(read_all())
    assert not Contact.objects.exists()


def test_a_person_who_was_suppressed_before_is_removed_in_the_child(precomputer):
    erasure.add_to_list(parse_identifiers(SuppressedIdentifier.Kind.NAME, ["Kari Nordmann"]), "test")
    entry = vacancy_data(title="Vikar for Kari Nordmann")
    save(entry, found=compute(precomputer, entry))
    assert PreparedDocument.objects.count() == 1
    assert "nordmann" not in str(documents.unpack_document(PreparedDocument.objects.get().content))
    assert "Nordmann" not in str(read_all())


def test_a_changed_list_reaches_the_child_with_the_next_ads(precomputer):
    first, second = vacancy_data(), vacancy_data(title="Vikar for Kari Nordmann")
    assert compute(precomputer, first)
    erasure.add_to_list(parse_identifiers(SuppressedIdentifier.Kind.NAME, ["Kari Nordmann"]), "test")
    save(second, found=compute(precomputer, second))
    assert PreparedDocument.objects.count() == 1
    assert "Nordmann" not in str(read_all())


def test_an_ad_that_is_stored_meanwhile_keeps_its_first_moment(precomputer):
    """An administrator's fetch of a new ad, between the detail and its transaction."""
    entry = vacancy_data()
    found = compute(precomputer, entry)
    save(dataclasses.replace(entry, title="Baker", raw={"title": "Baker"}), now=timezone.now() - dt.timedelta(hours=1))
    first_seen = Vacancy.objects.get().first_seen
    assert check_ignored(entry, found) == store.Outcome.UPDATED
    assert (Vacancy.objects.get().first_seen, Vacancy.objects.get().version) == (first_seen, 2)


@pytest.mark.parametrize("end", ["closed", "forgotten", "hidden", "changed", "erased"])
def test_the_document_has_the_version_that_the_ad_gets(end, precomputer):
    entry = vacancy_data()
    save(entry)
    changed = dataclasses.replace(entry, title="Kokk", raw={"title": "Kokk"})
    found = compute(precomputer, changed)
    if end == "hidden":
        store.set_hidden(entry.uuid, True)
    elif end == "changed":
        save(dataclasses.replace(entry, title="Baker", raw={"title": "Baker"}))
    elif end == "erased":
        erasure.add_to_list(parse_identifiers(SuppressedIdentifier.Kind.NAME, ["Kari Nordmann"]), "test")
        erasure.erase_everywhere()
    else:
        with transaction.atomic():
            store.close_vacancies([entry.uuid], Vacancy.Closed.FEED)
        if end == "forgotten":
            store.replace_with_tombstones(timezone.now() + dt.timedelta(days=1))
    save(changed, found=found)
    row = Vacancy.objects.get()
    assert (row.title, row.version) == ("Kokk", 4 if end == "forgotten" else 3)
    kept = PreparedDocument.objects.filter(version=row.version).count()
    assert kept == (0 if end in ("forgotten", "erased") else 1)
    if end == "hidden":
        (change,) = pending.list_changes(10, analysis=analysis_fingerprint())
        assert (change.hidden, change.document) == (True, None), "the index gets a removal"


def test_a_document_is_deleted_with_its_ad(precomputer):
    entry = vacancy_data()
    save(entry, found=compute(precomputer, entry))
    assert PreparedDocument.objects.count() == 1
    with transaction.atomic():
        store.close_vacancies([entry.uuid], Vacancy.Closed.FEED)
    assert not PreparedDocument.objects.exists()


def test_the_document_of_an_ad_that_changes_is_replaced_with_it(precomputer):
    entry = vacancy_data()
    save(entry, found=compute(precomputer, entry))
    save(dataclasses.replace(entry, raw={"title": "another"}))
    assert not PreparedDocument.objects.exists()


def test_an_ad_that_expires_meanwhile_is_stored_closed(precomputer):
    entry = vacancy_data(expires=in_days(1))
    found = compute(precomputer, entry)
    assert save(entry, found=found, now=in_days(3)) == {entry.uuid: store.Outcome.EXPIRED}
    assert not PreparedDocument.objects.exists()
    assert (Vacancy.objects.get().description, Contact.objects.count()) == ("", 0)


@pytest.mark.parametrize("later", [dt.timedelta(seconds=31), dt.timedelta(seconds=-1)], ids=["too old", "the clock was set back"])
def test_an_ad_that_was_computed_at_another_time_is_computed_again(later, precomputer):
    entry = vacancy_data()
    found = compute(precomputer, entry)
    now = found[entry.uuid].computed.moment + later
    save(entry, found=found, now=now)
    assert (PreparedDocument.objects.count(), Vacancy.objects.get().first_seen) == (0, now)


def test_a_publishing_time_that_is_reached_meanwhile_stays(precomputer):
    published = timezone.now() + dt.timedelta(seconds=20)
    entry = vacancy_data(published=published)
    found = compute(precomputer, entry)
    assert found[entry.uuid].computed.ad.vacancy.published < published
    save(entry, found=found, now=published + dt.timedelta(seconds=1))
    assert Vacancy.objects.get().published == published


def test_another_detail_of_the_ad_is_not_stored_as_the_computed_one(precomputer):
    entry = vacancy_data()
    found = compute(precomputer, entry)
    check_ignored(dataclasses.replace(entry, title="Kokk", raw={"title": "Kokk"}), found)
    assert Vacancy.objects.get().title == "Kokk"


def test_the_documents_of_another_analysis_are_not_used(precomputer):
    entry = vacancy_data()
    save(entry, found=compute(precomputer, entry))
    assert [change.document is not None for change in pending.list_changes(10, analysis=analysis_fingerprint())] == [True]
    assert [change.document for change in pending.list_changes(10, analysis="of another version")] == [None]


def test_a_transaction_that_fails_can_be_repeated_with_the_same_task(precomputer):
    """As `write_batch` does, one ad at a time: the rows of the first try have keys that the database has given away."""
    entry = vacancy_data()
    precomputer.expect([entry.uuid])
    task = precomputer.submit(entry)
    wait_for_tasks([task])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        store.store_vacancies([entry], precomputed={entry.uuid: task.load()})
        raise ZeroDivisionError
    save(vacancy_data())
    save(entry, found={entry.uuid: task.load()})
    assert (Vacancy.objects.count(), Location.objects.count(), PreparedDocument.objects.count()) == (2, 2, 1)


def test_the_document_holds_every_field_and_no_contact(precomputer):
    entry = vacancy_data(title="Vikar for Kari Nordmann")
    save(entry, found=compute(precomputer, entry))
    document = documents.unpack_document(PreparedDocument.objects.get().content)
    assert {*document} == {*FIELDS}
    assert not [secret for secret in ("nordmann", "22334455", "kari@") if secret in str(document).lower()]


def test_the_queries_of_a_batch_are_one_more_and_two_for_the_requests(precomputer):
    def count(number, computed):
        entries = [vacancy_data() for _ in range(number)]
        with CaptureQueriesContext(connection) as asked:
            found = compute(precomputer, *entries) if computed else None
        with CaptureQueriesContext(connection) as stored:
            save(*entries, found=found)
        return len(asked), len(stored)

    plain, few, many = count(3, False), count(3, True), count(9, True)
    assert few == many == (2, plain[1] + 1)
