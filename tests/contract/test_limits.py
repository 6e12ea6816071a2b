"""Declared limits: each feature that one engine lacks is in the table, is tested, and is not about search results."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from jobsearch.search.engines import registry
from jobsearch.search.engines.base import EVEN, LIMITS
from jobsearch.search.errors import IndexMissing, NoPrevious
from jobsearch.search.indexing import index_changes, rebuild
from jobsearch.search.indexing.rollback import rollback
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy

from .conftest import on_all

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


def can_roll_back(engine, monkeypatch, other_folder: Path) -> bool:
    before = engine.get_live_index().get_identity()
    rebuild()
    try:
        rollback()
    except NoPrevious:
        return False
    return engine.get_live_index().get_identity() == before


def erases_by_itself(engine, monkeypatch, other_folder: Path) -> bool:
    module = import_module(type(engine).__module__)
    for name in {"ERASE_AFTER", "ERASE_SHARE", "ERASE_SECONDS"} & {*vars(module)}:
        monkeypatch.setattr(module, name, 0)
    with transaction.atomic():
        store.close_vacancies(Vacancy.objects.values_list("uuid", flat=True)[:1], Vacancy.Closed.FEED)
    index_changes()
    return not engine.erase()


def serves_several_machines(engine, monkeypatch, other_folder: Path) -> bool:
    """Whether another machine sees the index: it has the same SEARCH_URL, but its own folders."""
    other = registry._open(f"embedded:///{other_folder}/index" if engine.name == "tantivy" else settings.SEARCH_URL)
    try:
        return other.get_live_index().count() == engine.get_live_index().count()
    except IndexMissing:
        return False
    finally:
        other.close()


CHECKS: dict[str, Callable[..., bool]] = {
    "go back to the previous index": can_roll_back,
    "take deleted text out of its files by itself": erases_by_itself,
    "serve several machines": serves_several_machines,
}


def test_no_limit_concerns_search_results():
    assert [limit for limit in LIMITS if limit.area in EVEN] == []
    assert {"filters", "counts", "visibility"} <= {*EVEN}


def test_every_limit_is_tested_and_names_an_alternative():
    assert {limit.cannot for limit in LIMITS} == {*CHECKS}
    assert {limit.engine for limit in LIMITS} <= {"tantivy", "opensearch"}
    assert all(limit.instead for limit in LIMITS)


def test_the_documentation_has_the_same_limits():
    rows = re.findall(r"^\| (tantivy|opensearch) \| (.*) \| (.*) \|$", (ROOT / "docs" / "search.md").read_text(), re.M)
    assert [(engine, cannot, instead.replace("`", "")) for engine, cannot, instead in rows] == [
        (limit.engine, limit.cannot, limit.instead) for limit in LIMITS
    ]


@on_all("engine")
@pytest.mark.parametrize("what", CHECKS)
def test_an_engine_lacks_exactly_its_declared_limits(engine, make_vacancy, monkeypatch, tmp_path, what):
    make_vacancy(), make_vacancy()
    index_changes()
    lacking = {limit.cannot for limit in LIMITS if limit.engine == engine.name}
    assert CHECKS[what](engine, monkeypatch, tmp_path / "elsewhere") == (what not in lacking)
