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

pytestmark = pytest.mark.django_db(transaction=True)

POISONS = {
    "a word in a number": {"order": "no number"},
    "a number that is too large": {"order": 2**70},
    "a structure in a number": {"order": {"a": 1}},
}


@pytest.fixture
def poison(monkeypatch):
    """Fields that are added to the documents of ads with the title "Kokk"; `clear` ends that."""
    real = documents.make_document
    fields: dict[str, object] = {}
    monkeypatch.setattr(documents, "make_document", lambda row: {**real(row), **(fields if row.title == "Kokk" else {})})
    return fields


def store(title: str, key: uuid.UUID | None = None) -> uuid.UUID:
    data = vacancy_data(title=title, occupations=(), **({"uuid": key} if key else {}))
    with transaction.atomic():
        vacancy_store.store_vacancies([data])
    return data.uuid


@pytest.mark.parametrize("name", POISONS)
def test_a_refused_document_does_not_fail_others(engine, poison, name):
    changed, ended = store("Murer"), store("Baker")
    index_changes()
    poison.update(POISONS[name])
    store("Kokk", changed)
    new, fine = store("Kokk"), store("Snekker")
    with transaction.atomic():
        vacancy_store.close_vacancies([ended], Vacancy.Closed.FEED)
    report = index_changes()
    assert (report.indexed, report.failed) == (2, 2)
    assert {*search(SearchQuery()).uuids} == {changed, fine}, "the old document of the changed ad is kept"
    assert search(SearchQuery(q="murer")).uuids == [changed]
    assert dict(SetAside.objects.values_list("uuid", "reason")) == {changed: "refused", new: "refused"}
    assert {(difference.kind, difference.uuid) for difference in compare()} == {("set-aside", changed), ("set-aside", new)}
    assert rebuild().rebuilt, "they do not hold up a rebuild either"
    assert search(SearchQuery()).uuids == [fine]
    poison.clear()
    SetAside.objects.update(next_try=timezone.now() - dt.timedelta(seconds=1))
    assert index_changes().indexed == 2
    assert search(SearchQuery()).total == 3
    assert compare() == []
    assert not SetAside.objects.exists()


def test_a_refused_ad_is_removed_when_it_ends(engine, poison):
    key = store("Murer")
    index_changes()
    poison.update(POISONS["a word in a number"])
    store("Kokk", key)
    assert index_changes().failed == 1
    with transaction.atomic():
        vacancy_store.close_vacancies([key], Vacancy.Closed.FEED)
    assert index_changes().indexed == 1
    assert search(SearchQuery()).total == 0
    assert compare() == []
