"""What the search field suggests while somebody types: a fragment of HTML that the page's script shows below the field."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.search import api as search
from jobsearch.web.presenters.results import address


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Links to searches, grouped, each with its number of hits; 204 where there is nothing to suggest.

    It is help, and nobody asked for it: whatever is wrong, with the words or with the engine, it is only left out.
    """
    query, problems = search.SearchQuery.from_params(request.GET)
    found: list[search.Suggestion] = []
    if query.q and not any(problem.blocks or problem.field == "q" for problem in problems):
        try:
            found = search.suggest(query, query.q)
        except (search.EngineDown, search.QueryError):
            found = []
    response = HttpResponse(status=204) if not found else render(request, "web/_suggestions.html", _shown(found))
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shown(found: list[search.Suggestion]) -> dict[str, object]:
    names = {"occupation": _("Yrker"), "employer": _("Arbeidsgivere"), "place": _("Steder")}
    groups = [
        (names[kind], [(one, address(one.query)) for one in options]) for kind, options in groupby(found, lambda one: one.kind)
    ]
    return {"groups": groups, "number": len(found)}
