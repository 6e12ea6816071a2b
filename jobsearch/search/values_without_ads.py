"""Chosen values that no ad has: they match nothing, and are named so that a search never seems to find everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .facets import FACETS, list_filters
from .facets.deadline import ALL_DEADLINES
from .input_errors import Problem
from .search_query import SearchQuery
from .service import count_many

MOST_NAMED = 10
"""Chosen values without ads that a page lists."""


def find_values_without_ads(
    queries: Sequence[SearchQuery], counts: Mapping[str, Mapping[str, int]] | None = None
) -> list[list[Problem]]:
    """For each search the chosen values that no active ad has, as input errors.

    An employer's name may be misspelled, the last ad from a foreign country may have ended. Values of the catalogue are left out.
    `counts`: those of the search's own answer, so that most values need not be counted. At most one request to the engine, for
    `MOST_NAMED` values of each search. Raises EngineDown.
    """
    asked: list[tuple[int, str, str]] = []
    for place, query in enumerate(queries):
        chosen = [(facet.positive, value) for facet in list_filters() if not facet.single for value in facet.list_chosen(query)]
        unlisted = [(facet.name, value) for facet, value in dict.fromkeys(chosen) if not facet.is_known(value)]
        zero = [(facet, value) for facet, value in unlisted if not (counts or {}).get(facet, {}).get(value)]
        asked += [(place, facet, value) for facet, value in zero[:MOST_NAMED]]
    found: list[list[Problem]] = [[] for _query in queries]
    everything = SearchQuery(deadline=ALL_DEADLINES)
    alone = count_many([(everything.replace(**{facet: (value,)}), None) for _, facet, value in asked]) if asked else []
    for (place, facet, value), counted in zip(asked, alone, strict=True):
        if not counted.total:
            label = FACETS[facet].label_value(value)
            found[place].append(Problem(facet, label, "unknown", unknown=FACETS[facet].unknown))
    return found
