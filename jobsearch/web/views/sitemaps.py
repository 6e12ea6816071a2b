"""XML sitemaps for crawlers (https://www.sitemaps.org/protocol.html): an index, and sitemaps that each need one query.

Built on each request and never cached, so that an ad is gone from them as soon as it closes.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobsearch.taxonomy import occupations, places, slugs
from jobsearch.vacancies.models import Location, Occupation, Vacancy
from jobsearch.web.presenters.employers import build_url as build_employer_url
from jobsearch.web.presenters.landing_pages import LandingPage

CHUNK = 5_000  # addresses in one sitemap; the protocol allows 50,000
MAX_COMBINATIONS = 10_000  # of 50,000 occupations at places, most of which have no ads; about 1.5 MB
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
Entry = tuple[str, dt.datetime | None]
"""A path of this site and the time of its last change."""


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The index. Every sitemap has the time of the newest change in the database: a closed ad moves all ads after it."""
    newest = Vacancy.objects.aggregate(newest=Max("changed"))["newest"]
    chunks = -(-Vacancy.objects.active().count() // CHUNK)
    parts = ["sider", *(_PARTS if chunks else ()), *(f"stillinger-{number}" for number in range(1, chunks + 1))]
    return _render_xml("sitemapindex", "sitemap", [(reverse("web:sitemap_part", args=[part]), newest) for part in parts])


@require_safe
def sitemap(request: HttpRequest, part: str) -> HttpResponse:
    """One sitemap: fixed pages, landing pages, employers, or a chunk of the ads."""
    kind, _, number = part.partition("-")
    if part == "sider":
        names = ("results", "landings", "market", "about", "privacy")
        entries: list[Entry] = [(reverse(f"web:{name}"), None) for name in names]
    elif part in _PARTS:
        entries = list(_PARTS[part]())
    elif kind == "stillinger" and _NUMBER.fullmatch(number):
        entries = _list_ads(int(number))
        if not entries:
            raise Http404
    else:
        raise Http404
    return _render_xml("urlset", "url", entries)


def _list_ads(number: int) -> list[Entry]:
    """The active ads of a chunk, counted from 1."""
    rows = Vacancy.objects.active().order_by("uuid").values_list("uuid", "changed")[(number - 1) * CHUNK : number * CHUNK]
    return [(reverse("web:ad", args=[uuid]), changed) for uuid, changed in rows]


def _list_place_pages() -> Iterable[Entry]:
    return _list_landing_pages("place", Location.objects.all(), places.list_ancestors)


def _list_occupation_pages() -> Iterable[Entry]:
    return _list_landing_pages("occupation", Occupation.objects.all(), _list_occupation_levels)


def _list_occupation_levels(path: str) -> Iterable[str]:
    return filter(None, (occupations.get_parent(path), path))


def _list_landing_pages(
    facet: str, rows: QuerySet[Location] | QuerySet[Occupation], levels: Callable[[str], Iterable[str]]
) -> Iterable[Entry]:
    """Landing pages with an open ad, each with the time of the newest change of its ads."""
    newest: dict[str, dt.datetime] = {}
    with_ads = rows.filter(vacancy__in=Vacancy.objects.active().before_deadline()).values_list("path")
    for path, changed in with_ads.annotate(newest=Max("vacancy__changed")).order_by("path"):
        for level in levels(path):
            if slug := slugs.get_slug(facet, level):
                newest[slug] = max(changed, newest.get(slug, changed))
    return [(reverse("web:landing", args=[slug]), newest[slug]) for slug in sorted(newest)]


def _list_combination_pages() -> Iterable[Entry]:
    """Landing pages of an occupation at a place with an open ad, at most `MAX_COMBINATIONS`: those with most ads.

    An ad counts for each level of its occupations and places, as on the pages.
    """
    rows = Occupation.objects.filter(vacancy__in=Vacancy.objects.active().before_deadline())
    paths: dict[UUID, tuple[dt.datetime, set[str], set[str]]] = {}
    for uuid, changed, occupation, place in rows.values_list("vacancy", "vacancy__changed", "path", "vacancy__locations__path"):
        _changed, of_ad, at = paths.setdefault(uuid, (changed, set(), set()))
        of_ad |= {*_list_occupation_levels(occupation)}
        at |= {*places.list_ancestors(place or "")}
    newest: dict[LandingPage, dt.datetime] = {}
    ads: Counter[LandingPage] = Counter()
    for changed, of_ad, at in paths.values():
        for page in itertools.starmap(LandingPage, itertools.product(of_ad, at)):
            newest[page] = max(changed, newest.get(page, changed))
            ads[page] += 1
    found: dict[str, dt.datetime] = {}
    for page in sorted(ads, key=lambda page: (-ads[page], page.occupation, page.place)):
        if slug := page.slug:
            found[slug] = max(newest[page], found.get(slug, newest[page]))
    shown = itertools.islice(found.items(), MAX_COMBINATIONS)
    return [(reverse("web:landing", args=[slug]), changed) for slug, changed in shown]


def _list_employer_pages() -> Iterable[Entry]:
    """Employers with an open ad. Grouped in Python: for GROUP BY, SQLite would scan an index and read every row of it."""
    newest: dict[str, dt.datetime] = {}
    for orgnr, changed in Vacancy.objects.active().before_deadline().order_by().values_list("employer_orgnr", "changed"):
        newest[orgnr] = max(changed, newest.get(orgnr, changed))
    return [(url, newest[orgnr]) for orgnr in sorted(newest) if (url := build_employer_url(orgnr))]


_PARTS: dict[str, Callable[[], Iterable[Entry]]] = {
    "steder": _list_place_pages,
    "yrker": _list_occupation_pages,
    "yrker-etter-sted": _list_combination_pages,
    "arbeidsgivere": _list_employer_pages,
}


def _render_xml(root: str, element: str, entries: Iterable[Entry]) -> HttpResponse:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_NAMESPACE}">']
    for path, changed in entries:
        last_modified = f"<lastmod>{changed.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
        # Under SITE_URL, never the host of the request: crawlers trust these addresses.
        lines.append(f"<{element}><loc>{escape(settings.SITE_URL + path)}</loc>{last_modified}</{element}>")
    lines.append(f"</{root}>")
    response = HttpResponse("\n".join(lines), content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
