"""Landing pages for places and occupations, which search engines may index: `/jobb/bergen/`."""

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
from jobsearch.vacancies.prepared_ads import list_occupation_paths, list_workplaces
from jobsearch.web.presenters import ad_rows, headings
from jobsearch.web.presenters import results as view

MAX_LINKS_OF_AN_AD = 3  # of each facet


@dataclass(frozen=True, slots=True)
class Group:
    """Links under a heading. `searches`: they lead to results pages, so crawlers must not follow. `count`: number of ads."""

    heading: str
    links: list[view.Link]
    searches: bool = False
    count: int = 0


def build_url(slug: str) -> str:
    """The URL of a landing page."""
    return reverse("web:landing", args=[slug])


def list_links_for_ad(vacancy: Vacancy) -> list[view.Link]:
    """Links to the landing pages of an ad's places and occupations, labelled with their headings."""
    found = []
    parts = {
        "place": [location.path for location in list_workplaces(vacancy)],
        "occupation": list_occupation_paths(vacancy),
    }
    for facet, paths in parts.items():
        known = [slug for path in dict.fromkeys(paths) if (slug := slugs.get_slug(facet, path))]
        found += [view.Link(headings.build_heading(slugs.BY_SLUG[slug]), build_url(slug)) for slug in known[:MAX_LINKS_OF_AN_AD]]
    return found


@require_safe
def landing(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest ads of a place or an occupation, with links to neighbouring pages and to the search."""
    named = slugs.BY_SLUG.get(slug)
    if named is None:
        proper = slugs.slugify(slug)
        if proper in slugs.BY_SLUG:  # as typed by hand: "Møre-og-Romsdal"
            return redirect(build_url(proper), permanent=True)
        raise Http404
    query = search.SearchQuery(sort="published").replace(**{named.facet: (named.path,)})
    heading = headings.build_heading(named)
    context: dict[str, object] = {
        "heading": heading,
        "summary": _("%(heading)s, de nyeste først. Uten konto, uten sporing.") % {"heading": heading},
        "canonical": f"{settings.SITE_URL}{build_url(slug)}",
        "search_url": view.address(query.replace(sort="relevance")),
        "wider": _find_wider_page(named),
        "indexed": False,
    }
    try:
        found = search.search(query)
    except search.EngineDown:
        response = render(request, "web/landing.html", context | {"engine_down": True}, status=503)
        response["Retry-After"] = "30"
    else:
        vacancies = ad_rows.list_active_ads(found.uuids)
        context |= {
            "total": found.total,
            "vacancies": vacancies,
            "more": found.total > query.size,
            "groups": [group for group in _build_groups(named, query, found.counts) if group.links],
            "indexed": bool(found.total) and not request.GET,
            "as_of": freshness.find_feed_time(vacancies),
        }
        response = render(request, "web/landing.html", context)
    if not context["indexed"]:
        response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def landings(request: HttpRequest) -> HttpResponse:
    """Overview of all landing pages; without counts while the engine is down."""
    try:
        counts: Mapping[str, Mapping[str, int]] = search.search(search.SearchQuery()).counts
    except search.EngineDown:
        counts = {}
    levels = {level1: [level1, *paths] for level1, paths in occupations.PATHS.items() if level1 != occupations.UNKNOWN}
    counties = {county: _list_county_and_municipalities(county) for county in COUNTIES} | {places.ABROAD: [places.ABROAD]}
    context = {
        "places": [_build_overview_group("place", paths, counts) for paths in counties.values()],
        "occupations": sorted(
            (_build_overview_group("occupation", paths, counts) for paths in levels.values()),
            key=lambda group: labels.build_sort_key(group.heading),
        ),
        "canonical": f"{settings.SITE_URL}{reverse('web:landings')}",
        "indexed": not request.GET,
    }
    response = render(request, "web/landings.html", context)
    if request.GET:
        response["X-Robots-Tag"] = "noindex"
    return response


def _get_label(named: slugs.FacetValue) -> str:
    return search.FACETS[named.facet].label_value(named.path)


def _find_wider_page(named: slugs.FacetValue) -> view.Link | None:
    above = places.get_parent(named.path) if named.facet == "place" else occupations.get_parent(named.path)
    slug = slugs.get_slug(named.facet, above)
    return view.Link(headings.build_heading(slugs.BY_SLUG[slug]), build_url(slug)) if slug else None


def _list_county_and_municipalities(county: str) -> list[str]:
    """The county itself and its municipalities."""
    return [county, *(f"{county}/{name}" for name in COUNTIES[county] if name != county)]


def _build_link(facet: str, path: str, counts: Mapping[str, Mapping[str, int]]) -> view.Link | None:
    slug = slugs.get_slug(facet, path)
    return view.Link(_get_label(slugs.BY_SLUG[slug]), build_url(slug), counts.get(facet, {}).get(path, 0)) if slug else None


def _list_links_with_ads(facet: str, paths: Iterable[str], counts: Mapping[str, Mapping[str, int]]) -> list[view.Link]:
    """Links to the landing pages of those values that have ads, sorted by name."""
    return sorted((link for path in paths if (link := _build_link(facet, path, counts)) and link.count), key=_get_sort_key)


def _build_overview_group(facet: str, paths: Iterable[str], counts: Mapping[str, Mapping[str, int]]) -> Group:
    """Links to the landing pages of a value and all its parts, with and without ads."""
    first, *rest = (link for path in paths if (link := _build_link(facet, path, counts)))
    whole = _("Hele %(name)s") % {"name": first.label} if facet == "place" else _("Alle")
    links = [dataclasses.replace(first, label=whole), *sorted(rest, key=_get_sort_key)] if rest else [first]
    return Group(first.label, links, count=first.count)


def _get_sort_key(link: view.Link) -> str:
    return labels.build_sort_key(link.label)


def _build_groups(named: slugs.FacetValue, query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]]) -> Iterable[Group]:
    if named.facet == "place":
        county = places.get_parent(named.path) or named.path
        if county in COUNTIES:
            near = [path for path in _list_county_and_municipalities(county)[1:] if path != named.path]
            yield Group(
                _("Kommuner i %(county)s") % {"county": places.get_label(county)}, _list_links_with_ads("place", near, counts)
            )
        else:
            yield Group(_("Land"), _list_search_links("place", query.replace(place=()), counts, within=county), searches=True)
        yield Group(_("Yrker her"), _list_search_links("occupation", query, counts), searches=True)
    else:
        level1 = occupations.get_parent(named.path) or named.path
        near = [path for path in occupations.PATHS[level1] if path != named.path]
        label = _get_label(slugs.FacetValue("occupation", level1))
        yield Group(_("Yrker i gruppen %(occupation)s") % {"occupation": label}, _list_links_with_ads("occupation", near, counts))
        yield Group(_("Steder"), _list_search_links("place", query, counts), searches=True)


def _list_search_links(
    facet: str, query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]], within: str = ""
) -> list[view.Link]:
    """Links to the search narrowed by each value with ads: of a facet's upper level, or of the parts of `within`."""
    query = query.replace(sort="relevance")
    found = []
    for choice in search.FACETS[facet].list_choices(counts.get(facet, {}), query):
        for one in choice.children if within else (choice,):
            if one.count and one.value != search.NOT_STATED and (not within or choice.value == within):
                found.append(view.Link(one.label, view.address(query.with_value(facet, one.value)), one.count))
    return found
