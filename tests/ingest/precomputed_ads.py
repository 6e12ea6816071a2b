"""Ads that a test computes by a precomputer, and stores; and sync runs without precomputing."""

from __future__ import annotations

import pytest
from django.db import transaction

from ingest.precomputing import Precomputer, wait_for_tasks
from jobsearch.vacancies import store


def compute_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no sync run fork the child process that computes ads, which takes half of the time of a run with one ad."""
    monkeypatch.setattr(Precomputer, "expect", lambda self, uuids: None)


def compute(precomputer, *entries):
    """The computed ads by uuid, as the feed's worker hands them to `store`."""
    precomputer.expect([entry.uuid for entry in entries])
    tasks = [task for entry in entries if (task := precomputer.submit(entry))]
    wait_for_tasks(tasks)
    return {task.entry.uuid: found for task in tasks if (found := task.load())}


def save(*entries, found=None, **options):
    with transaction.atomic():
        return store.store_vacancies(entries, precomputed=found, **options)
