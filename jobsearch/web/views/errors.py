"""Error pages in the site's look. The 500 page needs nothing that may just have broken: no database, no session."""

from __future__ import annotations

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jobsearch.web.context_processors import SOURCE_URL

RETRY_SECONDS = 30  # after a page that the database did not answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # A request that Django itself refused (a foreign host, too many fields) may not be asked about its user.
    return HttpResponse(render_to_string("400.html", _bare()), status=400)


def address_too_long() -> HttpResponse:
    return HttpResponse(render_to_string("400.html", _bare()), status=414)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also for addresses of ads, so it is never stored: the ad may come tomorrow."""
    response = render(request, "404.html", {"page_title": _("Vi finner ikke siden")}, status=404)
    response["Cache-Control"] = "private, no-store"
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("413.html", _bare()), status=413)


def too_many_logins(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = -(-seconds // 60)
    response = HttpResponse(render_to_string("429.html", {**_bare(), "minutes": minutes}), status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "private, no-store"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """500; 503 where the database is out of reach or busy: Django calls this while it handles the error."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(render_to_string("503.html", _bare()), status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
        response["Cache-Control"] = "private, no-store"
        return response
    return HttpResponse(render_to_string("500.html", _bare()), status=500)


def _bare() -> dict[str, object]:
    return {
        "site_name": settings.SITE_NAME,
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "source_url": SOURCE_URL,
    }
