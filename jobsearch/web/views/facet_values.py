"""All values of a long facet: an htmx fragment for the filter panel while typing, and a page for visitors without scripts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from jobsearch.core.text_values import clean_parameter
from jobsearch.saved.bookmarks.hidden import hide_from_results
from jobsearch.saved.descriptions import summarise_query
from jobsearch.search import api as search
from jobsearch.search.facets import FACETS, find_choices
from jobsearch.web.presenters import results as view

TYPED_LENGTH = 100  # characters of a name
MAX_VALUES = 200  # on the page; it says if there are more


@require_safe
def facet(request: HttpRequest, name: str) -> HttpResponse:
    """Values of the facet with counts within the search of the address; the parameter `within` is a typed part of a name."""
    facet = FACETS.get(name)
    if not facet or not facet.searchable:
        raise Http404
    query, problems = search.SearchQuery.from_params(request.GET)
    query = hide_from_results(request, query)
    typed = clean_parameter(request.GET.get("within", ""), TYPED_LENGTH)
    if any(problem.blocks for problem in problems):
        return redirect("web:results")
    status, counts = 200, None
    try:
        counts = search.count_facets(query, name, typed=typed)
    except search.EngineDown:
        status = 503
    except search.QueryError:
        return redirect("web:results")
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        shown = view.build_facet_view(name, query, counts, typed=typed, whole=True)
        context = {"facet": shown, "typed": typed, "total": None if counts is None else sum(counts.values())}
        response = render(request, "web/_facet_found.html", context, status=status)
    else:
        response = render(request, "web/facet.html", _build_page_context(name, query, counts, typed), status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _build_page_context(name: str, query: search.SearchQuery, counts: dict[str, int] | None, typed: str) -> dict[str, object]:
    facet = FACETS[name]
    choices = [
        choice
        for choice in facet.list_choices(facet.select_counts(counts or {}, typed) if typed else counts or {}, query)
        if choice.count
    ]
    flat = [one for choice in choices for one in (choice, *(part for part in choice.children if part.count))]
    found = flat if facet.long else [choice for choice in find_choices(flat, typed) if choice.count]
    open_choices = sorted((choice for choice in found if not choice.chosen), key=lambda choice: -choice.count)
    links = [
        view.Link(choice.label, view.build_address(query.with_value(name, choice.value)), choice.count)
        for choice in open_choices[:MAX_VALUES]  # of thousands: an address takes longer than everything else of a value
    ]
    return {
        "label": facet.label,
        "words": summarise_query(query),
        "links": links,
        "more": len(open_choices) > MAX_VALUES,
        "most": MAX_VALUES,
        "typed": typed,
        "hidden": query.to_params(page=False),
        "back": view.build_address(query),
        "return_path": view.build_address(query),
        "engine_down": counts is None,
    }
