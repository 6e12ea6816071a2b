"""Landing pages as values: of an occupation, of a place, or of an occupation at a place; their slugs, headings and searches.

`/jobb/sykepleier/`, `/jobb/bergen/` and `/jobb/sykepleier-i-bergen/`, or `/jobb/sykepleier-pa-voss/` with the preposition that
the heading has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from jobsearch.search import api as search
from jobsearch.taxonomy import occupations, places, slugs

from . import headings

_JOINED = re.compile(r"(?=-(i|pa)-)")


@dataclass(frozen=True, slots=True)
class LandingPage:
    """One landing page. `occupation` and `place`: paths of the catalogue, "" for none; at least one is set."""

    occupation: str = ""
    place: str = ""

    @property
    def slug(self) -> str:
        """The canonical slug, "" where a path has none: a foreign country, a value outside the catalogue."""
        parts = [slugs.get_slug(facet, path) for facet, path in self.values.items()]
        joint = "-pa-" if headings.takes_on(self.place) else "-i-"
        return joint.join(parts) if all(parts) else ""

    @property
    def values(self) -> dict[str, str]:
        """Facet -> path."""
        return {facet: path for facet, path in (("occupation", self.occupation), ("place", self.place)) if path}

    @property
    def url(self) -> str:
        return reverse("web:landing", args=[self.slug])

    @property
    def heading(self) -> str:
        """The heading in the language of the page."""
        if not (self.occupation and self.place):
            ((facet, path),) = self.values.items()
            return headings.build_heading(slugs.FacetValue(facet, path))
        return headings.add_place(headings.build_heading(slugs.FacetValue("occupation", self.occupation)), self.place)

    @property
    def query(self) -> search.SearchQuery:
        """The search for its ads, the newest first."""
        return search.SearchQuery(sort="published").replace(**{facet: (path,) for facet, path in self.values.items()})

    def list_wider(self) -> list[LandingPage]:
        """Pages that contain this one, the nearest first: the county, the group of occupations, then without one of the two."""
        county, group = places.get_parent(self.place), occupations.get_parent(self.occupation) if self.occupation else ""
        wider = [LandingPage(self.occupation, county)] if county else []
        wider += [LandingPage(group, self.place)] if group else []
        if self.occupation and self.place:
            wider += [LandingPage(self.occupation), LandingPage(place=self.place)]
        return [page for page in wider if page.slug]

    def get_substitute(self) -> LandingPage:
        """For an occupation at a place without ads: the same occupation in the county, then everywhere."""
        return LandingPage(self.occupation, places.get_parent(self.place))


def find_landing_page(slug: str) -> LandingPage | None:
    """The page of a slug, which need not be canonical: "sykepleier-i-voss" is the page "sykepleier-pa-voss"."""
    if len(slug) > slugs.LENGTH:
        return None
    if named := slugs.BY_SLUG.get(slug):
        return LandingPage(**{named.facet: named.path})
    return next(_split(slug), None)


def _split(slug: str) -> Iterator[LandingPage]:
    for joint in _JOINED.finditer(slug):
        occupation, place = slugs.BY_SLUG.get(slug[: joint.start()]), slugs.BY_SLUG.get(slug[joint.end(1) + 1 :])
        if occupation and place and (occupation.facet, place.facet) == ("occupation", "place"):
            yield LandingPage(occupation.path, place.path)
