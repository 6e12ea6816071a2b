"""Presenter of place and distance in the search form: the typed place, the error in it, and the choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jobsearch.search import api as search
from jobsearch.search.facets import distance


@dataclass(frozen=True, slots=True)
class DistanceView:
    """What the form of the distance filter shows."""

    typed: str
    km: int
    error: str
    """Sentence about a place that was not found, "" for none."""

    chosen: bool
    postal_codes: bool
    """Whether a postal code can be typed too."""

    proposed: bool
    """Whether the page has the municipalities to propose while typing; else a script requests them when the field is used."""

    @property
    def proposals(self) -> Sequence[str]:
        """The municipalities; on every page, for browsers without scripts."""
        return distance.list_proposals()

    @property
    def choices(self) -> Sequence[tuple[int, str]]:
        """(kilometres, label) of each choice."""
        return _label_choices(get_language())

    @property
    def label(self) -> str:
        """The chosen distance: "25 km", "" for the municipality alone."""
        return format_km(self.km) if self.km else ""


@cache
def _label_choices(_language: str | None) -> Sequence[tuple[int, str]]:
    """The choices in the active language, which is an argument for the cache only: the form is on every page."""
    return [(km, format_km(km) if km else _("i kommunen")) for km in distance.CHOICES]


def format_km(km: int) -> str:
    """A distance: "25 km"."""
    return _("%(km)s km") % {"km": km}


EMPTY = DistanceView("", distance.DEFAULT_KM, "", False, True, False)
"""The form of pages that show no search."""


def make_view(query: search.SearchQuery, problems: Iterable[search.Problem], *, proposals: bool) -> DistanceView:
    """Builds the view of the distance filter; with `proposals`, also the municipalities to propose."""
    problem = next((problem for problem in problems if problem.field == "near"), None)
    return DistanceView(
        typed=problem.value if problem else distance.label_place(query["near"]),
        km=query["km"],
        error=problem.message if problem else "",
        chosen=bool(query["near"]),
        postal_codes=distance.has_postal_codes(),
        proposed=proposals,
    )
