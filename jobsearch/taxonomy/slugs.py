"""Slugs of places and occupations of the catalogue for URLs: `more-og-romsdal`, `sykepleier`.

Places and occupations share one namespace, so a URL needs no word for the kind. If an edit of the catalogue gives two values
the same slug, importing this module raises ValueError.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from . import occupations, places
from .catalogue import COUNTIES

LENGTH = 200  # characters of a URL that are read; the longest slug has a third of that
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t"})
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet with a slug: `facet` is "place" or "occupation"."""

    facet: str
    path: str


def slugify(name: str) -> str:
    """The letters and digits of a name in ASCII, joined by hyphens; "" if it has none."""
    plain = unicodedata.normalize("NFC", name[:LENGTH]).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", plain).strip("-")


def _build_slugs() -> dict[str, FacetValue]:
    values = [FacetValue("place", county) for county in (*COUNTIES, places.ABROAD)]
    for county, municipalities in COUNTIES.items():
        if municipalities != (county,):  # Oslo: the county and its only municipality share a slug
            values += [FacetValue("place", f"{county}/{municipality}") for municipality in municipalities]
    for level1, paths in occupations.PATHS.items():
        if level1 != occupations.UNKNOWN:  # "not stated" gets no page
            values += [FacetValue("occupation", path) for path in (level1, *paths)]
    found: dict[str, FacetValue] = {}
    for one in values:
        slug = slugify(places.get_label(one.path) if one.facet == "place" else occupations.get_label(one.path))
        if slug in found:
            raise ValueError(f"{one.path} and {found[slug].path} would have the same slug: give one of them another name.")
        found[slug] = one
    return found


BY_SLUG: dict[str, FacetValue] = _build_slugs()
_SLUGS = {(value.facet, value.path): slug for slug, value in BY_SLUG.items()}
# The municipality of Oslo has the slug of the county.
_SLUGS |= {
    ("place", f"{county}/{county}"): slug for (_, county), slug in list(_SLUGS.items()) if COUNTIES.get(county) == (county,)
}


def get_slug(facet: str, path: str) -> str:
    """The slug of a value, or "" if it has none: a foreign country, an old county, a value outside the catalogue."""
    return _SLUGS.get((facet, path), "")
