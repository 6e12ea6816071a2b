"""Facets: parameters, values, labels, filters, counts and document fields. One class each; see `base.Facet`.

The names in `__all__` are the public API; the others are for the search itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from jobsearch.search.conditions import Node

from . import distance
from .base import Choice, Facet, Selection, find_choices
from .deadline import ALL_DEADLINES, PASSED, DeadlineFacet
from .distance import DistanceFilter
from .employer import EmployerFacet
from .employer_names import choose_employer_name, employer_key, find_employer_names, get_employer_name
from .engagement import EngagementFacet
from .exclusion import PREFIX, build_exclusions
from .extent import ExtentFacet
from .language import LanguageFacet
from .occupation import OccupationFacet
from .place import PlaceFacet
from .published import CHART_DAYS, PublishedFacet
from .sector import SectorFacet

__all__ = [
    "ALL_DEADLINES",
    "CHART_DAYS",
    "FACETS",
    "PASSED",
    "Choice",
    "Facet",
    "choose_employer_name",
    "distance",
    "employer_key",
    "find_choices",
    "find_employer_names",
    "get_employer_name",
    "get_exclusion",
    "get_filter",
]

FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        PlaceFacet(),
        OccupationFacet(),
        EmployerFacet(),
        EngagementFacet(),
        ExtentFacet(),
        SectorFacet(),
        DeadlineFacet(),
        PublishedFacet(),
        LanguageFacet(),
    )
}
"""The facets in the order of the filter panel. A new facet is added here."""

UNCOUNTED: dict[str, Facet] = {"near": DistanceFilter()}
"""Filters that are chosen as a facet's value is, but have no counts."""

_FIRST_IN_ADDRESS = (
    "place",
    "occupation",
    "sector",
    "extent",
    "engagement",
    "employer",
    "language",
    "deadline",
    "published",
    "near",
)
"""Saved searches and links have these parameters in this order. Other facets follow in the order of `FACETS`."""


@cache
def list_filters() -> tuple[Facet, ...]:
    """All that a search can be filtered by, in the order of an address."""
    filters = FACETS | UNCOUNTED | build_exclusions(FACETS)
    return tuple(filters[name] for name in dict.fromkeys((*_FIRST_IN_ADDRESS, *filters)))


@cache
def list_defaults() -> Mapping[str, Any]:
    """Every parameter of a facet, with its value where nothing is chosen."""
    return {name: value for facet in list_filters() for name, value in facet.defaults.items()}


@cache
def list_filter_parameters() -> tuple[tuple[Facet, frozenset[str]], ...]:
    """Each filter with the names of its parameters, in the order of an address."""
    return tuple((facet, frozenset(facet.defaults)) for facet in list_filters())


def get_filter(name: str) -> Facet:
    """The facet, the uncounted filter or the exclusion of this name. Raises KeyError."""
    return _find_filter(name, list_filters()) or FACETS[name]


def get_exclusion(name: str) -> Facet | None:
    """The filter that excludes values of the facet of this name, None where it has none."""
    return _find_filter(f"{PREFIX}{name}", list_filters())


def _find_filter(name: str, filters: tuple[Facet, ...]) -> Facet | None:
    return next((one for one in filters if one.name == name), None)


def build_filters(query: Selection, now: dt.datetime) -> dict[str, Node]:
    """The condition of each facet with a chosen value."""
    found = {facet.name: facet.build_filter(query, now) for facet in list_filters()}
    return {name: node for name, node in found.items() if node is not None}
