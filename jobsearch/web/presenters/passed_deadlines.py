"""Presenter of the link to ads whose deadline has passed, which a search leaves out by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jobsearch.search import api as search
from jobsearch.search.facets import ALL_DEADLINES, PASSED

from .results import build_address


@dataclass(frozen=True, slots=True)
class PassedLink:
    """Link at the end of a list. `shown`: the list has these ads already, and the link leads to the list without them."""

    url: str
    count: int
    shown: bool


def build_passed_link(query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]]) -> PassedLink | None:
    """The link, with the number that the search counted along with its hits; None where it would change nothing.

    Also None where the visitor has chosen other deadlines: "within 3 days" and "passed" exclude each other.
    """
    count = counts.get("deadline", {}).get(PASSED, 0)
    shown = query["deadline"] == ALL_DEADLINES
    if not count or (query["deadline"] and not shown):
        return None
    return PassedLink(build_address(query.replace(deadline=None if shown else ALL_DEADLINES)), count, shown)
