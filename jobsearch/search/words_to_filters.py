"""Recognised words of a query as filters: "sykepleier deltid bergen" becomes "sykepleier" with the boxes of part-time and Bergen.

Only where it finds the same ads. Words find more than a filter may: an ad that is registered as full-time can say "deltid" in
its title, and "Bergen Engines" has ads in other towns. A filter never finds more than its words do, so the same total means
the same ads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations

from .facets import FACETS
from .query.named_values import NamedValues, list_named_values, remove_named_words
from .search_query import SearchQuery
from .service import totals

_MOST_NAMED = 3
"""Values that are tried in all combinations; words for more of them stay, or follow when the search is next requested."""


def turn_words_into_filters(query: SearchQuery, now: dt.datetime | None = None) -> SearchQuery:
    """The search with as many recognised words as possible as filters; the search itself where it would find other ads.

    One request to the engine, none where no word is recognised. Raises EngineDown.
    """
    if query.as_typed or not query.q:
        return query
    named = [one for one in list_named_values(query.compiled.parsed) if _is_free(query, one)][:_MOST_NAMED]
    subsets = [chosen for size in range(len(named), 0, -1) for chosen in combinations(named, size)]
    narrowed = [changed for chosen in subsets if (changed := _choose_values(query, chosen))]
    if not narrowed:
        return query
    total, *others = totals([query, *narrowed], now)
    same = (changed for changed, found in zip(narrowed, others, strict=True) if found == total)
    return next(same, query) if total else query  # a page without hits offers the search without each of its words


def _is_free(query: SearchQuery, named: NamedValues) -> bool:
    """Whether the facet has no other choice: "lege bergen" with the box of Oslo asks for ads of both, not of either."""
    return not query[named.facet] or query[named.facet] == FACETS[named.facet].order_values(named.values)


def _choose_values(query: SearchQuery, named: Sequence[NamedValues]) -> SearchQuery | None:
    """The search with these values chosen instead of their words; None where that changes the meaning of the other words."""
    rest = remove_named_words(query.q, named)
    return None if rest is None else query.replace(q=rest, **{one.facet: one.values for one in named})
