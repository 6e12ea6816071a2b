"""Quarantine of documents that an engine refuses: each fails alone, and the rest of its bulk is indexed."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search.api import SearchQuery, search
from jobsearch.search.indexing import compare, documents, index_changes, rebuild
from jobsearch.search.models import SetAside
from jobsearch.vacancies import store as vacancy_store
from jobsearch.vacancies.models import Vacancy
from tests.conftest import vacancy_data

from .conftest import on_all

pytestmark = pytest.mark.django_db(transaction=True)

POISONS = {
    "Kokk": {"order": "no number"},
    "Kokk i kantine": {"order": 2**70},
    "Kokk på skip": {"order": {"a": 1}},
}
"""Title of an ad -> fields of its document that every engine refuses: a word, too large a number and a structure in a number."""


@pytest.fixture
def poison(monkeypatch):
    """Title of an ad -> fields that are added to its document; `clear` ends that."""
    real = documents.make_document
    fields: dict[str, dict[str, object]] = {}
    monkeypatch.setattr(documents, "make_document", lambda row: {**real(row), **fields.get(row.title, {})})
    return fields


def store(title: str, key: uuid.UUID | None = None) -> uuid.UUID:
    data = vacancy_data(title=title, occupations=(), **({"uuid": key} if key else {}))
    with transaction.atomic():
        vacancy_store.store_vacancies([data])
    return data.uuid


@on_all("engine")
def test_a_refused_document_does_not_fail_others(engine, poison):
    changed, ended = {title: store("Murer") for title in POISONS}, store("Baker")
    index_changes()
    poison.update(POISONS)
    for title, key in changed.items():
        store(title, key)
    new, fine = {title: store(title) for title in POISONS}, store("Snekker")
    with transaction.atomic():
        vacancy_store.close_vacancies([ended], Vacancy.Closed.FEED)
    report = index_changes()
    refused = {*changed.values(), *new.values()}
    assert (report.indexed, report.failed) == (2, 6)
    assert {*search(SearchQuery()).uuids} == {*changed.values(), fine}, "the old documents of the changed ads are kept"
    assert {*search(SearchQuery(q="murer")).uuids} == {*changed.values()}
    assert dict(SetAside.objects.values_list("uuid", "reason")) == dict.fromkeys(refused, "refused")
    assert {(difference.kind, difference.uuid) for difference in compare()} == {("set-aside", key) for key in refused}
    assert rebuild().rebuilt, "they do not hold up a rebuild either"
    assert search(SearchQuery()).uuids == [fine]
    poison.clear()
    SetAside.objects.update(next_try=timezone.now() - dt.timedelta(seconds=1))
    assert index_changes().indexed == 6
    assert search(SearchQuery()).total == 7
    assert compare() == []
    assert not SetAside.objects.exists()


def test_a_refused_ad_is_removed_when_it_ends(engine, poison):
    key = store("Murer")
    index_changes()
    poison.update(POISONS)
    store("Kokk", key)
    assert index_changes().failed == 1
    with transaction.atomic():
        vacancy_store.close_vacancies([key], Vacancy.Closed.FEED)
    assert index_changes().indexed == 1
    assert search(SearchQuery()).total == 0
    assert compare() == []
