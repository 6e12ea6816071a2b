"""Suggestions while typing in the search field: an HTML fragment that `suggest.js` shows below the field."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.saved.bookmarks.hidden import hide_from_results
from jobsearch.search import api as search
from jobsearch.search.assist import Suggestion, suggest
from jobsearch.search.facets import get_filter
from jobsearch.web.presenters.results import build_address


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Links to searches in groups, each with its number of hits; 204 where there are none.

    Errors in the text or of the engine also answer 204: the visitor has not requested suggestions, and the search shows errors.
    """
    query, problems = search.SearchQuery.from_params(request.GET)
    found: list[Suggestion] = []
    if query.q and not any(problem.blocks or problem.field == "q" for problem in problems):
        try:
            found = suggest(hide_from_results(request, query), query.q)
        except (search.EngineDown, search.QueryError):
            found = []
    response = HttpResponse(status=204) if not found else render(request, "web/_suggestions.html", _build_context(found))
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


class _Option(NamedTuple):
    """A suggestion as the page shows it. `label`: HTML with the typed letters marked. `facet`: the label of a filter's facet."""

    label: SafeString
    url: str
    hits: int
    facet: str


def _build_context(found: list[Suggestion]) -> dict[str, object]:
    names = {
        "occupation": _("Yrker"),
        "words": _("Søkeord"),
        "employer": _("Arbeidsgivere"),
        "place": _("Steder"),
        "filter": _("Filtre"),
    }
    groups = [
        (kind, names[kind], [_make_option(suggestion) for suggestion in suggestions])
        for kind, suggestions in groupby(found, lambda suggestion: suggestion.kind)
    ]
    return {"groups": groups, "number": len(found)}


def _make_option(suggestion: Suggestion) -> _Option:
    texts = [(f"{suggestion.kept_text} ", False), *suggestion.segments] if suggestion.kept_text else suggestion.segments
    label = format_html_join("", "{}", ((format_html("<mark>{}</mark>", text) if typed else text,) for text, typed in texts))
    facet = str(get_filter(suggestion.facet).label) if suggestion.kind == "filter" else ""
    return _Option(label, build_address(suggestion.query), suggestion.count, facet)
