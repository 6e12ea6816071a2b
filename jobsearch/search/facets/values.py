"""Values of facets: which of them the catalogue has, what lies under what, and what they are called.

A value outside the catalogue is a value too, and nothing is asked to tell whether an ad has it: a search for it finds what
there is, and nothing where no ad has it. So a saved search never widens when the last ad with its value is gone.
"""

from __future__ import annotations

from collections.abc import Collection

from jobsearch.taxonomy import occupations, places
from jobsearch.taxonomy.catalogue import ENGAGEMENTS, EXTENTS, LANGUAGES, NOT_STATED, SECTORS

VALUE_LENGTH = 260  # characters of a value: the record's longest path, and enough for an employer's name
_LISTED = {"sector": SECTORS, "extent": EXTENTS, "engagement": ENGAGEMENTS, "language": tuple(LANGUAGES)}


def parent(facet: str, value: str) -> str:
    """The value that this one lies under, "" for none. Occupation names hold slashes, so their catalogue is asked."""
    if facet == "place":
        return places.get_parent(value)
    if facet == "occupation":
        return occupations.get_parent(value)
    return ""


def label(facet: str, value: str) -> str:
    if facet == "place":
        return value if value == NOT_STATED else places.get_label(value)
    if facet == "occupation":
        return value if value == NOT_STATED else occupations.get_label(value)
    if facet == "language":
        return LANGUAGES.get(value, value)
    return value


def listed(facet: str, value: str) -> bool:
    """Whether the value is in the catalogue. Others may be an ad's all the same: a foreign country, any employer."""
    if value == NOT_STATED:
        return True
    if facet == "place":
        return places.is_known(value)
    if facet == "occupation":
        return occupations.is_known(value)
    return value in _LISTED.get(facet, ())


def spell(facet: str, values: Collection[str]) -> list[str]:
    """The values as ads have them: `Vestland/Bergen` -> `VESTLAND/BERGEN`. One query for employers, which go by the name that
    most ads of their organisation number have; none for the others."""
    if facet == "place":
        return [value if value == NOT_STATED else value.upper() for value in values]
    if facet == "employer" and values:
        from .employers import find_canonical

        canonical = find_canonical(values)
        return [canonical[value] for value in values]
    return list(values)
