"""Prepared documents: an ad is analysed once, its document is kept for rebuilds and deleted with its text."""

from __future__ import annotations

import errno
import os

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobsearch.search import schema
from jobsearch.search.api import SearchQuery, search
from jobsearch.search.engines import registry
from jobsearch.search.engines.tantivy import index_writer
from jobsearch.search.indexing import analysis_process, compare, documents, index_changes, rebuild
from jobsearch.search.models import SetAside
from jobsearch.vacancies import pending, prepared_ads, prepared_documents, store
from jobsearch.vacancies.models import PreparedAd, PreparedDocument, Vacancy
from tests.search.misbehaving import change, close, raise_with_the_ads_words, total

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]


@pytest.fixture
def forks(monkeypatch) -> list[int]:
    """The ids of the processes that analyse ads."""
    real, made = os.fork, []

    def fork() -> int:
        if child := real():
            made.append(child)
        return child

    monkeypatch.setattr(analysis_process.os, "fork", fork)
    return made


def kept() -> set:
    return {*PreparedDocument.objects.values_list("pk", flat=True)}


@pytest.fixture
def changed_schema(monkeypatch):
    """Another mapping, as after an upgrade."""
    monkeypatch.setattr(schema, "settings", lambda: {"number_of_shards": 2})
    schema.fingerprint.cache_clear()
    yield
    monkeypatch.undo()
    schema.fingerprint.cache_clear()


def test_a_rebuild_analyses_no_ad_again(make_vacancy, forks):
    keys = {make_vacancy(title=f"Kokk {number}") for number in range(3)}
    index_changes()
    assert (len(forks), kept()) == (1, keys)
    assert rebuild().indexed == 3
    assert (len(forks), {*search(SearchQuery(q="kokk")).uuids}, compare()) == (1, keys, [])


def test_another_mapping_needs_a_new_index_and_no_analysis(make_vacancy, forks, changed_schema):
    make_vacancy()
    index_changes()
    before = schema.analysis_fingerprint.__wrapped__()
    schema.settings = lambda: {"number_of_shards": 3}
    schema.fingerprint.cache_clear()
    assert schema.analysis_fingerprint.__wrapped__() == before
    assert index_changes().rebuilt == "its schema has changed"
    assert (len(forks), total()) == (1, 1)


@pytest.mark.parametrize(("name", "value"), [("ANALYSIS_VERSION", 10**6), ("FIELDS", {"title": "phrase"})])
def test_another_analysis_makes_every_document_again(name, value, make_vacancy, monkeypatch):
    before = schema.analysis_fingerprint.__wrapped__()
    monkeypatch.setattr(schema, name, value)
    assert schema.analysis_fingerprint.__wrapped__() != before


def test_a_document_of_another_analysis_is_not_used(make_vacancy, forks):
    key = make_vacancy()
    index_changes()
    PreparedDocument.objects.update(analysis="of another version", content=b"")
    rebuild()
    assert (len(forks), total()) == (2, 1)
    assert PreparedDocument.objects.get(pk=key).analysis == schema.analysis_fingerprint()


def test_a_rebuild_with_analyse_analyses_every_ad(make_vacancy, forks):
    make_vacancy()
    index_changes()
    call_command("rebuild_index", "--analyse", verbosity=0)
    assert len(forks) == 2


def test_a_damaged_document_is_quarantined_and_stops_no_rebuild(make_vacancy):
    key, other = make_vacancy(title="Kokk"), make_vacancy(title="Baker")
    index_changes()
    PreparedDocument.objects.filter(pk=key).update(content=b"damaged")
    assert rebuild().rebuilt
    assert search(SearchQuery()).uuids == [other]
    assert "rebuild_index --analyse" in SetAside.objects.get().detail


@pytest.mark.parametrize("end", ["closed", "expired", "changed", "forgotten"])
def test_a_document_is_deleted_with_the_text_of_its_ad(end, make_vacancy):
    key, other = make_vacancy(title="Kokk"), make_vacancy(title="Baker")
    index_changes()
    if end == "expired":
        Vacancy.objects.filter(pk=key).update(visible_until=timezone.now())
        store.close_expired()
    elif end == "changed":
        change(key, title="Servitør")
    else:
        close(key)
    if end == "forgotten":
        store.replace_with_tombstones(timezone.now())
    assert kept() == {other}, "before the index has followed"
    index_changes()
    assert kept() == ({key, other} if end == "changed" else {other})


