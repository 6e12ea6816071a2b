"""Landing pages for places, occupations and both, which search engines may index: `/jobb/bergen/`."""

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

from jobsearch.saved.bookmarks.hidden import hide_from_results
from jobsearch.search import api as search
from jobsearch.search.facets import FACETS
from jobsearch.taxonomy import labels, occupations, places, slugs
from jobsearch.taxonomy.catalogue import COUNTIES
from jobsearch.vacancies import freshness
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import list_occupation_paths, list_workplaces
from jobsearch.web.presenters import ad_rows, headings, market
from jobsearch.web.presenters import results as view
from jobsearch.web.presenters.landing_pages import LandingPage, find_landing_page
from jobsearch.web.presenters.passed_deadlines import build_passed_link

from .errors import RETRY_SECONDS

MAX_LINKS_OF_AN_AD = 3  # of each facet


@dataclass(frozen=True, slots=True)
class Group:
    """Links under a heading. `searches`: they lead to results pages, so crawlers must not follow. `count`: number of ads."""

    heading: str
    links: list[view.Link]
    searches: bool = False
    count: int = 0


def list_links_for_ad(vacancy: Vacancy) -> list[view.Link]:
    """Links to the landing pages of an ad: its occupation at its place, its places, its occupations. Labelled with headings."""
    paths = {
        "place": [location.path for location in list_workplaces(vacancy)],
        "occupation": list_occupation_paths(vacancy),
    }
    pages = {
        facet: [LandingPage(**{facet: path}) for path in dict.fromkeys(of_ad) if slugs.get_slug(facet, path)]
        for facet, of_ad in paths.items()
    }
    both = zip(pages["occupation"][:1], pages["place"][:1], strict=False)
    found = [LandingPage(job.occupation, at.place) for job, at in both]
    found += pages["place"][:MAX_LINKS_OF_AN_AD] + pages["occupation"][:MAX_LINKS_OF_AN_AD]
    return [_build_heading_link(page) for page in found]


@require_safe
def landing(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest ads of a place, of an occupation or of both, with links to neighbouring pages and to the search.

    A place or an occupation always has a page. An occupation at a place without ads redirects to a wider page, for now.
    """
    page = find_landing_page(slug) or find_landing_page(slugs.slugify(slug))  # as typed by hand: "Møre-og-Romsdal"
    if page is None:
        raise Http404
    if page.slug != slug:
        return redirect(page.url, permanent=True)
    query = hide_from_results(request, page.query)
    context: dict[str, object] = {
        "heading": page.heading,
        "summary": _("%(heading)s, de nyeste først. Uten konto, uten sporing.") % {"heading": page.heading},
        "canonical": f"{settings.SITE_URL}{page.url}",
        "search_url": view.build_address(query.replace(sort="relevance")),
        "params": query.replace(sort="relevance").urlencode(),
        "wider": [_build_heading_link(wider) for wider in page.list_wider()],
        "market": market.build_panel(query),
        "indexed": False,
    }
    try:
        found = search.search(query)
    except search.EngineDown:
        response = render(request, "web/landing.html", context | {"engine_down": True}, status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
    else:
        if not found.total and len(page.values) > 1:
            return redirect(page.get_substitute().url)
        vacancies = ad_rows.list_active_ads(found.uuids)
        context |= {
            "total": found.total,
            "vacancies": vacancies,
            "more": found.total > query.size,
            "passed": build_passed_link(query.replace(sort="relevance"), found.counts),
            "groups": [group for group in _build_groups(page, query, found.counts) if group.links],
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
        counts: Mapping[str, Mapping[str, int]] = search.search(hide_from_results(request, search.SearchQuery())).counts
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


def _build_heading_link(page: LandingPage) -> view.Link:
    return view.Link(page.heading, page.url)


def _list_county_and_municipalities(county: str) -> list[str]:
    """The county itself and its municipalities."""
    return [county, *(f"{county}/{name}" for name in COUNTIES[county] if name != county)]


def _build_link(facet: str, page: LandingPage, counts: Mapping[str, Mapping[str, int]]) -> view.Link | None:
    """The link to a page, labelled with its value of this facet; None for a value without a slug."""
    path = page.values[facet]
    label = FACETS[facet].label_value(path)
    return view.Link(label, page.url, counts.get(facet, {}).get(path, 0)) if page.slug else None


def _list_links_with_ads(facet: str, pages: Iterable[LandingPage], counts: Mapping[str, Mapping[str, int]]) -> list[view.Link]:
    """Links to those pages that have ads, sorted by the name of this facet's value."""
    return sorted((link for page in pages if (link := _build_link(facet, page, counts)) and link.count), key=_get_sort_key)


def _build_overview_group(facet: str, paths: Iterable[str], counts: Mapping[str, Mapping[str, int]]) -> Group:
    """Links to the landing pages of a value and all its parts, with and without ads."""
    pages = (LandingPage(**{facet: path}) for path in paths)
    first, *rest = (link for page in pages if (link := _build_link(facet, page, counts)))
    whole = _("Hele %(name)s") % {"name": first.label} if facet == "place" else _("Alle")
    links = [dataclasses.replace(first, label=whole), *sorted(rest, key=_get_sort_key)] if rest else [first]
    return Group(first.label, links, count=first.count)


def _get_sort_key(link: view.Link) -> str:
    return labels.build_sort_key(link.label)


def _build_groups(page: LandingPage, query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]]) -> Iterable[Group]:
    """Links to neighbouring pages: other places with the same occupation, and other occupations at the same place."""
    county = places.get_parent(page.place) or page.place
    if not county:
        pages = [LandingPage(page.occupation, path) for path in (*COUNTIES, places.ABROAD)]
        yield Group(_("Steder"), _list_links_with_ads("place", pages, counts))
    elif county in COUNTIES:
        near = [path for path in _list_county_and_municipalities(county)[1:] if path != page.place]
        pages = [LandingPage(page.occupation, path) for path in near]
        heading = _("Kommuner i %(county)s") % {"county": places.get_label(county)}
        yield Group(heading, _list_links_with_ads("place", pages, counts))
    else:
        yield Group(_("Land"), _list_search_links(query, counts, county), searches=True)
    if page.occupation:
        group = occupations.get_parent(page.occupation) or page.occupation
        pages = [LandingPage(path, page.place) for path in occupations.PATHS[group] if path != page.occupation]
        heading = _("Yrker i gruppen %(occupation)s") % {"occupation": FACETS["occupation"].label_value(group)}
    else:
        pages = [LandingPage(path, page.place) for path in occupations.PATHS if path != occupations.UNKNOWN]
        heading = headings.add_place(_("Yrker"), page.place)
    yield Group(heading, _list_links_with_ads("occupation", pages, counts))


def _list_search_links(query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]], within: str) -> list[view.Link]:
    """Links to the search at each part with ads of a place that is no county: countries have no landing pages."""
    query = query.replace(place=(), sort="relevance")
    found = []
    for choice in FACETS["place"].list_choices(counts.get("place", {}), query):
        if choice.value == within:
            with_ads = [part for part in choice.children if part.count]
            found += [
                view.Link(part.label, view.build_address(query.with_value("place", part.value)), part.count) for part in with_ads
            ]
    return found
