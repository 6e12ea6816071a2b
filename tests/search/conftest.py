"""Fixtures for the tests of what the index sets aside and removes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobsearch.search.engines import registry
from jobsearch.search.indexing import documents


@pytest.fixture
def folder(settings, tmp_path) -> Iterator[Path]:
    """A folder for the index of one test."""
    settings.SEARCH_URL = f"embedded:///{tmp_path}/index"
    yield tmp_path / "index"
    registry.forget_engines()


@pytest.fixture
def misbehave(monkeypatch):
    """Title -> function that the analysis of ads with this title calls first."""
    real = documents.make_document
    bad: dict[str, object] = {}

    def document(vacancy):
        if vacancy.title in bad:
            bad[vacancy.title]()
        return real(vacancy)

    monkeypatch.setattr(documents, "make_document", document)
    return bad
