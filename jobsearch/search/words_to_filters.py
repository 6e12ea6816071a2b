"""Recognised words of a query as filters: "sykepleier deltid bergen" becomes "sykepleier" with the boxes of part-time and Bergen.

Two kinds. A distance ("nær Bergen") is certain by its grammar. Other values become filters only where that finds the same ads.
Words find more than a filter may: an ad that is registered as full-time can say "deltid" in its title, and "Bergen Engines" has
ads in other towns. A filter never finds more than its words do, so the same total means the same ads.

Excluded values ("ikke deltid") are certain too. They are a part of reading an address, `SearchQuery.from_params`, because the
addresses of saved searches hold them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from itertools import combinations, islice

from jobsearch.vacancies.gazetteer import read_gazetteer

from .facets import FACETS
from .facets.distance import DEFAULT_KM, KILOMETRES, find_place
from .query.named_values import NamedValues, list_named_values, remove_named_words, remove_near_words
from .query.near_words import list_near_words
from .search_query import SearchQuery
from .service import count_as_typed

_MOST_NEAR = 12
"""Parts of a query that are examined; the words for one distance give at most eight."""
_MOST_NAMED = 3
"""Values that are tried in all combinations; words for more of them stay, or follow when the search is next requested."""


def turn_words_into_filters(query: SearchQuery, now: dt.datetime | None = None) -> SearchQuery:
    """The search with as many recognised words as possible as filters; the search itself where it would find other ads.

    One request to the engine, none where no value is named. Raises EngineDown.
    """
    if query.as_typed or not query.q:
        return query
    query = turn_near_words_into_filter(query)
    named = [one for one in list_named_values(query.compiled.parsed) if _is_free(query, one)][:_MOST_NAMED]
    subsets = [chosen for size in range(len(named), 0, -1) for chosen in combinations(named, size)]
    narrowed = [changed for chosen in subsets if (changed := _choose_values(query, chosen))]
    if not narrowed:
        return query
    total, *others = count_as_typed([query, *narrowed], now)
    same = (changed for changed, found in zip(narrowed, others, strict=True) if found == total)
    return next(same, query) if total else query  # a page without hits offers the search without each of its words


def turn_near_words_into_filter(query: SearchQuery) -> SearchQuery:
    """The search with "nær Bergen" in its words as the filter; the search itself where its words are not certain to mean that."""
    read_known = cache(read_gazetteer)
    for found in islice(list_near_words(query.q), _MOST_NEAR):
        km = DEFAULT_KM if found.km is None else next((choice for choice in KILOMETRES if choice >= found.km), None)
        place = find_place(found.place, read_known)
        if not isinstance(place, str) or km is None:
            continue
        if query["near"] and (query["near"], query["km"]) != (place, km):
            continue  # beside a filter for another place the words mean ads of both
        rest = remove_near_words(query.q, found.words)
        if rest is not None:
            return query.replace(q=rest, near=place, km=km)
    return query


def _is_free(query: SearchQuery, named: NamedValues) -> bool:
    """Whether the facet has no other choice: "lege bergen" with the box of Oslo means ads of both, not of either."""
    return not query[named.facet] or query[named.facet] == FACETS[named.facet].order_values(named.values)


def _choose_values(query: SearchQuery, named: Sequence[NamedValues]) -> SearchQuery | None:
    """The search with these values chosen instead of their words; None where that changes the meaning of the other words."""
    rest = remove_named_words(query.q, named)
    return None if rest is None else query.replace(q=rest, **{one.facet: one.values for one in named})
