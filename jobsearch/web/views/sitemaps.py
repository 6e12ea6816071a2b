"""What a crawler may find: an index of site maps, each small enough to be made from one query.

Made afresh each time and kept by nobody: an ad that has closed is out of it at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobsearch.taxonomy import occupations, places, slugs
from jobsearch.vacancies.models import Location, Occupation, Vacancy

from . import employers, landing

CHUNK = 5_000  # addresses in one map; the protocol allows ten times as many
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
Entry = tuple[str, dt.datetime | None]
"""A path of this site, and when what it shows last changed."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every map dates from the newest change of the record: an ad that closes moves all that come after it."""
    newest = Vacancy.objects.aggregate(newest=Max("changed"))["newest"]
    chunks = -(-Vacancy.objects.active().count() // CHUNK)
    parts = ["sider", *(_PARTS if chunks else ()), *(f"stillinger-{number}" for number in range(1, chunks + 1))]
    return _answer("sitemapindex", "sitemap", [(reverse("web:sitemap_part", args=[part]), newest) for part in parts])


@require_safe
def part(request: HttpRequest, part: str) -> HttpResponse:
    kind, _, number = part.partition("-")
    if part == "sider":
        found: list[Entry] = [(reverse(f"web:{name}"), None) for name in ("results", "landings", "about")]
    elif part in _PARTS:
        found = list(_PARTS[part]())
    elif kind == "stillinger" and _NUMBER.fullmatch(number):
        found = _ads(int(number))
        if not found:
            raise Http404
    else:
        raise Http404
    return _answer("urlset", "url", found)


def _ads(number: int) -> list[Entry]:
    rows = Vacancy.objects.active().order_by("uuid").values_list("uuid", "changed")[(number - 1) * CHUNK : number * CHUNK]
    return [(reverse("web:ad", args=[uuid]), changed) for uuid, changed in rows]


def _places() -> Iterable[Entry]:
    return _landings("place", Location.objects.all(), places.list_ancestors)


def _occupations() -> Iterable[Entry]:
    return _landings("occupation", Occupation.objects.all(), lambda path: filter(None, (occupations.get_parent(path), path)))


def _landings(facet: str, rows: QuerySet, levels: Callable[[str], Iterable[str]]) -> Iterable[Entry]:
    """The pages that have an active ad, each as new as the newest of its ads."""
    newest: dict[str, dt.datetime] = {}
    active = rows.filter(vacancy__in=Vacancy.objects.active()).values_list("path")
    for path, changed in active.annotate(newest=Max("vacancy__changed")).order_by("path"):
        for level in levels(path):
            if slug := slugs.get_slug(facet, level):
                newest[slug] = max(changed, newest.get(slug, changed))
    return [(landing.address(slug), newest[slug]) for slug in sorted(newest)]


def _employers() -> Iterable[Entry]:
    """Grouped here: SQLite would take an index in the order of the groups, and read every row it leads to."""
    newest: dict[str, dt.datetime] = {}
    for orgnr, changed in Vacancy.objects.active().order_by().values_list("employer_orgnr", "changed"):
        newest[orgnr] = max(changed, newest.get(orgnr, changed))
    return [(here, newest[orgnr]) for orgnr in sorted(newest) if (here := employers.address(orgnr))]


_PARTS: dict[str, Callable[[], Iterable[Entry]]] = {"steder": _places, "yrker": _occupations, "arbeidsgivere": _employers}


def _answer(root: str, element: str, entries: Iterable[Entry]) -> HttpResponse:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_NAMESPACE}">']
    for path, changed in entries:
        day = f"<lastmod>{changed.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
        # By the site's own address, whatever host the request named: a crawler believes what stands here.
        lines.append(f"<{element}><loc>{escape(settings.SITE_URL + path)}</loc>{day}</{element}>")
    lines.append(f"</{root}>")
    response = HttpResponse("\n".join(lines), content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