def test_no_document_is_kept_of_an_ad_that_ends_or_changes_while_it_is_analysed(make_vacancy, monkeypatch):
    index_changes()
    closed, changed, same = make_vacancy(title="Kokk"), make_vacancy(title="Baker"), make_vacancy(title="Murer")
    real = prepared_documents.save_documents

    def save(made, analysis):
        monkeypatch.setattr(prepared_documents, "save_documents", real)
        close(closed)
        change(changed, title="Servitør")
        real(made, analysis)

    monkeypatch.setattr(prepared_documents, "save_documents", save)
    index_changes(limit=3)
    assert kept() == {same}
    index_changes()
    assert kept() == {changed, same}
    assert rebuild().rebuilt
    assert ({*search(SearchQuery()).uuids}, compare()) == ({changed, same}, [])


def test_a_document_holds_no_contact(make_vacancy):
    make_vacancy(title="Vikar for Kari Nordmann")
    index_changes()
    content = str(documents.unpack_document(PreparedDocument.objects.get().content)).lower()
    assert "vikar" in content
    assert not [secret for secret in ("nordmann", "22334455", "kari@") if secret in content]


def test_an_ad_that_is_hidden_meanwhile_is_not_written_with_its_document(make_vacancy, monkeypatch):
    key = make_vacancy()
    index_changes()
    PreparedDocument.objects.all().delete()
    real = pending._read_whole

    def read_whole(rows):
        store.set_hidden(key, True)
        return real(rows)

    monkeypatch.setattr(pending, "_read_whole", read_whole)
    found = pending.read_changes([key], schema.analysis_fingerprint())
    assert [(one.version, one.hidden) for one in found] == [(2, True)]


LONG = f"<p>{'Vi trenger kokk. ' * 1500}Truckførerbevis kreves.</p>"


@pytest.mark.parametrize("case", ["long text", "cannot be prepared", "earlier version", "no row"])
def test_the_document_is_the_same_where_the_prepared_row_is_not_enough(case, make_vacancy, monkeypatch):
    text = LONG if case == "long text" else "<p>Ring Kari Nordmann på 22 33 44 55.</p>"
    key = make_vacancy(title="Kokk for Kari Nordmann", description=text)
    if case == "cannot be prepared":
        PreparedAd.objects.update(text="", redactions={"Kokk for Kari Nordmann": "", "Sykehuset": ""})
    elif case == "earlier version":
        PreparedAd.objects.update(version=prepared_ads.VERSION - 1, text="gammel", redactions={})
    elif case == "no row":
        PreparedAd.objects.all().delete()
    row = pending.read_changes([key])[0].vacancy
    assert prepared_ads.get_whole_prepared(row) is None
    with CaptureQueriesContext(connection) as asked:
        made = documents.make_document(row)
    assert not asked.captured_queries, "the child process has no connection"
    expected = documents.make_document(Vacancy.objects.prefetch_related("contacts", "locations").get(pk=key))
    words = {"title", "body_text", "location", "employer", "place", "occupation", "area"}
    assert {name: made[name] for name in words} == {name: expected[name] for name in words}
    assert ("truckførerbevis" in made["body"]) == (case == "long text")
    assert "nordmann" not in str(made)


def test_the_document_of_a_prepared_row_is_that_of_the_texts(make_vacancy):
    keys = [
        make_vacancy(title="Kokk for Kari Nordmann", employer_name="Kari Nordmann AS"),
        make_vacancy(title="", description=""),
        make_vacancy(description="<p>Ring  Kari   Nordmann.</p><ul><li>Ikke krav til&nbsp;erfaring</li></ul>"),
    ]
    for one in pending.read_changes(keys):
        made = documents.make_document(one.vacancy)
        from_texts = documents.make_document(Vacancy.objects.get(pk=one.uuid))
        unordered = [{name: sorted(str(value).split()) for name, value in each.items()} for each in (made, from_texts)]
        assert unordered[0] == unordered[1]


def test_ads_are_analysed_by_several_processes_and_one_of_them_fails(make_vacancy, misbehave, monkeypatch, settings, forks):
    index_changes()
    settings.INDEX_PROCESSES = 3
    monkeypatch.setattr(analysis_process, "FEWEST", 2)
    good = {make_vacancy(title=f"Baker {number}") for number in range(8)}
    bad = make_vacancy(title="Kokk")
    misbehave["Kokk"] = lambda: os._exit(7)
    report = index_changes()
    assert (report.indexed, report.failed) == (8, 1)
    assert {*search(SearchQuery()).uuids} == good
    assert SetAside.objects.get().uuid == bad
    assert len(forks) in (3, 4), "three, and one that goes on after the bad ad, unless that was its process's last"


