"""Quarantine: an ad that cannot be analysed or indexed holds up no other, and ended ads leave the index first."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import re
import signal
import time
import uuid
from pathlib import Path

import psutil
import pytest
from django.utils import timezone

from jobsearch.core import forked_children
from jobsearch.search import schema
from jobsearch.search.api import EngineDown, SearchQuery, search
from jobsearch.search.engines import registry
from jobsearch.search.engines.tantivy import index_writer
from jobsearch.search.indexing import (
    analysis_process,
    chunks,
    compare,
    documents,
    index_changes,
    quarantine,
    rebuild,
    repair,
)
from jobsearch.search.models import SetAside
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_documents import delete_documents
from tests.search.misbehaving import change, close, raise_with_the_ads_words, total
from tests.web.support import build_index

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]


def hang_in_re() -> None:
    """Runs for years, in C code that holds the interpreter lock."""
    re.match(r"(?:a|aa)+$", "a" * 90 + "b")


def hang_with_signals_caught() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    hang_in_re()


def fill_memory() -> None:
    kept = []
    while True:
        kept.append(bytes(2**26))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    os._exit(7)


def read_past_the_end() -> None:
    ctypes.string_at(0)


def recurse() -> None:
    recurse()


def wait() -> None:
    time.sleep(3600)


def later(monkeypatch, **time_passed) -> None:
    SetAside.objects.update(next_try=timezone.now() - dt.timedelta(seconds=1))


@pytest.mark.parametrize(
    ("act", "reason", "detail"),
    [
        (hang_in_re, "slow", "more than 0.3 s of processor time"),
        (hang_with_signals_caught, "slow", "more than 0.3 s of processor time"),
        (fill_memory, "memory", "more than 256 MB"),
        (crash, "crashed", "signal 11"),
        (read_past_the_end, "crashed", "signal 11"),
        (leave, "crashed", "exit code 7"),
        (recurse, "error", "RecursionError at test_set_aside.py"),
        (wait, "stalled", "no answer within 2 s"),
        (raise_with_the_ads_words, "error", "ValueError at misbehaving.py"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_ad_that_cannot_be_analysed_does_not_hold_up_others(act, reason, detail, make_vacancy, misbehave, monkeypatch, caplog):
    monkeypatch.setattr(analysis_process, "CPU_SECONDS", 0.3)
    if act is wait:
        monkeypatch.setattr(analysis_process, "WAIT_SECONDS", 2.0)
    stopped = make_vacancy(title="Murer")
    build_index()
    misbehave["Kokk"] = act
    before, bad, after = make_vacancy(title="Baker"), make_vacancy(title="Kokk"), make_vacancy(title="Snekker")
    close(stopped)
    began = time.monotonic()
    report = index_changes()
    assert time.monotonic() - began < 90
    assert (report.indexed, report.failed) == (3, 1)
    assert {*search(SearchQuery()).uuids} == {before, after}
    row = SetAside.objects.get()
    assert (row.uuid, row.version, row.reason, row.tries) == (bad, 1, reason, 1)
    assert row.detail.startswith(detail)
    assert "Nordmann" not in row.detail + caplog.text
    assert registry.engine().get_live_index().read_stored([stopped])[stopped].visible_until == 0


def test_several_hanging_ads_are_quarantined_and_the_others_indexed(make_vacancy, misbehave, monkeypatch):
    monkeypatch.setattr(analysis_process, "CPU_SECONDS", 0.1)
    monkeypatch.setattr(analysis_process, "CHUNK_SECONDS", 0.25)  # several chunks
    index_changes()
    misbehave["Kokk"] = hang_in_re
    good = make_vacancy(title="Baker")
    bad = {make_vacancy(title="Kokk") for _ in range(4)}
    assert index_changes().failed == 4
    assert {*SetAside.objects.values_list("uuid", flat=True)} == bad
    assert search(SearchQuery()).uuids == [good]
    assert quarantine.count_behind() == 0


def test_a_quarantined_ad_is_retried_only_after_its_pause(make_vacancy, misbehave, monkeypatch):
    build_index()
    misbehave["Kokk"] = raise_with_the_ads_words
    bad = make_vacancy(title="Kokk")
    assert index_changes().failed == 1
    assert index_changes().failed == 0
    misbehave.clear()
    assert index_changes().indexed == 0, "the same version with the same analysis, before the pause is over"
    later(monkeypatch)
    assert index_changes().indexed == 1
    assert search(SearchQuery()).uuids == [bad]
    assert not SetAside.objects.exists()


@pytest.mark.parametrize("cause", ["changed ad", "another version of the analysis", "asked for by an administrator", "repaired"])
def test_a_quarantined_ad_is_retried_at_once_after_a_change(cause, make_vacancy, misbehave, monkeypatch):
    build_index()
    misbehave["Kokk"] = raise_with_the_ads_words
    bad = make_vacancy(title="Kokk")
    index_changes()
    misbehave.clear()
    if cause == "changed ad":
        change(bad, title="Servitør")
    elif cause == "another version of the analysis":
        SetAside.objects.update(fingerprint="of an earlier version")
    elif cause == "asked for by an administrator":
        assert quarantine.retry([bad]) == 1
    else:
        assert [difference.kind for difference in compare()] == ["set-aside"]
        assert repair(compare()) == 1
    index_changes()
    assert search(SearchQuery()).uuids == [bad]
    assert compare() == []
    assert not SetAside.objects.exists()


def test_a_new_analysis_version_rebuilds_the_index_and_retries_all(make_vacancy, misbehave, monkeypatch):
    make_vacancy(title="Baker")
    index_changes()
    misbehave["Kokk"] = raise_with_the_ads_words
    make_vacancy(title="Kokk")
    index_changes()
    misbehave.clear()
    monkeypatch.setattr(schema, "ANALYSIS_VERSION", schema.ANALYSIS_VERSION + 1)
    schema.fingerprint.cache_clear()
    try:
        assert index_changes().rebuilt == "its schema has changed"
        assert total() == 2
    finally:
        monkeypatch.undo()
        schema.fingerprint.cache_clear()


def test_many_refused_ads_do_not_starve_the_others(make_vacancy, monkeypatch):
    monkeypatch.setattr(chunks, "SIZE", 20)
    index_changes()
    good = {make_vacancy(title="Baker") for _ in range(5)}
    for _ in range(60):
        make_vacancy(title="Kokk")
    bad = set(Vacancy.objects.filter(title="Kokk").values_list("uuid", flat=True))
    real = index_writer.schema.build_document

    def refuse(schema, key, version, fields):
        if uuid.UUID(key) in bad:
            raise ValueError("Ring Kari Nordmann")
        return real(schema, key, version, fields)

    monkeypatch.setattr(index_writer.schema, "build_document", refuse)
    assert index_changes().failed == 60
    assert {*search(SearchQuery()).uuids} == good
    assert {*SetAside.objects.values_list("reason", "detail")} == {("refused", "ValueError")}
    index_changes()  # the second try, at once; later ones after growing pauses
    row = SetAside.objects.first()
    assert row.tries == 2
    assert dt.timedelta(seconds=30) < row.next_try - timezone.now() < dt.timedelta(seconds=61)
    assert index_changes().failed == 0
    assert quarantine.count_behind() == 0
    assert {difference.kind for difference in compare()} == {"set-aside"}


@pytest.mark.parametrize("poison", ["no number", 2**70, None, {"a": 1}, [1, "x"], 1.5], ids=repr)
def test_a_refused_new_version_keeps_the_old_document_and_the_other_ads(poison, make_vacancy, monkeypatch):
    key = make_vacancy(title="Baker")
    build_index()
    change(key, title="Kokk")
    real = documents.make_document
    monkeypatch.setattr(
        documents, "make_document", lambda vacancy: {**real(vacancy), "order": poison} if vacancy.pk == key else real(vacancy)
    )
    make_vacancy(title="Snekker")
    report = index_changes()
    assert (report.indexed, report.failed) == (1, 1)
    assert SetAside.objects.get().reason == "refused"
    assert (total("baker"), total("snekker")) == (1, 1)


def test_a_rebuild_quarantines_ads_and_completes(make_vacancy, misbehave):
    good = [make_vacancy(title="Baker") for _ in range(3)]
    bad = make_vacancy(title="Kokk")
    index_changes()
    assert total() == 4
    misbehave["Kokk"] = raise_with_the_ads_words
    delete_documents()  # as another version of the analysis finds none
    assert rebuild().rebuilt, "though a quarter of the ads is missing"
    assert {*search(SearchQuery()).uuids} == {*good}
    assert [(difference.kind, difference.uuid) for difference in compare()] == [("set-aside", bad)]
    assert Vacancy.objects.get(uuid=bad).indexed_version == 0, "marked as not indexed, so that it is retried"
    misbehave.clear()
    quarantine.retry([bad])
    assert index_changes().indexed == 1
    assert (total(), compare()) == (4, [])


def test_no_ad_is_quarantined_if_no_child_process_can_start(make_vacancy, monkeypatch):
    build_index()
    make_vacancy()
    monkeypatch.setattr(forked_children, "prepare_child", lambda channel: 1 / 0)
    with pytest.raises(analysis_process.NoChild):
        index_changes()
    assert not SetAside.objects.exists()
    monkeypatch.undo()
    assert index_changes().indexed == 1


@pytest.mark.parametrize("refusal", [ValueError("not allowed to raise maximum limit"), PermissionError(1, "EPERM")], ids=repr)
def test_indexing_works_in_a_sandbox_that_forbids_resource_limits(refusal, make_vacancy, monkeypatch):
    def forbid(kind, limits):
        raise refusal

    index_changes()
    key = make_vacancy()
    monkeypatch.setattr(forked_children.resource, "setrlimit", forbid)
    assert index_changes().indexed == 1
    assert search(SearchQuery()).uuids == [key]


def test_no_child_process_and_no_open_file_is_left(make_vacancy, misbehave):
    misbehave["Kokk"] = raise_with_the_ads_words
    index_changes()
    before = _files_and_children()
    for title in ("Baker", "Kokk"):
        make_vacancy(title=title)
    index_changes()
    assert _files_and_children() == before


def _files_and_children() -> tuple[set[Path], set[int]]:
    # psutil, because a thread may end between the listing of /proc/self/task and the reading of its children.
    return set(Path("/proc/self/fd").iterdir()), {child.pid for child in psutil.Process().children()}


def test_no_ad_is_quarantined_if_the_engine_is_down(make_vacancy, monkeypatch):
    build_index()
    make_vacancy()

    def down(self, writes):
        raise EngineDown("full")

    monkeypatch.setattr(index_writer.TantivyIndex, "write", down)
    with pytest.raises(EngineDown):
        index_changes()
    assert not SetAside.objects.exists()
