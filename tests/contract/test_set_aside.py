"""Documents that an engine refuses: each is set aside alone, and the rest of its bulk is found."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search.api import SearchQuery, compare, index_changes, rebuild, search
from jobsearch.search.indexing import documents
from jobsearch.search.models import SetAside
from jobsearch.vacancies import store as record
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
    """Adds these fields to the documents of ads called "Kokk"; `clear` ends that."""
    real = documents.make_document
    fields: dict[str, object] = {}
    monkeypatch.setattr(documents, "make_document", lambda row: {**real(row), **(fields if row.title == "Kokk" else {})})
    return fields


def store(title: str, key: uuid.UUID | None = None) -> uuid.UUID:
    data = vacancy_data(title=title, occupations=(), **({"uuid": key} if key else {}))
    with transaction.atomic():
        record.store_vacancies([data])
    return data.uuid


@pytest.mark.parametrize("name", POISONS)
def test_one_poisoned_document_fails_no_other(engine, poison, name):
    changed, ended = store("Murer"), store("Baker")
    index_changes()
    poison.update(POISONS[name])
    store("Kokk", changed)
    new, fine = store("Kokk"), store("Snekker")
    with transaction.atomic():
        record.close_vacancies([ended], Vacancy.Closed.FEED)
    report = index_changes()
    assert (report.indexed, report.failed) == (2, 2)
    assert {*search(SearchQuery()).uuids} == {changed, fine}, "the former document of the changed ad stays"
    assert search(SearchQuery(q="murer")).uuids == [changed]
    assert dict(SetAside.objects.values_list("uuid", "reason")) == {changed: "refused", new: "refused"}
    assert {(one.kind, one.uuid) for one in compare()} == {("set-aside", changed), ("set-aside", new)}
    assert rebuild().rebuilt, "nor do they hold up a rebuild"
    assert search(SearchQuery()).uuids == [fine]
    poison.clear()
    SetAside.objects.update(next_try=timezone.now() - dt.timedelta(seconds=1))
    assert index_changes().indexed == 2
    assert search(SearchQuery()).total == 3
    assert compare() == []
    assert not SetAside.objects.exists()


def test_what_an_engine_refuses_leaves_it_all_the_same_when_the_ad_ends(engine, poison):
    key = store("Murer")
    index_changes()
    poison.update(POISONS["a word in a number"])
    store("Kokk", key)
    assert index_changes().failed == 1
    with transaction.atomic():
        record.close_vacancies([key], Vacancy.Closed.FEED)
    assert index_changes().indexed == 1
    assert search(SearchQuery()).total == 0
    assert compare() == []