def test_one_process_goes_on_where_no_second_one_can_start(make_vacancy, monkeypatch, settings):
    index_changes()
    settings.INDEX_PROCESSES = 2
    monkeypatch.setattr(analysis_process, "FEWEST", 2)
    keys = {make_vacancy(title=f"Baker {number}") for number in range(9)}
    real, calls = os.fork, []

    def fork() -> int:
        calls.append(1)
        if len(calls) > 1 and len(calls) % 2 == 0:
            raise OSError(errno.EAGAIN, "no more processes")
        return real()

    monkeypatch.setattr(analysis_process.os, "fork", fork)
    index_changes()
    assert {*search(SearchQuery()).uuids} == keys
    assert not SetAside.objects.exists()


@pytest.mark.parametrize(("rows", "cores", "expected"), [(1, 8, 1), (99, 8, 1), (100, 8, 2), (500, 8, 8), (500, 2, 2), (0, 8, 1)])
def test_a_child_gets_enough_ads_to_be_worth_its_start(rows, cores, expected, settings):
    settings.INDEX_PROCESSES = cores
    assert analysis_process.count_processes(rows) == expected


def count_queries(work) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


def test_the_queries_of_a_rebuild_and_of_an_indexing_run_do_not_grow_with_the_ads(make_vacancy):
    index_changes()
    found = []
    for number in (1, 10, 20):  # the first run also makes the rows of the leases
        for _ in range(number):
            make_vacancy()
        found.append((count_queries(index_changes), count_queries(rebuild)))
    assert found[1] == found[2]


def test_a_chunk_is_written_with_three_transactions_and_the_index_is_opened_twice(make_vacancy, monkeypatch):
    """With SQLite each transaction that writes waits for those of other processes."""
    for _ in range(2):  # builds the index, then makes the rows of the leases
        make_vacancy()
        index_changes()
    make_vacancy()
    opened, real = [], index_writer.TantivyIndex

    def open_index(*args, **options):
        opened.append(args)
        return real(*args, **options)

    monkeypatch.setattr("jobsearch.search.engines.tantivy.engine.TantivyIndex", open_index)
    with CaptureQueriesContext(connection) as asked:
        index_changes()
    statements = [query["sql"] for query in asked]
    single = [sql for sql in statements if sql.startswith("UPDATE") and ("core_lease" in sql or "search_indexstate" in sql)]
    assert len(opened) == 2, "to check it, and to write"
    assert sum(sql.startswith("BEGIN") for sql in statements) == 1, "marks, documents, and the end of the lease"
    # The lease of the run is acquired and released, that of the writes acquired here and released in the transaction.
    assert len(single) == 5
    assert len(statements) <= 30


def test_the_size_of_the_update_that_marks_ads_does_not_grow_with_branches(make_vacancy):
    keys = [make_vacancy() for _ in range(20)]
    with CaptureQueriesContext(connection) as asked:
        pending.mark_indexed([(key, 1) for key in keys])
    updates = [query["sql"] for query in asked if query["sql"].startswith("UPDATE")]
    assert len(updates) == 1
    assert "CASE" not in updates[0]
    assert Vacancy.objects.not_indexed().count() == 0


def test_an_ad_that_changed_meanwhile_is_not_marked(make_vacancy):
    key, other = make_vacancy(), make_vacancy()
    change(key, title="Endret")
    pending.mark_indexed([(key, 1), (other, 1)])
    assert [*Vacancy.objects.not_indexed().values_list("uuid", flat=True)] == [key]


def test_a_document_is_read_in_the_index_of_another_engine(make_vacancy, settings, tmp_path, forks):
    make_vacancy()
    index_changes()
    settings.SEARCH_URL = f"embedded:///{tmp_path}/another"
    assert index_changes().rebuilt == "there is none where SEARCH_URL points"
    assert (len(forks), registry.engine().get_live_index().count()) == (1, 1)


def test_an_error_of_the_analysis_keeps_no_document(make_vacancy, misbehave):
    index_changes()
    misbehave["Kokk"] = raise_with_the_ads_words
    make_vacancy(title="Kokk")
    index_changes()
    assert kept() == set()


def test_a_transaction_that_fails_keeps_the_document(make_vacancy):
    key = make_vacancy()
    index_changes()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        store.close_vacancies([key], Vacancy.Closed.FEED)
        raise ZeroDivisionError
    assert kept() == {key}
    assert rebuild().indexed == 1
