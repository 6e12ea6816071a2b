"""What one engine cannot do and the other can: a table in the code, each line of it tried, and none about what is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from jobsearch.search.api import index_changes, rebuild
from jobsearch.search.engines import registry
from jobsearch.search.engines.base import EVEN, LIMITS
from jobsearch.search.errors import IndexMissing, NoPrevious
from jobsearch.search.indexing.rollback import rollback
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


def goes_back(engine, monkeypatch, elsewhere: Path) -> bool:
    before = engine.identity()
    rebuild()
    try:
        rollback()
    except NoPrevious:
        return False
    return engine.identity() == before


def erases(engine, monkeypatch, elsewhere: Path) -> bool:
    module = import_module(type(engine).__module__)
    for name in {"ERASE_AFTER", "ERASE_SHARE", "ERASE_SECONDS"} & {*vars(module)}:
        monkeypatch.setattr(module, name, 0)
    with transaction.atomic():
        store.close_vacancies(Vacancy.objects.values_list("uuid", flat=True)[:1], Vacancy.Closed.FEED)
    index_changes()
    return not engine.erase()


def is_seen_from_elsewhere(engine, monkeypatch, elsewhere: Path) -> bool:
    """By a process of another machine, which has the address of the engine and folders of its own."""
    other = registry._open(f"embedded:///{elsewhere}/index" if engine.name == "tantivy" else settings.SEARCH_URL)
    try:
        return other.current().count() == engine.current().count()
    except IndexMissing:
        return False
    finally:
        other.close()


TRIED: dict[str, Callable[..., bool]] = {
    "go back to the previous index": goes_back,
    "take deleted text out of its files by itself": erases,
    "serve several machines": is_seen_from_elsewhere,
}


def test_every_engine_finds_filters_counts_orders_and_hides_alike():
    assert [limit for limit in LIMITS if limit.area in EVEN] == []
    assert {"filters", "counts", "visibility"} <= {*EVEN}


def test_every_line_of_the_table_is_tried_and_names_what_there_is_instead():
    assert {limit.cannot for limit in LIMITS} == {*TRIED}
    assert {limit.engine for limit in LIMITS} <= {"tantivy", "opensearch"}
    assert all(limit.instead for limit in LIMITS)


def test_the_documentation_has_the_same_table():
    rows = re.findall(r"^\| (tantivy|opensearch) \| (.*) \| (.*) \|$", (ROOT / "docs" / "search.md").read_text(), re.M)
    assert [(engine, cannot, instead.replace("`", "")) for engine, cannot, instead in rows] == [
        (limit.engine, limit.cannot, limit.instead) for limit in LIMITS
    ]


@pytest.mark.parametrize("what", TRIED)
def test_an_engine_can_whatever_the_table_does_not_deny_it(engine, make_vacancy, monkeypatch, tmp_path, what):
    make_vacancy(), make_vacancy()
    index_changes()
    denied = {limit.cannot for limit in LIMITS if limit.engine == engine.name}
    assert TRIED[what](engine, monkeypatch, tmp_path / "elsewhere") == (what not in denied)
