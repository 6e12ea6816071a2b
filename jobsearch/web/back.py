"""The way from an ad back to the search that it was found by."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from jobsearch import search

LONGEST = 4_000  # characters of a Referer; no search's address is longer


def address(request: HttpRequest) -> str:
    """The results that the visitor comes from, or the search's front page.

    The `Referer` only tells which search it was: the address is made anew from what a search understands, so it leads nowhere
    but to our own results, whatever the header holds.
    """
    front = reverse("web:results")
    try:
        parts = urlsplit(request.headers.get("Referer", "")[:LONGEST])
    except ValueError:
        return front
    if parts.scheme not in {"http", "https"} or parts.netloc != request.get_host() or parts.path != front:
        return front
    try:
        asked = QueryDict(parts.query)
    except (ValueError, UnicodeError):
        return front
    query, problems = search.SearchQuery.from_params(asked)
    if any(problem.blocks for problem in problems):
        return front
    found = query.urlencode()
    return f"{front}?{found}" if found else front
