"""Pages of their own for a place or an occupation of the catalogue, which search engines may keep: `/jobb/bergen/`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.search import api as search
from jobsearch.taxonomy import labels, occupations, places, slugs
from jobsearch.taxonomy.catalogue import COUNTIES
from jobsearch.vacancies import freshness
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters import ad_rows, headings
from jobsearch.web.presenters import results as view

LINKS_OF_AN_AD = 3  # of each kind


@dataclass(frozen=True, slots=True)
class Group:
    """Links under a heading. `searches`: they lead into the search, which crawlers are kept from. `count`: ads in all."""

    heading: str
    links: list[view.Link]
    searches: bool = False
    count: int = 0


def address(slug: str) -> str:
    return reverse("web:landing", args=[slug])


def of(vacancy: Vacancy) -> list[view.Link]:
    """The pages of where an ad is and what it is about, by their headings."""
    found = []
    parts = {
        "place": [location.path for location in vacancy.locations.all()],
        "occupation": [job.path for job in vacancy.occupations.all()],
    }
    for facet, paths in parts.items():
        known = [slug for path in dict.fromkeys(paths) if (slug := slugs.get_slug(facet, path))]
        found += [view.Link(headings.build_heading(slugs.BY_SLUG[slug]), address(slug)) for slug in known[:LINKS_OF_AN_AD]]
    return found


@require_safe
def landing(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest ads of a place or an occupation, its neighbours, and the way into the search."""
    named = slugs.BY_SLUG.get(slug)
    if named is None:
        proper = slugs.slugify(slug)
        if proper in slugs.BY_SLUG:  # "Møre-og-Romsdal", as people type it
            return redirect(address(proper), permanent=True)
        raise Http404
    query = search.SearchQuery(sort="published").replace(**{named.facet: (named.path,)})
    heading = headings.build_heading(named)
    context: dict[str, object] = {
        "heading": heading,
        "summary": _("%(heading)s, de nyeste først. Uten konto, uten sporing.") % {"heading": heading},
        "canonical": f"{settings.SITE_URL}{address(slug)}",
        "search_url": view.address(query.replace(sort="relevance")),
        "wider": _wider(named),
        "indexed": False,
    }
    try:
        found = search.search(query)
    except search.EngineDown:
        response = render(request, "web/landing.html", context | {"engine_down": True}, status=503)
        response["Retry-After"] = "30"
    else:
        context |= {
            "total": found.total,
            "vacancies": ad_rows.list_active_ads(found.uuids),
            "more": found.total > query.size,
            "groups": [group for group in _groups(named, query, found.counts) if group.links],
            "indexed": bool(found.total) and not request.GET,
            "as_of": freshness.get_last_feed_time(),
        }
        response = render(request, "web/landing.html", context)
    if not context["indexed"]:
        response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def landings(request: HttpRequest) -> HttpResponse:
    """Every place and occupation that has a page. Without the engine the counts are missing, not the links."""
    try:
        counts: Mapping[str, Mapping[str, int]] = search.search(search.SearchQuery()).counts
    except search.EngineDown:
        counts = {}
    levels = {level1: [level1, *paths] for level1, paths in occupations.PATHS.items() if level1 != occupations.UNKNOWN}
    counties = {county: _municipalities(county) for county in COUNTIES} | {places.ABROAD: [places.ABROAD]}
    context = {
        "places": [_every("place", paths, counts) for paths in counties.values()],
        "occupations": sorted(
            (_every("occupation", paths, counts) for paths in levels.values()),
            key=lambda group: labels.build_sort_key(group.heading),
        ),
        "canonical": f"{settings.SITE_URL}{reverse('web:landings')}",
        "indexed": not request.GET,
    }
    response = render(request, "web/landings.html", context)
    if request.GET:
        response["X-Robots-Tag"] = "noindex"
    return response


def _label(named: slugs.FacetValue) -> str:
    return search.FACETS[named.facet].value_label(named.path)


def _wider(named: slugs.FacetValue) -> view.Link | None:
    above = places.get_parent(named.path) if named.facet == "place" else occupations.get_parent(named.path)
    slug = slugs.get_slug(named.facet, above)
    return view.Link(headings.build_heading(slugs.BY_SLUG[slug]), address(slug)) if slug else None


def _municipalities(county: str) -> list[str]:
    """The county itself and what lies in it."""
    return [county, *(f"{county}/{name}" for name in COUNTIES[county] if name != county)]


def _link(facet: str, path: str, counts: Mapping[str, Mapping[str, int]]) -> view.Link | None:
    slug = slugs.get_slug(facet, path)
    return view.Link(_label(slugs.BY_SLUG[slug]), address(slug), counts.get(facet, {}).get(path, 0)) if slug else None


def _links(facet: str, paths: Iterable[str], counts: Mapping[str, Mapping[str, int]]) -> list[view.Link]:
    """Links to the pages of those of these values that have ads, by name."""
    return sorted((link for path in paths if (link := _link(facet, path, counts)) and link.count), key=_by_name)


def _every(facet: str, paths: Iterable[str], counts: Mapping[str, Mapping[str, int]]) -> Group:
    """Links to the pages of a value and of all that lies in it, whether there are ads or not."""
    first, *rest = (link for path in paths if (link := _link(facet, path, counts)))
    whole = _("Hele %(name)s") % {"name": first.label} if facet == "place" else _("Alle")
    links = [dataclasses.replace(first, label=whole), *sorted(rest, key=_by_name)] if rest else [first]
    return Group(first.label, links, count=first.count)


def _by_name(link: view.Link) -> str:
    return labels.build_sort_key(link.label)


def _groups(named: slugs.FacetValue, query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]]) -> Iterable[Group]:
    if named.facet == "place":
        county = places.get_parent(named.path) or named.path
        if county in COUNTIES:
            near = [path for path in _municipalities(county)[1:] if path != named.path]
            yield Group(_("Kommuner i %(county)s") % {"county": places.get_label(county)}, _links("place", near, counts))
        else:
            yield Group(_("Land"), _searches("place", query.replace(place=()), counts, within=county), searches=True)
        yield Group(_("Yrker her"), _searches("occupation", query, counts), searches=True)
    else:
        level1 = occupations.get_parent(named.path) or named.path
        near = [path for path in occupations.PATHS[level1] if path != named.path]
        label = _label(slugs.FacetValue("occupation", level1))
        yield Group(_("Yrker i gruppen %(occupation)s") % {"occupation": label}, _links("occupation", near, counts))
        yield Group(_("Steder"), _searches("place", query, counts), searches=True)


def _searches(
    facet: str, query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]], within: str = ""
) -> list[view.Link]:
    """Searches narrowed by each value of a facet's upper level (or of what lies within one) that has ads."""
    query = query.replace(sort="relevance")
    found = []
    for choice in search.FACETS[facet].choices(counts.get(facet, {}), query):
        for one in choice.children if within else (choice,):
            if one.count and one.value != search.NOT_STATED and (not within or choice.value == within):
                found.append(view.Link(one.label, view.address(query.with_value(facet, one.value)), one.count))
    return found
