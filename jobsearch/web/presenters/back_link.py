"""Back link of an ad page: the list of ads that the visitor came from."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from jobsearch.core.pagination import parse_page_number
from jobsearch.search import api as search

MAX_REFERER_LENGTH = 4_000  # characters; no address of a search is longer
LIST_VIEWS = {"web:employer", "web:landing"}  # lists of ads besides the results page


def build_back_link(request: HttpRequest) -> str:
    """The address of the list in the `Referer`, or of the home page.

    The header is not trusted: the address is built again from the view and its parsed parameters, so that it always leads to a
    list of this site.
    """
    home = reverse("web:results")
    try:
        parts = urlsplit(request.headers.get("Referer", "")[:MAX_REFERER_LENGTH])
    except ValueError:
        return home
    if parts.scheme not in {"http", "https"} or parts.netloc != request.get_host():
        return home
    if parts.path != home:
        return _build_list_url(parts.path, parts.query) or home
    query, problems = search.SearchQuery.from_address(parts.query)
    if any(problem.blocks for problem in problems):
        return home
    params = query.urlencode()
    return f"{home}?{params}" if params else home


def _build_list_url(path: str, query: str) -> str:
    """The address of an employer page or a landing page; "" for any other path."""
    try:
        match = resolve(unquote(path))
    except Resolver404:
        return ""
    if match.view_name not in LIST_VIEWS:
        return ""
    name, _, value = query.partition("=")
    page = parse_page_number(value) if name == "page" else None
    return reverse(match.view_name, kwargs=match.kwargs) + (f"?page={page}" if page else "")
