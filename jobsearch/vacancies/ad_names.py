"""Names of an ad's places and occupations, as they are searched and marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from jobsearch.taxonomy import occupations, places

_UNIDENTIFIED = "Uoppgitt/ ikke identifiserbare"
_SEVERAL = re.compile(r",| og ")


def list_place_names(locations: Iterable[Any]) -> list[str]:
    """Every name of where the ad is: municipalities, counties and countries, cities, postal codes."""
    names: dict[str, None] = {}
    for location in locations:
        parts = location.path.split("/") if location.path else []
        names.update(dict.fromkeys(places.get_label(part) for part in parts if part != places.ABROAD))
        names.update(dict.fromkeys(name for name in (location.city, location.postal_code) if name))
    return list(names)


def list_job_names(job_title: str, categories: Iterable[Any], jobs: Iterable[Any]) -> list[str]:
    """Names of the ad's occupation: the employer's, and those of each classification."""
    names = [job_title, *(category.name for category in categories)]
    names += [_name_occupation(job.path, finer=any(names)) for job in jobs]
    return list(dict.fromkeys(filter(None, names)))


def _name_occupation(path: str, finer: bool) -> str:
    """The lower of the two levels, "" where it says too little.

    The upper one is only a facet: "Transport og lager" does not make an ad a hit for "lager". A name of several occupations
    ("Frisør og velvære") is left out where another classification is finer (`finer`).
    """
    above, name = occupations.get_parent(path), occupations.get_label(path)
    if _UNIDENTIFIED in (path, above) or (above and finer and _SEVERAL.search(name)):
        return ""
    return name
