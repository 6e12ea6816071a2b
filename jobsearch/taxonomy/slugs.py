"""The one name that a place or an occupation of the catalogue has in an address: `more-og-romsdal`, `sykepleier`.

All share one space of names, so that an address needs no word for its kind. No two of the catalogue are called the same; should
an edit of it bring that about, this module refuses to load.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from . import occupations, places
from .catalogue import COUNTIES

LENGTH = 200  # characters of an address that are looked at; the longest name has a third of it
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t"})
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet that has an address of its own."""

    facet: str
    path: str


def slugify(name: str) -> str:
    """The letters and digits of a name in plain ASCII, joined by hyphens; "" where it has none."""
    plain = unicodedata.normalize("NFC", name[:LENGTH]).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", plain).strip("-")


def _all() -> dict[str, FacetValue]:
    named = [FacetValue("place", county) for county in (*COUNTIES, places.ABROAD)]
    for county, municipalities in COUNTIES.items():
        if municipalities != (county,):  # Oslo is its own only municipality
            named += [FacetValue("place", f"{county}/{municipality}") for municipality in municipalities]
    for level1, paths in occupations.PATHS.items():
        if level1 != occupations.UNKNOWN:  # nothing to be looked for, so it has no address
            named += [FacetValue("occupation", path) for path in (level1, *paths)]
    found: dict[str, FacetValue] = {}
    for one in named:
        slug = slugify(places.get_label(one.path) if one.facet == "place" else occupations.get_label(one.path))
        if slug in found:
            raise ValueError(f"{one.path} and {found[slug].path} would have one address: give one of them another name.")
        found[slug] = one
    return found


BY_SLUG: dict[str, FacetValue] = _all()
_SLUGS = {(named.facet, named.path): slug for slug, named in BY_SLUG.items()}
# Oslo the municipality is found where Oslo the county is.
_SLUGS |= {
    ("place", f"{county}/{county}"): slug for (_, county), slug in list(_SLUGS.items()) if COUNTIES.get(county) == (county,)
}


def get_slug(facet: str, path: str) -> str:
    """The name of a value in addresses, "" where it has none: a foreign country, an old county, what no catalogue has."""
    return _SLUGS.get((facet, path), "")
