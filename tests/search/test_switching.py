"""Switch to a new index: when it catches up again, when it stops, and when the old index stays."""

from __future__ import annotations

import pytest

from jobsearch.core.leases import find_holder
from jobsearch.search.engines import registry
from jobsearch.search.engines.tantivy.index_writer import TantivyIndex
from jobsearch.search.indexing import RebuildFailed, catching_up, chunks, compare, index_changes, rebuild, switching
from tests.search.misbehaving import total

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]


@pytest.mark.parametrize(
    ("size", "leases"),
    [pytest.param(1, 1, id="many ads differ at each pass"), pytest.param(250, 5, id="a new ad comes after each pass")],
)
def test_constant_changes_do_not_hold_up_the_switch(size, leases, make_vacancy, monkeypatch):
    """`leases`: how often other writers had to wait."""
    make_vacancy()
    index_changes()
    before = registry.engine().get_live_index().get_identity()
    catch_up, passes = catching_up.catch_up, []
    finish, finished = catching_up.catch_up_without_analysis, []

    def catch_up_under_writes(index):
        make_vacancy()
        found = catch_up(index)
        passes.append(found.differed)
        make_vacancy()
        return found

    def finish_under_lease(index):
        finished.append(find_holder("writes") is not None)
        return finish(index)

    monkeypatch.setattr(catching_up, "catch_up", catch_up_under_writes)
    monkeypatch.setattr(catching_up, "catch_up_without_analysis", finish_under_lease)
    monkeypatch.setattr(chunks, "SIZE", size)
    assert rebuild().rebuilt
    assert passes == [1, 2, 2, 2, 2]
    assert len(passes) == switching.PASSES
    assert finished == [True] * leases
    assert registry.engine().get_live_index().get_identity() != before
    assert total() == 10, "the last ad came after the last pass"
    assert index_changes().indexed == 1
    assert (total(), compare()) == (11, [])


def test_changes_that_end_need_one_pass_more(make_vacancy, monkeypatch):
    make_vacancy()
    index_changes()
    catch_up, passes = catching_up.catch_up, []

    def catch_up_and_add(index):
        found = catch_up(index)
        passes.append(found.differed)
        if len(passes) == 1:
            make_vacancy()
        return found

    monkeypatch.setattr(catching_up, "catch_up", catch_up_and_add)
    rebuild()
    assert passes == [0, 1]
    assert (total(), compare()) == (2, [])


def test_an_index_that_lacks_ads_does_not_become_the_live_one(make_vacancy, monkeypatch):
    for _ in range(3):
        make_vacancy()
    index_changes()
    before = registry.engine().get_live_index().get_identity()
    count = TantivyIndex.count
    monkeypatch.setattr(TantivyIndex, "count", lambda self: count(self) - 1)
    with pytest.raises(RebuildFailed, match=r"holds 2 of 3 ads, so the old one stays"):
        rebuild()
    monkeypatch.undo()
    assert registry.engine().get_live_index().get_identity() == before
    assert (total(), compare()) == (3, [])
