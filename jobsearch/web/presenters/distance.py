"""Presenter of place and distance in the search form: the typed place, the error in it, and the choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobsearch.search import api as search
from jobsearch.search.api import distance


@dataclass(frozen=True, slots=True)
class DistanceView:
    """What the form of the distance filter shows."""

    typed: str
    km: int
    choices: Sequence[int]
    error: str
    """Sentence about a place that was not found, "" for none."""

    chosen: bool
    postal_codes: bool
    """Whether a postal code can be typed too."""

    proposals: Sequence[str]
    """Municipalities for the browser to propose while typing."""


EMPTY = DistanceView("", distance.DEFAULT_KM, distance.CHOICES, "", False, True, ())
"""The form of pages that show no search."""


def make_view(query: search.SearchQuery, problems: Iterable[search.Problem], *, proposals: bool) -> DistanceView:
    """Builds the view of the distance filter; with `proposals`, also the municipalities to propose."""
    problem = next((problem for problem in problems if problem.field == "near"), None)
    return DistanceView(
        typed=problem.value if problem else distance.label_place(query["near"]),
        km=query["km"],
        choices=distance.CHOICES,
        error=problem.message if problem else "",
        chosen=bool(query["near"]),
        postal_codes=distance.has_postal_codes(),
        proposals=distance.list_proposals() if proposals else (),
    )
