"""Relevance metrics of search results, and their table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from uuid import UUID

from .corpus import DEMO, corpus
from .judging import Judged

Finder = Callable[[str], Sequence[UUID]]
"""Returns all ads that a query finds, the most relevant first."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Metrics of one query.

    ndcg: order of the first ten by graded gains (7, 3, 1). recall: share of the relevant among the first fifty, of fifty
    at most. precision: share of grade 1 and above in all that was found, in whatever order. newest: the same among the ten
    newest. nothing: whether nothing was found.

    Where nothing is expected, all are 1 for finding nothing and 0 for finding anything.
    """

    ndcg: float
    recall: float
    precision: float
    newest: float
    nothing: float


@dataclass(frozen=True, slots=True)
class Outcome:
    judged: Judged
    found: tuple[UUID, ...]
    figures: Figures


def measure(finder: Finder, queries: Iterable[Judged], corpus_name: str = DEMO) -> list[Outcome]:
    published = {data.uuid: data.published or data.expires for _, data in corpus(corpus_name)}
    outcomes = []
    for one in queries:
        found = tuple(uuid for uuid in finder(one.query.q) if uuid not in one.neutral)
        newest = sorted(found, key=lambda uuid: published[uuid], reverse=True)
        outcomes.append(Outcome(one, found, figures(one, found, newest)))
    return outcomes


def figures(one: Judged, found: Sequence[UUID], newest: Sequence[UUID]) -> Figures:
    nothing = float(not found)
    if one.query.zero:
        return Figures(nothing, nothing, nothing, nothing, nothing)
    grades, wanted = one.grades, one.wanted
    ideal = _gain(sorted(grades.values(), reverse=True)[:10])
    return Figures(
        ndcg=_gain([grades.get(uuid, 0) for uuid in found[:10]]) / ideal,
        recall=len(wanted.intersection(found[:50])) / min(50, len(wanted)),
        precision=_share(grades, found),
        newest=_share(grades, newest[:10]),
        nothing=nothing,
    )


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _share(grades: Mapping[UUID, int], found: Sequence[UUID]) -> float:
    return sum(uuid in grades for uuid in found) / len(found) if found else 0.0


def mean(outcomes: Sequence[Outcome]) -> Figures:
    rows = [astuple(outcome.figures) for outcome in outcomes]
    return Figures(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))


def share_without_hits(outcomes: Iterable[Outcome]) -> float:
    """The share of queries that find nothing, of those for which there is a relevant ad; 0 where there are no such queries."""
    nothing = [outcome.figures.nothing for outcome in outcomes if not outcome.judged.query.zero]
    return sum(nothing) / len(nothing) if nothing else 0.0


def by_group(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.judged.query.group, []).append(outcome)
    return groups


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown table with a line a group and one for all queries."""
    lines = ["| group | queries | nDCG@10 | recall@50 | precision | newest 10 | finds nothing |", "|---|--:|--:|--:|--:|--:|--:|"]
    for name, some in [*by_group(outcomes).items(), ("**all**", outcomes)]:
        cells = " | ".join(f"{value:.2f}" for value in astuple(mean(some)))
        lines.append(f"| {name} | {len(some)} | {cells} |")
    return "\n".join(lines)


def worst(outcomes: Sequence[Outcome], number: int, corpus_name: str = DEMO) -> str:
    """The queries with the lowest figures, each with its first hits and their grades."""
    ads = {ad.uuid: ad for ad, _ in corpus(corpus_name)}
    lines: list[str] = []
    for outcome in sorted(outcomes, key=lambda one: one.figures.ndcg + one.figures.recall + one.figures.precision)[:number]:
        one, figure = outcome.judged, outcome.figures
        levels = "+".join(str(sum(grade == level for grade in one.grades.values())) for level in (3, 2, 1))
        lines.append(
            f"{one.query.id}: «{one.query.q}»  nDCG {figure.ndcg:.2f}, recall {figure.recall:.2f}, "
            f"precision {figure.precision:.2f}, newest {figure.newest:.2f}; {len(outcome.found)} found, {levels} relevant"
        )
        for uuid in outcome.found[:5]:
            ad = ads[uuid]
            place = ", ".join(sorted(ad.places)[:2]).title()
            lines.append(f"    {one.grades.get(uuid, 0)}  {ad.title[:60]} | {ad.employer[:30]} | {place} ({ad.name})")
        wrong = [ads[uuid] for uuid in outcome.found if uuid not in one.grades]
        if wrong and outcome.found:
            lines.append(f"    wrong: {'; '.join(ad.title[:40] for ad in wrong[:6])}")
        missed = [ads[uuid] for uuid in one.wanted.difference(outcome.found)]
        if missed:
            lines.append(f"    missed {len(missed)}: {'; '.join(ad.title[:40] for ad in missed[:6])}")
    return "\n".join(lines)
