"""Retention: old rows of tables that would grow without limit are deleted."""

from __future__ import annotations

import datetime as dt
import uuid
from uuid import uuid4

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from ingest.models import Run, SeenLine
from jobsearch.admin_dashboard import tasks
from jobsearch.admin_dashboard.jobs import retention
from jobsearch.search import api as search
from jobsearch.search import indexing
from jobsearch.search.api import SearchQuery
from jobsearch.search.engines import registry
from jobsearch.search.models import ThreadFailure
from jobsearch.vacancies import store
from jobsearch.vacancies import tasks as vacancy_tasks
from jobsearch.vacancies.models import Purge, Tombstone, Vacancy
from tests.conftest import vacancy_data

pytestmark = pytest.mark.django_db(transaction=True)


def test_old_rows_are_deleted_and_recent_ones_kept():
    now = timezone.now()
    for name, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=now + dt.timedelta(days=days))
    for days in (401, 399):
        kind = ContentType.objects.get_for_model(User)
        user = User.objects.create_user(f"user{days}")
        entry = LogEntry.objects.create(user=user, content_type=kind, object_id="1", object_repr="x", action_flag=ADDITION)
        LogEntry.objects.filter(pk=entry.pk).update(action_time=now - dt.timedelta(days=days))
    old, new = (Run.objects.create(kind="sync", state="running", started=now - dt.timedelta(days=days)) for days in (15, 13))
    ended = Run.objects.create(kind="sync", state="done", started=now - dt.timedelta(days=15), finished=now)
    for name, hours in (("gone", 25), ("here", 1)):
        ThreadFailure.objects.create(name=name, error="x", since=now, last=now - dt.timedelta(hours=hours))
    for days in (201, 199):
        SeenLine.objects.create(uuid=uuid4(), status="ACTIVE", read_at=now - dt.timedelta(days=days))
    for days in (801, 799):
        Purge.objects.create(kind=Purge.Kind.CLOSED, uuid=uuid4(), moment=now - dt.timedelta(days=days))
    expected = {"runs": 1, "admin_log": 1, "thread_failures": 1, "lines_seen": 1, "purges": 1, "search_usage": 0}
    assert retention.delete_old_rows(now) == expected
    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert LogEntry.objects.count() == 1
    assert {*Run.objects.values_list("pk", flat=True)} == {new.pk, ended.pk}
    assert old.pk
    assert ThreadFailure.objects.get().name == "here"
    tasks.delete_old_rows()


def stone(days: int, *, indexed: bool = True) -> uuid.UUID:
    today = timezone.localdate()
    row = Tombstone.objects.create(
        uuid=uuid.uuid4(), closed_on=today - dt.timedelta(days=days), version=7, indexed_version=7 if indexed else 6
    )
    return row.uuid


def test_tombstones_are_deleted_after_thirteen_months_once_they_are_indexed():
    old, young, unindexed = stone(402), stone(398), stone(900, indexed=False)
    vacancy_tasks.forget_old()
    assert {*Tombstone.objects.values_list("uuid", flat=True)} == {young, unindexed}
    assert old != young


def test_a_longer_backfill_keeps_them_longer(settings):
    settings.FEED_BACKFILL_DAYS = 800
    kept, gone = stone(798), stone(802)
    vacancy_tasks.forget_old()
    assert Tombstone.objects.get().uuid == kept != gone


def test_more_tombstones_than_a_chunk_are_deleted():
    for _ in range(7):
        stone(500)
    assert store.delete_tombstones(timezone.localdate() - dt.timedelta(days=400), chunk=3) == 7


def test_an_ad_that_returns_after_its_tombstone_was_deleted_is_found(index):
    data = vacancy_data(title="Kokk")
    with transaction.atomic():
        store.store_vacancies([data])
    Vacancy.objects.update(version=9)
    indexing.index_changes()
    with transaction.atomic():
        store.close_vacancies([data.uuid], Vacancy.Closed.FEED)
    store.replace_with_tombstones(timezone.now() + dt.timedelta(seconds=1))
    indexing.index_changes()
    Tombstone.objects.update(closed_on=timezone.localdate() - dt.timedelta(days=500))
    vacancy_tasks.forget_old()
    assert not Tombstone.objects.exists()
    with transaction.atomic():
        store.store_vacancies([data])
    assert Vacancy.objects.get().version == 1
    report = indexing.index_changes()
    assert (report.indexed, report.stale, report.rebuilt) == (1, 0, "")
    assert search.search(SearchQuery()).uuids == [data.uuid]
    assert registry.engine().get_live_index().read_stored([data.uuid])[data.uuid].version == 1
