"""Feeds of searches, Atom and JSON Feed: of any search, and of a saved search by a secret address.

A feed reader sends a request every few minutes, so unchanged feeds are answered with 304. `Last-Modified` is the newest change
of any ad: an ad that ended leaves the feed although no entry of it is newer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.saved.bookmarks.hidden import read_hidden
from jobsearch.saved.descriptions import summarise_query
from jobsearch.saved.mail.links import Purpose, find_by_token
from jobsearch.saved.models import SearchFeed
from jobsearch.search import api as search
from jobsearch.search.search_query import SIZES
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.presenters import dates, feeds
from jobsearch.web.presenters import results as view

from .errors import RETRY_SECONDS

ATOM, JSON = "application/atom+xml; charset=utf-8", "application/feed+json; charset=utf-8"
Render = Callable[[feeds.Feed], bytes]


@require_safe
def show_atom(request: HttpRequest) -> HttpResponseBase:
    """The newest hits of a search as Atom."""
    return _show_public(request, "web:atom", feeds.render_atom, ATOM)


@require_safe
def show_json(request: HttpRequest) -> HttpResponseBase:
    """The newest hits of a search as JSON Feed."""
    return _show_public(request, "web:json_feed", feeds.render_json, JSON)


@require_safe
def show_saved_atom(request: HttpRequest, token: str) -> HttpResponseBase:
    """The newest hits of a saved search as Atom."""
    return _show_saved(request, token, feeds.render_atom, ATOM)


@require_safe
def show_saved_json(request: HttpRequest, token: str) -> HttpResponseBase:
    """The newest hits of a saved search as JSON Feed."""
    return _show_saved(request, token, feeds.render_json, JSON)


def _show_public(request: HttpRequest, name: str, render: Render, content_type: str) -> HttpResponseBase:
    query, problems = search.SearchQuery.from_params(request.GET)
    if any(problem.blocks for problem in problems):
        return _respond_plainly(_("Vi kan ikke søke etter dette"), 400)
    query = query.replace(sort="relevance", since=0, size=SIZES[0])  # not of the feed's content: one address a search
    params = query.urlencode()
    address = reverse(name) + (f"?{params}" if params else "")
    words = summarise_query(query) or _("Alle stillinger")
    return _respond(request, query, words, address, render, content_type)


def _show_saved(request: HttpRequest, token: str, render: Render, content_type: str) -> HttpResponseBase:
    usable = SearchFeed.objects.filter(saved_search__owner__is_active=True).select_related("saved_search")
    feed = find_by_token(usable, Purpose.FEED, token)
    if feed is None:
        return _respond_plainly(_("Adressen virker ikke lenger."), 404)
    saved = feed.saved_search
    query = saved.query.without_hidden(read_hidden([saved.owner_id])[saved.owner_id])
    response = _respond(request, query, saved.name, request.path, render, content_type)
    response["Cache-Control"] = "private, no-cache"
    return response


def _respond(
    request: HttpRequest, query: search.SearchQuery, words: str, address: str, render: Render, content_type: str
) -> HttpResponseBase:
    changed = _find_last_change()
    try:
        entries = feeds.build_entries(query)
    except search.QueryError as error:
        return _respond_plainly(str(error), 400)
    except search.EngineDown:
        response = _respond_plainly(_("Søket er nede akkurat nå"), 503)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    title = f"{settings.SITE_NAME}: {words}"
    page = f"{settings.SITE_URL}{view.build_address(query.replace(sort='published'))}"
    content = render(feeds.Feed(title, page, f"{settings.SITE_URL}{address}", entries))
    response = HttpResponse(content, content_type=content_type)
    response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["Last-Modified"] = http_date(changed.timestamp())
    response["Cache-Control"] = "no-cache"  # may be kept, but must be revalidated: an ad that has ended disappears at once
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag, int(changed.timestamp()), response) or response


def _find_last_change() -> dt.datetime:
    """The newest change of any ad, or the last midnight, when ads end and deadlines pass without a change of their rows."""
    newest = Vacancy.objects.aggregate(newest=Max("changed"))["newest"]
    midnight = dates.get_midnight()
    return max(newest, midnight) if newest else midnight


def _respond_plainly(sentence: str, status: int) -> HttpResponse:
    response = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
