"""No group of the open queries may fall below these floors on the embedded engine.

They stand a little below what was measured on 24 November 2026 (see docs/relevance.md).
Whoever makes a group better raises its floor; whoever has to lower one says why in the commit.
"""

from __future__ import annotations

import pytest
from django.test import override_settings

from jobsearch.search import engines
from jobsearch.search.models import IndexLease, IndexState
from jobsearch.vacancies.models import Moderation, Tombstone, Vacancy

from . import measuring, running
from .judging import judged

pytestmark = pytest.mark.django_db

# group: nDCG@10, recall@50, precision of all that is found
FLOORS = {
    "bokmål": (0.95, 0.93, 0.96),
    "nynorsk": (0.96, 0.95, 0.97),
    "compounds": (0.94, 0.92, 0.97),
    "typos": (0.95, 0.93, 0.95),
    "keyboard": (0.96, 0.89, 0.95),
    "employer": (0.97, 0.97, 0.95),
    "place": (0.97, 0.97, 0.97),
    "phrase": (0.97, 0.96, 0.97),
    "negation": (0.97, 0.94, 0.95),
    "tokens": (0.92, 0.92, 0.93),
    "abbreviations": (0.92, 0.86, 0.96),
    "languages": (0.95, 0.95, 0.95),
    "synonyms": (0.95, 0.94, 0.96),
    "filler": (0.96, 0.96, 0.84),
    "zero": (1.0, 1.0, 1.0),
    "precision": (0.95, 0.96, 0.9),
}
ALL = (0.96, 0.94, 0.95)


@pytest.fixture(scope="module")
def outcomes(django_db_setup, django_db_blocker, tmp_path_factory):
    """The open half, run once for all groups."""
    with override_settings(SEARCH_URL=f"embedded:///{tmp_path_factory.mktemp('relevance')}/index"), django_db_blocker.unblock():
        engines.forget_engines()
        try:
            running.fill()
            yield measuring.measure(running.find, [one for one in judged() if not one.query.kept])
        finally:
            for model in (Vacancy, Tombstone, Moderation, IndexState, IndexLease):
                model.objects.all().delete()
            engines.forget_engines()


def test_every_group_has_a_floor(outcomes):
    assert set(FLOORS) == set(measuring.by_group(outcomes))


@pytest.mark.parametrize("group", FLOORS)
def test_a_group_stays_above_its_floor(outcomes, group):
    some = measuring.by_group(outcomes)[group]
    assert not _below(some, FLOORS[group]), measuring.worst(some, 3)


def test_all_queries_together_stay_above_the_floor(outcomes):
    assert not _below(outcomes, ALL), measuring.table(outcomes)


def _below(outcomes, floors) -> dict[str, float]:
    """The figures that are too low."""
    mean = measuring.mean(outcomes)
    reached = {"nDCG": mean.ndcg, "recall": mean.recall, "precision": mean.precision}
    return {name: round(value, 3) for (name, value), floor in zip(reached.items(), floors, strict=True) if value < floor}
