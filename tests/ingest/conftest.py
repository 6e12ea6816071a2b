"""Fixtures of the tests of precomputing: a precomputer, and ads that misbehave in its child."""

from __future__ import annotations

import pytest

from ingest import precomputing
from ingest.precomputing import Precomputer
from jobsearch.vacancies import precomputed


@pytest.fixture
def patient(monkeypatch):
    """The machine may be busy; what limits the wait has tests of its own."""
    monkeypatch.setattr(precomputing, "LONGEST_WAIT", 120.0)
    monkeypatch.setattr(precomputing, "MOST_WAITING", 1000)


@pytest.fixture
def precomputer(patient):
    precomputer = Precomputer()
    yield precomputer
    precomputer.close()


@pytest.fixture
def misbehave(monkeypatch):
    """Title -> function that the computation of ads with this title calls first."""
    real, bad = precomputed.compute_ad, {}

    def compute(entry, *options):
        if entry.title in bad:
            bad[entry.title]()
        return real(entry, *options)

    monkeypatch.setattr(precomputed, "compute_ad", compute)
    return bad
