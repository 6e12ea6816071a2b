"""Keyset pagination: every row once, in the order of the primary key, also while rows are added and removed."""

from __future__ import annotations

import pytest

from jobsearch.core.keyset import iterate_batches
from jobsearch.vacancies.models import PostalCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def codes():
    def add(*codes: int) -> list[str]:
        rows = [
            PostalCode(code=f"{code:04}", name="Sted", latitude=60, longitude=10, loaded="2026-11-20T12:00:00Z") for code in codes
        ]
        PostalCode.objects.bulk_create(rows)
        return [row.code for row in rows]

    return add


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 7])
def test_every_row_comes_once_in_batches_of_at_most_the_size(codes, number):
    added = codes(*range(1, number + 1))
    batches = list(iterate_batches(PostalCode.objects.values_list("code", flat=True), 3))
    assert [code for batch in batches for code in batch] == added
    assert all(0 < len(batch) <= 3 for batch in batches)


def test_rows_are_instances_keys_or_tuples_that_begin_with_the_key(codes):
    added = codes(1, 2, 3)
    rows = PostalCode.objects.order_by("-code")
    assert [[row.code for row in batch] for batch in iterate_batches(rows, 2)] == [added[:2], added[2:]]
    pairs = [[("0001", "Sted"), ("0002", "Sted")], [("0003", "Sted")]]
    assert list(iterate_batches(rows.values_list("code", "name"), 2)) == pairs


def test_rows_that_leave_the_queryset_do_not_hide_others(codes):
    added = codes(*range(1, 10))
    found = []
    for batch in iterate_batches(PostalCode.objects.filter(name="Sted").values_list("code", flat=True), 2):
        found += batch
        PostalCode.objects.filter(code__in=batch).update(name="Annet")
    assert found == added


def test_a_row_added_while_reading_comes_only_after_the_last_batch(codes):
    codes(10, 20, 30)
    found = []
    for batch in iterate_batches(PostalCode.objects.values_list("code", flat=True), 2):
        found += batch
        if len(found) == 2:
            codes(15, 40)
    assert found == ["0010", "0020", "0030", "0040"]
