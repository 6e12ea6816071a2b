"""Which values a facet knows: the catalogue's, and any that an ad of the record has. Every name may be an employer's."""

from __future__ import annotations

from collections.abc import Iterable

from jobsearch.vacancies import occupations, places
from jobsearch.vacancies.catalogue import ENGAGEMENTS, EXTENTS, LANGUAGES, NOT_STATED, SECTORS

VALUE_LENGTH = 260  # characters of a value: the record's longest path, and enough for an employer's name
_LISTED = {"sector": SECTORS, "extent": EXTENTS, "engagement": ENGAGEMENTS, "language": tuple(LANGUAGES)}


def parent(facet: str, value: str) -> str:
    """The value that this one lies under, "" for none. Occupation names hold slashes, so their catalogue is asked."""
    if facet == "place":
        return places.parent(value)
    if facet == "occupation":
        return occupations.parent(value)
    return ""


def label(facet: str, value: str) -> str:
    if facet == "place":
        return value if value == NOT_STATED else places.label(value)
    if facet == "occupation":
        return value if value == NOT_STATED else occupations.label(value)
    if facet == "language":
        return LANGUAGES.get(value, value)
    return value


def listed(facet: str, value: str) -> bool:
    if value == NOT_STATED:
        return True
    if facet == "place":
        return places.known(value)
    if facet == "occupation":
        return occupations.known(value)
    return value in _LISTED[facet]


def known_values(facet: str, wanted: Iterable[str]) -> dict[str, str]:
    """Those of the wanted values that exist, each with its proper spelling (`Vestland/Bergen` -> `VESTLAND/BERGEN`).

    Asks the database only for what no list has: a foreign country, an old county, a new kind of engagement. An employer
    without an ad just now stays a value: a search for it that was saved must find nothing, not everything.
    """
    if facet == "employer":
        from .employers import find_canonical

        return find_canonical(list(wanted))
    found: dict[str, str] = {}
    for value in wanted:
        spelled = value.upper() if facet == "place" and value != NOT_STATED else value
        if listed(facet, spelled) or _in_record(facet, spelled):
            found[value] = spelled
    return found


def _in_record(facet: str, value: str) -> bool:
    from jobsearch.vacancies.models import Location, Occupation, Vacancy

    if facet in {"place", "occupation"}:
        model = Location if facet == "place" else Occupation
        rows = model.objects.all()
        return rows.filter(path=value).exists() or rows.filter(path__startswith=f"{value}/").exists()
    return Vacancy.objects.filter(**{facet: value}).exists()
