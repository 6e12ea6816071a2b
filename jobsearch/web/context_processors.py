"""What every page needs to know of the site itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

SOURCE_URL = "https://arbeidsplassen.nav.no/"
_FORMS = {"login", "password_change", "saved:rename"}
"""Whose address shows the form again after a POST that was not accepted."""


def site(request: HttpRequest) -> dict[str, object]:
    """Touches no database: error pages use it too."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "source_url": SOURCE_URL,
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,  # each by its own name, for those who read no other
        # Where the language switch leads back to. Most pages that answer a POST cannot be asked for again by their address.
        "return_path": request.get_full_path() if _can_be_asked_again(request) else "/",
    }


def _can_be_asked_again(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.method in {"GET", "HEAD"} or bool(match and match.view_name in _FORMS)
