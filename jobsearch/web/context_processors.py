"""Context processor: settings of the site that every template uses."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from jobsearch.web.presenters import distance

SOURCE_URL = "https://arbeidsplassen.nav.no/"
_FORM_VIEWS = {"login", "password_change", "saved:edit"}
"""Views whose address, requested by GET, shows the form of a rejected POST again."""


def site(request: HttpRequest) -> dict[str, object]:
    """Values for all templates. No database access: error pages use them too."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "source_url": SOURCE_URL,
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,  # each named in the language itself, for readers of that language alone
        "distance": distance.EMPTY,  # the search form of every page; the results page has its own
        # Where the language switch redirects to. Most pages that answer a POST have no page for GET at their address.
        "return_path": request.get_full_path() if _has_page_for_get(request) else "/",
    }


def _has_page_for_get(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.method in {"GET", "HEAD"} or bool(match and match.view_name in _FORM_VIEWS)
