"""The child process that computes ads before they are stored: what it is given, its limits, its failures and its end."""

from __future__ import annotations

import logging
import os
import re
import signal
import threading
import time

import psutil
import pytest

from ingest import precomputing
from ingest.precomputing import Precomputer, wait_for_tasks
from jobsearch.core import forked_children
from jobsearch.vacancies import prepared_documents
from jobsearch.vacancies.models import PreparedAd, PreparedDocument, Vacancy
from tests.conftest import vacancy_data
from tests.ingest.precomputed_ads import compute, save
from tests.servers.ports import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def hang():
    re.match(r"(?:a|aa)+$", "a" * 90 + "b")


def fill_memory():
    kept = []
    while True:
        kept.append(bytes(2**26))


FAILURES = {
    "slow": hang,
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "memory": fill_memory,
    "waits": lambda: time.sleep(3600),
    "raises": lambda: 1 / 0,
    "leaves": lambda: os._exit(0),
}


@pytest.mark.parametrize("act", FAILURES.values(), ids=FAILURES)
def test_an_ad_that_ends_the_child_is_stored_without_it_and_the_others_with_it(act, precomputer, misbehave, monkeypatch, caplog):
    monkeypatch.setattr(precomputing, "ANSWER_SECONDS", 2.0 if act is FAILURES["waits"] else 60.0)
    misbehave["Kokk"] = act
    before, bad, after = (vacancy_data(title=title) for title in ("Baker", "Kokk", "Snekker"))
    found = compute(precomputer, before, bad, after)
    assert {*found} == {before.uuid, after.uuid}
    save(before, bad, after, found=found)
    assert {*PreparedDocument.objects.values_list("pk", flat=True)} == {before.uuid, after.uuid}
    assert Vacancy.objects.not_indexed().count() == 3
    assert PreparedAd.objects.count() == 3
    assert "Nordmann" not in caplog.text


def wait_for_threads():
    """`close` waits for its thread by the clock, which a busy machine exceeds: the thread ends soon after it."""
    wait_until(
        lambda: "feed-precomputing" not in {thread.name for thread in threading.enumerate()}, 10, "the precomputing thread to end"
    )


def test_no_process_and_no_file_is_left(misbehave, patient):
    process = psutil.Process()
    save(vacancy_data())  # which opens the files of the database
    before = process.num_fds(), process.children()
    misbehave["Kokk"] = lambda: os._exit(7)
    for titles in (["Baker"], ["Baker", "Kokk", "Murer"], ["Kokk"]):
        precomputer = Precomputer()
        compute(precomputer, *(vacancy_data(title=title) for title in titles))
        precomputer.close()
    wait_for_threads()
    assert (process.num_fds(), process.children()) == before


def test_a_child_that_is_busy_at_the_end_is_killed(misbehave, monkeypatch):
    monkeypatch.setattr(precomputing, "FINISH_SECONDS", 0.2)
    monkeypatch.setattr(precomputing, "LONGEST_WAIT", 1.0)
    misbehave["Kokk"] = lambda: time.sleep(3600)
    before = psutil.Process().children()
    precomputer = Precomputer()
    began = time.monotonic()
    assert compute(precomputer, vacancy_data(title="Kokk")) == {}
    precomputer.close()
    assert time.monotonic() - began < 30
    wait_for_threads()
    assert psutil.Process().children() == before


def test_no_ad_is_computed_where_no_process_can_start(precomputer, monkeypatch, caplog):
    def fork():
        raise OSError(11, "no more processes")

    monkeypatch.setattr(forked_children.os, "fork", fork)
    entries = [vacancy_data(), vacancy_data()]
    assert compute(precomputer, *entries) == {}
    assert precomputer.submit(entries[0]) is None, "it is not tried for each ad"
    assert caplog.text.count("No process starts") == 1


def test_a_feed_of_hostile_ads_forks_few_children(precomputer, misbehave, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    misbehave["Kokk"] = lambda: os._exit(7)
    entries = [vacancy_data(title="Kokk") for _ in range(precomputing.MOST_FAILURES + 15)]
    assert compute(precomputer, *entries) == {}
    assert caplog.text.count("exit code 7") == precomputing.MOST_FAILURES
    assert precomputer.submit(vacancy_data()) is None


def test_an_ad_waits_for_a_bounded_time_and_others_are_not_computed_meanwhile(misbehave, monkeypatch):
    monkeypatch.setattr(precomputing, "LONGEST_WAIT", 1.5)
    monkeypatch.setattr(precomputing, "ROOM_SECONDS", 0.0)
    misbehave["Kokk"] = lambda: time.sleep(3600)
    entries = [vacancy_data(title="Kokk") for _ in range(precomputing.MOST_WAITING + 20)]
    precomputer = Precomputer()
    try:
        precomputer.expect([entry.uuid for entry in entries])
        began = time.monotonic()
        tasks = [task for entry in entries if (task := precomputer.submit(entry))]
        assert len(tasks) <= precomputing.MOST_WAITING + precomputing.AT_ONCE
        wait_for_tasks(tasks)
        assert 1.0 < time.monotonic() - began < 20, "all of them together, not each"
        assert not any(task.load() or task.is_waited_for for task in tasks)
    finally:
        precomputer.close()


def test_a_child_is_replaced_after_so_many_ads_and_its_words_are_kept(precomputer, monkeypatch):
    monkeypatch.setattr(precomputing, "MOST_ADS", 3)
    monkeypatch.setattr(precomputing, "AT_ONCE", 1)
    forked, real = [], precomputing.fork_worker
    monkeypatch.setattr(precomputing, "fork_worker", lambda *options: forked.append(1) or real(*options))
    adopted = []
    monkeypatch.setattr(prepared_documents.get_maker().__class__, "add_words", lambda _self, new: adopted.append(new))
    entries = [vacancy_data(description=f"<p>Blåbærsyltetøykokeren{number} begynner.</p>") for number in range(7)]
    assert len(compute(precomputer, *entries)) == 7
    assert len(forked) == 3
    assert "Blåbærsyltetøykokeren0" in str(adopted[0])


# --- Only if nothing has changed ------------------------------------------------------------------------------------------
