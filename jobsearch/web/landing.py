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

from jobsearch import search
from jobsearch.vacancies import freshness, occupations, places, slugs, wording
from jobsearch.vacancies.catalogue import COUNTIES
from jobsearch.vacancies.models import Vacancy

from . import cards
from . import results as view

LINKS_OF_AN_AD = 3  # of each kind

# Places that Norwegians live "på" and not "i": islands and some inland towns.
_ON = frozenset(
    "ASKØY AVERØY BØMLO DØNNA EIDSVOLL ELVERUM FEDJE FRØYA GISKE GJØVIK HAMAR HAREID HITRA HVALER KARMØY KONGSBERG KVITSØY LEKA "
    "LILLEHAMMER LØTEN NESODDEN NOTODDEN OSTERØY RØROS RØST SENJA SMØLA STORD SULA SVALBARD TYNSET TYSNES UTSIRA VEGA VOSS VÆRØY "
    "ØSTRE~TOTEN VESTRE~TOTEN".replace("~", "_").split()
)

# How an occupation follows "Ledige stillinger": one does the work "som sykepleier", there is work "for miljøarbeidere", and all
# that names a field has work "innen grunnskole".
_AS = frozenset(
    """Bioingeniør·Ergoterapeut·Ernæringsfysiolog·Fysioterapeut·Helsefagarbeider·Helsesekretær
·Hjemmehjelper og personlig assistent·Kiropraktor og osteopat·Lege·Optiker·Psykolog·Radiograf og audiograf·Sykepleier
·Vernepleier·Betongfagarbeider·Feier·Maler·Mekaniker·Murer·Rørlegger·Skredder·Tømrer og snekker·Vaktmester·Baker og konditor
·Kokk·Barnehagelærer·Maskin- og kranfører·Truckfører·Speditør og befrakter·Platearbeider og sveiser
·Arbeidsleder, bygg og anlegg·Arbeidsleder, industri·Hjelpearbeider Bygg og anlegg·Leder innenfor helsetjenester
·Eiendomsmegler·Ingeniør bygg·Ingeniør miljøteknikk""".replace("\n", "").split("·")
)
_FOR = frozenset(
    """Håndverkere·Andre ingeniører·Skytebaser og sprengningsarbeidere·Audiografer og logopeder·Helse- og miljørådgivere
·Miljøarbeidere·Rådgivere innen sosiale fagfelt·Ledere av IKT-enheter·Andre hjelpearbeidere
·Biologer, zoologer, botanikere·Veterinærer og dyrepleiere·Tolk og oversettere·Barnehage- og skolefritidsassistenter
·Instruktører og pedagoger·Ledere av omsorgstjenetser for barn·Ledere av undervisning og utdanning""".replace("\n", "").split("·")
)


@dataclass(frozen=True, slots=True)
class Group:
    """Links under a heading. `searches`: they lead into the search, which crawlers are kept from. `count`: ads in all."""

    heading: str
    links: list[view.Link]
    searches: bool = False
    count: int = 0


def address(slug: str) -> str:
    return reverse("web:landing", args=[slug])


def title(named: slugs.Named) -> str:
    """ "Ledige stillinger i Bergen", "… som sykepleier", "… innen helse og sosial"."""
    label = _label(named)
    if named.facet == "place":
        if named.path == places.ABROAD:
            return _("Ledige stillinger i utlandet")
        own = named.path.rpartition("/")[2].replace(" ", "_")
        words = _("Ledige stillinger på %(place)s") if own in _ON else _("Ledige stillinger i %(place)s")
        return words % {"place": label}
    own = occupations.label(named.path)
    label = label if label[:2].isupper() else label[:1].lower() + label[1:]
    if own in _AS:
        return _("Ledige stillinger som %(occupation)s") % {"occupation": label}
    if own in _FOR:
        return _("Ledige stillinger for %(occupation)s") % {"occupation": label}
    return _("Ledige stillinger innen %(occupation)s") % {"occupation": label}


def of(vacancy: Vacancy) -> list[view.Link]:
    """The pages of where an ad is and what it is about, by their headings."""
    found = []
    parts = {
        "place": [location.path for location in vacancy.locations.all()],
        "occupation": [job.path for job in vacancy.occupations.all()],
    }
    for facet, paths in parts.items():
        known = [slug for path in dict.fromkeys(paths) if (slug := slugs.slug_of(facet, path))]
        found += [view.Link(title(slugs.NAMES[slug]), address(slug)) for slug in known[:LINKS_OF_AN_AD]]
    return found


@require_safe
def landing(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest ads of a place or an occupation, its neighbours, and the way into the search."""
    named = slugs.NAMES.get(slug)
    if named is None:
        proper = slugs.slugify(slug)
        if proper in slugs.NAMES:  # "Møre-og-Romsdal", as people type it
            return redirect(address(proper), permanent=True)
        raise Http404
    query = search.SearchQuery(sort="published").replace(**{named.facet: (named.path,)})
    heading = title(named)
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
            "vacancies": cards.rows(found.uuids),
            "more": found.total > query.size,
            "groups": [group for group in _groups(named, query, found.counts) if group.links],
            "indexed": bool(found.total) and not request.GET,
            "as_of": freshness.data_as_of(),
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
            key=lambda group: wording.alphabetical(group.heading),
        ),
        "canonical": f"{settings.SITE_URL}{reverse('web:landings')}",
        "indexed": not request.GET,
    }
    response = render(request, "web/landings.html", context)
    if request.GET:
        response["X-Robots-Tag"] = "noindex"
    return response


def _label(named: slugs.Named) -> str:
    return search.FACETS[named.facet].value_label(named.path)


def _wider(named: slugs.Named) -> view.Link | None:
    above = places.parent(named.path) if named.facet == "place" else occupations.parent(named.path)
    slug = slugs.slug_of(named.facet, above)
    return view.Link(title(slugs.NAMES[slug]), address(slug)) if slug else None


def _municipalities(county: str) -> list[str]:
    """The county itself and what lies in it."""
    return [county, *(f"{county}/{name}" for name in COUNTIES[county] if name != county)]


def _link(facet: str, path: str, counts: Mapping[str, Mapping[str, int]]) -> view.Link | None:
    slug = slugs.slug_of(facet, path)
    return view.Link(_label(slugs.NAMES[slug]), address(slug), counts.get(facet, {}).get(path, 0)) if slug else None


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
    return wording.alphabetical(link.label)


def _groups(named: slugs.Named, query: search.SearchQuery, counts: Mapping[str, Mapping[str, int]]) -> Iterable[Group]:
    if named.facet == "place":
        county = places.parent(named.path) or named.path
        if county in COUNTIES:
            near = [path for path in _municipalities(county)[1:] if path != named.path]
            yield Group(_("Kommuner i %(county)s") % {"county": places.label(county)}, _links("place", near, counts))
        else:
            yield Group(_("Land"), _searches("place", query.replace(place=()), counts, within=county), searches=True)
        yield Group(_("Yrker her"), _searches("occupation", query, counts), searches=True)
    else:
        level1 = occupations.parent(named.path) or named.path
        near = [path for path in occupations.PATHS[level1] if path != named.path]
        label = _label(slugs.Named("occupation", level1))
        yield Group(_("Yrker innen %(occupation)s") % {"occupation": label}, _links("occupation", near, counts))
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
