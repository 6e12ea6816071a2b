"""The filter "within so many kilometres" as the form shows it: what was typed, what is wrong with it, what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobsearch.search import api as search
from jobsearch.search.api import distance

from .results import address


@dataclass(frozen=True, slots=True)
class DistanceView:
    typed: str
    km: int
    choices: Sequence[int]
    error: str
    """The sentence about a place that is not known, "" for none."""

    chosen: bool
    reset: str
    postal_codes: bool
    """Whether a postal code is understood, too."""

    proposals: Sequence[str]
    """Municipalities for the browser to propose while somebody types."""


def view(query: search.SearchQuery, problems: Iterable[search.Problem], *, proposals: bool) -> DistanceView:
    problem = next((problem for problem in problems if problem.field == "near"), None)
    return DistanceView(
        typed=problem.value if problem else distance.label(query.near),
        km=query.km,
        choices=distance.KILOMETRES,
        error=problem.message if problem else "",
        chosen=bool(query.near),
        reset=address(query.without("near")) if query.near else "",
        postal_codes=distance.knows_postal_codes(),
        proposals=distance.proposals() if proposals else (),
    )
