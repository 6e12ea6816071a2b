"""ANALYSIS_VERSION has to be raised when code makes other documents of the same ads, or old indexes would stay in use."""

from __future__ import annotations

import json

import pytest

from jobsearch.search.indexing import documents

from . import pinned

pytestmark = pytest.mark.django_db


def test_documents_of_fifty_fixed_ads_match_the_pinned_digest():
    problem = pinned.find_problem(pinned.measure(), json.loads(pinned.FILE.read_text()))
    assert not problem, problem


def test_changed_documents_without_a_new_version_give_an_error_with_the_remedy(monkeypatch):
    fold = documents.fold
    monkeypatch.setattr(documents, "fold", lambda word: fold(word).replace("k", "c"))
    problem = pinned.find_problem(pinned.measure(), json.loads(pinned.FILE.read_text()))
    assert "raise ANALYSIS_VERSION" in problem
    assert pinned.COMMAND in problem
