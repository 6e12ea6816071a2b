"""Last looks at saved searches: which ads count as new, and when they count as seen.

The new ads are seen when all of them have been shown: on one page, or on their pages one after the other. A page that is only
prefetched, or reached without those before it, shows nothing that counts.
"""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest

from jobsearch.core.prefetch import is_prefetch
from jobsearch.saved.models import SavedSearch, SearchInvitation, canonicalise, compute_digests
from jobsearch.search import api as search

_SESSION_KEY = "shown_new_ads"


def note_shown_page(request: HttpRequest, query: search.SearchQuery, new: int, moment: dt.datetime) -> None:
    """Notes that a page of a saved search's ads, the new ones first, is shown. `new`: number of new ads on all pages.

    With the last of them, only ads first seen after `moment` are new from then on.
    """
    user_id = request.user.pk
    if request.method != "GET" or user_id is None or is_prefetch(request):
        return
    pages = max(1, -(-new // query.size))  # rounded up
    if _count_shown(request, query, pages) >= pages:
        mark_seen(user_id, query, moment)


def mark_seen(user_id: int, query: search.SearchQuery, moment: dt.datetime) -> None:
    """Sets the last look of the user's search with these parameters, their own or a colleague's, unless it is later."""
    SavedSearch.objects.mark_seen(user_id, query, moment)
    shared = SearchInvitation.objects.filter(colleague_id=user_id, search__digest__in=compute_digests(query))
    shared.filter(last_looked__lt=moment).update(last_looked=moment)


def _count_shown(request: HttpRequest, query: search.SearchQuery, pages: int) -> int:
    """How many of the first pages have been shown without a gap, this one included."""
    if pages == 1:
        return 1 if query.page == 1 else 0
    here = [canonicalise(query).urlencode(), query.since]
    *known, shown = request.session.get(_SESSION_KEY) or [None, None, 0]
    shown = shown if known == here else 0
    if query.page == shown + 1:
        shown = query.page
        request.session[_SESSION_KEY] = [*here, shown]
    return int(shown)
