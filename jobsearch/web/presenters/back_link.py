"""The way from an ad back to the list that it was found in."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from jobsearch.search import api as search

LONGEST = 4_000  # characters of a Referer; no search's address is longer
LISTS = {"web:employer", "web:landing"}  # pages that are lists of ads too


def address(request: HttpRequest) -> str:
    """The list that the visitor comes from, or the search's front page.

    The `Referer` only tells which list it was: the address is made anew, of a search from what a search understands, so it
    leads nowhere but to our own lists, whatever the header holds.
    """
    front = reverse("web:results")
    try:
        parts = urlsplit(request.headers.get("Referer", "")[:LONGEST])
    except ValueError:
        return front
    if parts.scheme not in {"http", "https"} or parts.netloc != request.get_host():
        return front
    if parts.path != front:
        return _other_list(parts.path, parts.query) or front
    query, problems = search.SearchQuery.from_address(parts.query)
    if any(problem.blocks for problem in problems):
        return front
    found = query.urlencode()
    return f"{front}?{found}" if found else front


def _other_list(path: str, query: str) -> str:
    """The address of an employer's page or a landing page; "" where the path is none."""
    try:
        match = resolve(unquote(path))
    except Resolver404:
        return ""
    if match.view_name not in LISTS:
        return ""
    name, _, number = query.partition("=")
    page = f"?page={number}" if name == "page" and number.isascii() and number.isdigit() and len(number) < 7 else ""
    return reverse(match.view_name, kwargs=match.kwargs) + page
