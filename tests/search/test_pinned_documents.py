"""Code that gives the same ads other documents needs another ANALYSIS_VERSION: without it, old indexes would stay in use."""

from __future__ import annotations

import json

import pytest

from jobsearch.search.analysis import norwegian

from . import pinned

pytestmark = pytest.mark.django_db


def test_the_documents_of_fifty_fixed_ads_are_those_of_this_analysis_version():
    told = pinned.problem(pinned.measure(), json.loads(pinned.FILE.read_text()))
    assert not told, told


def test_a_change_of_analysis_without_another_version_is_named_with_its_cure(monkeypatch):
    before = norwegian.fold
    monkeypatch.setattr(norwegian, "fold", lambda word: before(word).replace("k", "c"))
    told = pinned.problem(pinned.measure(), json.loads(pinned.FILE.read_text()))
    assert "raise ANALYSIS_VERSION" in told
    assert pinned.COMMAND in told
