"""Dimensions of the statistics: the occupations, places and sectors by which ads are counted, as numbers.

Only values of the catalogue are counted, so no text of an ad can enter the statistics: a foreign country counts as "abroad",
an unknown municipality as its county, any other unknown value as not stated.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from jobsearch.taxonomy import occupations, places
from jobsearch.taxonomy.catalogue import COUNTIES, NOT_STATED, SECTORS

ALL = 0
"""Number of the total over all values of a dimension."""

MAX_OCCUPATIONS = 10
"""Occupations of one ad that are counted. The feed's ads have one or two; each multiplies the rows of its places."""

DIMENSIONS = ("occupation", "place", "sector")
_UNSTATED = {occupations.UNKNOWN.partition("/")[0]}
_SAME_MUNICIPALITY = {county: f"{county}/{county}" for county, names in COUNTIES.items() if names == (county,)}
"""Oslo: an ad that states only the county means the municipality."""


def get_number(dimension: str, value: str) -> int:
    """The number of a value: a checksum of its name, so that it needs no table and is the same in each database."""
    return crc32(f"{dimension}:{value}".encode()) & 0x7FFFFFFF or 1  # positive in a 32-bit column, and never ALL


def _number_all() -> dict[int, tuple[str, str]]:
    values = {
        "occupation": [NOT_STATED, *occupations.PATHS, *(path for paths in occupations.PATHS.values() for path in paths)],
        "place": [NOT_STATED, places.ABROAD, *COUNTIES, *(f"{county}/{one}" for county in COUNTIES for one in COUNTIES[county])],
        "sector": [NOT_STATED, *SECTORS],
    }
    found: dict[int, tuple[str, str]] = {}
    for dimension in DIMENSIONS:
        for value in values[dimension]:
            number = get_number(dimension, value)
            if number in found:
                raise ValueError(f"{value} and {found[number]} have the same number: change the checksum in a migration.")
            found[number] = (dimension, value)
    return found


_VALUES = _number_all()


def list_values(dimension: str) -> list[str]:
    """The values by which ads are counted, of all levels."""
    return [value for one, value in _VALUES.values() if one == dimension]


def is_known(dimension: str, value: str) -> bool:
    """Whether ads are counted by this value."""
    return _VALUES.get(get_number(dimension, value)) == (dimension, value)


def clean_occupations(paths: Iterable[str]) -> list[str]:
    """The occupations by which an ad with these paths is counted: level 2 where it is known, else level 1."""
    known = (path if occupations.is_known(path) else occupations.get_parent(path) for path in paths)
    found = [path for path in known if occupations.is_known(path) and path.partition("/")[0] not in _UNSTATED]
    return list(dict.fromkeys(found))[:MAX_OCCUPATIONS] or [NOT_STATED]


def clean_places(paths: Iterable[str]) -> list[str]:
    """The places by which an ad with these paths is counted: municipalities of the catalogue, else counties, and "abroad"."""
    known = (path if places.is_known(path) else places.get_parent(path) for path in paths)
    found = [_SAME_MUNICIPALITY.get(path, path) for path in known if places.is_known(path)]
    return list(dict.fromkeys(found)) or [NOT_STATED]


def clean_sector(sector: str) -> str:
    """The sector by which an ad is counted."""
    return sector if sector in SECTORS else NOT_STATED


def number_with_totals(dimension: str, values: Iterable[str]) -> set[int]:
    """The numbers of the rows in which an ad with these values is counted: the values, their parents, and the total."""
    get_parent = {"occupation": occupations.get_parent, "place": places.get_parent}.get(dimension)
    above = {get_parent(value) for value in values} if get_parent else set()
    return {ALL, *(get_number(dimension, value) for value in {*values, *above} if value)}
