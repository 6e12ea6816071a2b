"""`manage.py sync`: exit codes and JSON, with the fake feed server and a real index."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
import uuid

import pytest
from django.db import OperationalError
from django.utils import timezone

from ingest import sync
from ingest.models import DetailTask, FeedState
from jobsearch.admin_dashboard.jobs import full_sync
from jobsearch.core.models import LeaseRecord
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.api import SearchQuery
from jobsearch.vacancies import pending
from jobsearch.vacancies.models import Vacancy

KEYS = {"pages", "lines", "new", "updated", "unchanged", "closed", "deferred", "quarantined", "seconds"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.precomputing
def test_exit_code_0_with_every_ad_in_database_and_index(feed, index, command):
    for _ in range(3):
        feed.publish()
    answer = command("sync", "--json")
    assert answer.code == 0, answer.err
    assert answer.json.keys() >= KEYS
    assert (answer.json["new"], answer.json["closed"], answer.json["index_behind"]) == (3, 0, 0)
    assert Vacancy.objects.active().count() == 3
    assert search.search(SearchQuery()).total == 3
    assert pending.count_changes() == 0


@pytest.mark.precomputing
def test_ads_are_indexed_while_the_sync_goes_on(feed, index, command, monkeypatch):
    for _ in range(3):
        feed.publish()
    real, behind = sync.run, []

    def run(**options):
        report = real(**options)
        until = time.monotonic() + 60
        while pending.count_changes() and time.monotonic() < until:
            time.sleep(0.05)
        behind.append(pending.count_changes())
        return report

    monkeypatch.setattr(full_sync, "BESIDE_SECONDS", 0.05)
    monkeypatch.setattr(sync, "run", run)
    assert command("sync").code == 0
    assert behind == [0]
    assert search.search(SearchQuery()).total == 3


@pytest.mark.parametrize("error", [search.EngineDown("Start it."), OperationalError("database is locked")])
def test_an_error_of_the_indexing_beside_it_does_not_stop_a_sync(feed, index, command, monkeypatch, error):
    feed.publish()
    real, tried = indexing.index_changes, threading.Event()

    def index_changes(**options):
        if threading.current_thread() is threading.main_thread():
            return real(**options)
        tried.set()
        raise error

    def run(**options):
        assert tried.wait(60)
        return real_run(**options)

    real_run = sync.run
    monkeypatch.setattr(full_sync, "BESIDE_SECONDS", 0.05)
    monkeypatch.setattr(indexing, "index_changes", index_changes)
    monkeypatch.setattr(sync, "run", run)
    assert command("sync").code == 0
    assert search.search(SearchQuery()).total == 1


def test_the_indexing_beside_a_sync_goes_on_after_an_error(feed, index, command, monkeypatch, caplog):
    feed.publish()
    real, errors, behind = indexing.index_changes, [search.EngineDown("Start it."), OperationalError("Kari Nordmann")], []

    def index_changes(**options):
        if errors and threading.current_thread() is not threading.main_thread():
            raise errors.pop(0)
        return real(**options)

    def run(**options):
        report = real_run(**options)
        until = time.monotonic() + 60
        while pending.count_changes() and time.monotonic() < until:
            time.sleep(0.05)
        behind.append(pending.count_changes())
        return report

    real_run = sync.run
    monkeypatch.setattr(full_sync, "BESIDE_SECONDS", 0.05)
    monkeypatch.setattr(indexing, "index_changes", index_changes)
    monkeypatch.setattr(sync, "run", run)
    assert command("sync").code == 0
    assert (errors, behind) == ([], [0])
    assert caplog.text.count("is tried again") == 1, "one line for failures in a row"
    assert "Start it." in caplog.text and "Nordmann" not in caplog.text


@pytest.mark.precomputing
def test_a_second_run_finds_later_changes(feed, index, command):
    first, second = feed.publish(), feed.publish()
    assert command("sync").code == 0
    feed.change(first)
    feed.stop(second)
    answer = command("sync", "--json")
    assert (answer.json["updated"], answer.json["closed"], answer.code) == (1, 1, 0)
    assert search.search(SearchQuery()).total == 1


def test_the_report_goes_to_stdout_and_progress_to_stderr(feed, index, command):
    feed.publish()
    answer = command("sync")
    assert "1 new" in answer.out
    assert "details" not in answer.out
    assert "details" in answer.err


def test_exit_code_1_if_an_ad_is_quarantined_or_deferred(feed, index, command):
    feed.publish()
    feed.detail_fails_for_good(feed.publish())
    answer = command("sync", "--json")
    assert answer.code == 1
    assert answer.json["quarantined"] + answer.json["deferred"] == 1
    assert answer.json["new"] == 1


def test_exit_code_2_with_json_if_the_feed_is_down(settings, index, command):
    settings.NAV_FEED_URL = "http://127.0.0.1:9"
    answer = command("sync", "--json")
    assert answer.code == 2
    assert answer.json.keys() >= KEYS
    assert "feed is down" in answer.json["error"]
    assert "NAV_FEED_URL" in answer.err


def test_exit_code_2_if_the_database_follows_another_feed(feed, index, command):
    FeedState.objects.create(origin="http://another.example")
    answer = command("sync", "--json")
    assert answer.code == 2
    assert answer.json["reason"] == "wrong-origin"
    assert "NAV_FEED_URL" in answer.err


def test_exit_code_2_if_the_engine_is_down_but_ads_are_stored(feed, index, command, monkeypatch):
    def down(*arguments, **options):
        raise search.EngineDown("Start OpenSearch.")

    monkeypatch.setattr("jobsearch.search.indexing.index_changes", down)
    feed.publish()
    answer = command("sync", "--json")
    assert answer.code == 2
    assert answer.json == {"error": "The search engine is down. Start OpenSearch.", "reason": "engine-down"}
    assert Vacancy.objects.count() == 1
    monkeypatch.undo()
    assert command("sync").code == 0
    assert search.search(SearchQuery()).total == 1


@pytest.mark.parametrize(
    ("text", "reason", "cure"),
    [
        ("database is locked", "database-locked", "Another process writes"),
        ("no such table: ingest_feedstate", "not-migrated", "manage.py migrate"),
        ("unable to open database file", "database-down", "DATABASE_URL"),
        ("database or disk is full", "disk-full", "Make room"),
    ],
)
def test_exit_code_2_if_the_database_fails(command, monkeypatch, text, reason, cure):
    def refuse(*arguments, **options):
        raise OperationalError(text)

    monkeypatch.setattr("ingest.sync.run", refuse)
    answer = command("sync", "--json")
    assert (answer.code, answer.json["reason"]) == (2, reason)
    assert cure in answer.err


def test_exit_code_3_if_another_process_holds_the_lease(feed, index, command):
    FeedState.get_for_feed(feed.url)
    until = timezone.now() + dt.timedelta(minutes=1)
    LeaseRecord.objects.create(name="feed", owner="elsewhere 12 34 abcd", expires=until)
    answer = command("sync", "--json")
    assert (answer.code, answer.json["reason"]) == (3, "lease-held")


def test_a_start_waits_for_a_worker_that_is_ending(feed, index, monkeypatch):
    feed.publish()
    FeedState.get_for_feed(feed.url)
    until = timezone.now() + dt.timedelta(minutes=1)
    LeaseRecord.objects.create(name="feed", owner="elsewhere 12 34 abcd", expires=until)
    sleep = time.sleep

    def end_the_other(seconds: float) -> None:
        LeaseRecord.objects.filter(name="feed", owner__startswith="elsewhere").delete()
        sleep(0)

    monkeypatch.setattr(full_sync.time, "sleep", end_the_other)
    assert full_sync.follow_to_head(wait=30).new == Vacancy.objects.active().count() == 1


def test_a_bug_is_not_exit_code_1(command, monkeypatch):
    monkeypatch.setattr(full_sync, "follow_to_head", lambda **options: 1 / 0)
    answer = command("sync", "--json")
    assert (answer.code, answer.json["reason"]) == (2, "bug")
    assert "ZeroDivisionError" in answer.err


def test_ctrl_c_is_reported_as_valid_json(command, monkeypatch):
    def interrupted(**options):
        raise KeyboardInterrupt

    monkeypatch.setattr(full_sync, "follow_to_head", interrupted)
    answer = command("sync", "--json")
    assert (answer.code, answer.json["reason"]) == (130, "interrupted")


def test_indexing_ends_if_the_engine_refuses_an_ad(make_vacancy, monkeypatch):
    from jobsearch.search.indexing import Report

    make_vacancy()
    monkeypatch.setattr("jobsearch.search.indexing.index_changes", lambda **options: Report(failed=1))
    assert full_sync.drain_index() == 0


def test_a_missing_migration_is_explained(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "JOBSEARCH_READ_DOTENV": "0"}
    environment["DJANGO_SETTINGS_MODULE"] = "jobsearch.settings"
    done = subprocess.run([sys.executable, "manage.py", "sync", "--json"], capture_output=True, env=environment, timeout=240)
    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["reason"] == "not-migrated"
    assert b"manage.py migrate" in done.stderr


def test_a_quarantined_ad_of_an_earlier_run_still_counts(feed, index, command):
    FeedState.get_for_feed(feed.url)
    DetailTask.objects.create(
        uuid=uuid.uuid4(), marker=1, state="quarantined", error_code="x", next_try=timezone.now() + dt.timedelta(hours=1)
    )
    feed.publish()
    assert command("sync").code == 1
