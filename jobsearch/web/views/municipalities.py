"""Municipalities with their centres, for `places.js`: proposals while a place is typed, and the one nearest to the visitor.

The browser finds the nearest one itself. So a visitor's position is in no request.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from jobsearch.search.facets import distance

MAX_AGE = 86_400  # seconds; the list changes with a reform of municipalities


@require_safe
def municipalities(request: HttpRequest) -> HttpResponse:
    """`{"municipalities": [["Alstahaug", 66.02, 12.63], ...]}`: names as they can be typed, degrees to about a kilometre."""
    found = [(name, round(point.latitude, 2), round(point.longitude, 2)) for name, point in distance.list_municipalities()]
    response = JsonResponse({"municipalities": found}, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response["X-Robots-Tag"] = "noindex"
    return response
