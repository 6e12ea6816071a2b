"""System check for a search index of another schema."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from jobsearch.search.checks import check_index_schema as check
from jobsearch.search.engines import registry
from jobsearch.search.models import IndexState
from jobsearch.search.schema import fingerprint


@pytest.fixture
def no_engine(monkeypatch):
    def touched():
        raise AssertionError("the check asked the engine")

    monkeypatch.setattr(registry, "engine", touched)
    monkeypatch.setattr(registry, "_open", touched)


@pytest.mark.django_db
def test_a_changed_schema_is_reported_with_a_hint(no_engine, capsys):
    assert check(None, databases=["default"]) == [], "nothing built yet: the first run says that"
    IndexState.objects.create(identity="x", fingerprint="of another version", built=timezone.now())
    (warning,) = check(None, databases=["default"])
    assert (warning.id, "rebuild_index" in warning.hint) == ("search.W001", True)
    call_command("check", databases=["default"])
    assert "search.W001" in capsys.readouterr().err
    IndexState.objects.update(fingerprint=fingerprint())
    assert check(None, databases=["default"]) == []


def test_check_without_databases_makes_no_query(no_engine):
    assert check(None) == []  # a query would fail: this test has no database
    call_command("check", "search")


def test_an_unmigrated_database_is_no_error(no_engine, monkeypatch):
    def no_table(*_):
        raise OperationalError("no such table: search_indexstate")

    monkeypatch.setattr(IndexState.objects, "first", no_table)
    assert check(None, databases=["default"]) == []
