"""Relevance metrics: perfect results score 1, empty ones 0, and neutral ads do not count."""

from __future__ import annotations

from uuid import UUID

import pytest

from .judging import Judged, Query
from .measuring import Outcome, figures, share_without_hits

A, B, C, OTHER = (UUID(int=number) for number in (1, 2, 3, 4))


def judgement(grades: dict[UUID, int], zero: bool = False) -> Judged:
    return Judged(Query("group/name", "group", "words", zero, kept=False), grades, frozenset())


def test_perfect_results_have_all_figures_1():
    found = figures(judgement({A: 3, B: 2, C: 1}), (A, B, C), (A, B, C))
    assert (found.ndcg, found.recall, found.precision, found.newest, found.nothing) == (1, 1, 1, 1, 0)


def test_order_affects_ndcg_only():
    found = figures(judgement({A: 3, B: 1}), (B, A), (B, A))
    assert found.ndcg < 1
    assert found.recall == found.precision == 1


def test_irrelevant_hits_lower_precision():
    found = figures(judgement({A: 3}), (A, OTHER), (OTHER, A))
    assert (found.ndcg, found.recall, found.precision) == (1, 1, 0.5)


def test_related_ads_are_optional():
    assert figures(judgement({A: 3, C: 1}), (A,), (A,)).recall == 1
    assert figures(judgement({A: 3, C: 1}), (A, C), (A, C)).precision == 1


def test_empty_results_have_all_figures_0():
    found = figures(judgement({A: 3}), (), ())
    assert (found.ndcg, found.recall, found.precision, found.nothing) == (0, 0, 0, 1)


def test_share_without_hits_counts_only_queries_with_a_relevant_ad():
    cases = [(judgement({A: 3}), ()), (judgement({A: 3}), (B,)), (judgement({}, zero=True), ())]
    assert share_without_hits([Outcome(one, hits, figures(one, hits, hits)) for one, hits in cases]) == 0.5
    assert share_without_hits([]) == 0


@pytest.mark.parametrize(("hits", "score"), [((), 1), ((OTHER,), 0)])
def test_zero_queries_score_1_only_without_hits(hits, score):
    found = figures(judgement({}, zero=True), hits, hits)
    assert (found.ndcg, found.recall, found.precision) == (score, score, score)
