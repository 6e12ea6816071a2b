"""What every page needs to know of the site itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

SOURCE_URL = "https://arbeidsplassen.nav.no/"


def site(request: HttpRequest) -> dict[str, object]:
    """Touches no database: error pages use it too."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "source_url": SOURCE_URL,
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,  # each by its own name, for those who read no other
        # Where the language switch leads back to. A page that answered a POST cannot be asked for again by its address.
        "return_path": request.get_full_path() if request.method in {"GET", "HEAD"} else "/",
    }
