"""Error pages. Those for server errors use neither database nor session, which may be what failed."""

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
from jobsearch.web.presenters import distance

RATE_SECONDS = 15 * 60  # Retry-After of a limit that is counted over 15 minutes
RETRY_SECONDS = 30  # Retry-After where the database or the search engine is down


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error page 400. Without `request.user`: a request that Django rejected (wrong host, too many fields) may not have one."""
    return HttpResponse(render_to_string("400.html", _build_minimal_context()), status=400)


def address_too_long() -> HttpResponse:
    """Error page 414, for a query string over the limit."""
    return HttpResponse(render_to_string("400.html", _build_minimal_context()), status=414)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error page 403."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Error page 404. Never cached: at the address of an ad, the ad may arrive later."""
    response = render(request, "404.html", {"page_title": _("Vi finner ikke siden")}, status=404)
    response["Cache-Control"] = "private, no-store"
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """Error page 413, for a request body over the limit."""
    return HttpResponse(render_to_string("413.html", _build_minimal_context()), status=413)


def too_many_logins(request: HttpRequest, seconds: int) -> HttpResponse:
    """Error page 429 with the time to wait."""
    return _respond_try_later("429.html", 429, seconds, minutes=-(-seconds // 60))


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Error page 429 for other limits than that of wrong passwords, without an exact time to wait."""
    return _respond_try_later("429.html", 429, RATE_SECONDS)


def too_many_codes(request: HttpRequest) -> HttpResponse:
    """Error page 429 for login codes, with the ways in that are left."""
    return _respond_try_later("429.html", 429, RATE_SECONDS, limited="codes")


def too_many_files(request: HttpRequest) -> HttpResponse:
    """Error page 429 for files of hits."""
    return _respond_try_later("429.html", 429, RATE_SECONDS, limited="files")


def server_error(request: HttpRequest) -> HttpResponse:
    """Error page 500; 503 where the database is unreachable or busy."""
    # Django calls this handler while it handles the exception, so exc_info() has it.
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _respond_try_later("503.html", 503, RETRY_SECONDS)
    return HttpResponse(render_to_string("500.html", _build_minimal_context()), status=500)


def _respond_try_later(template: str, status: int, seconds: int, **context: object) -> HttpResponse:
    response = HttpResponse(render_to_string(template, _build_minimal_context() | context), status=status)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "private, no-store"
    return response


def _build_minimal_context() -> dict[str, object]:
    """The values that error pages need, without context processors, which need a complete request."""
    return {
        "site_name": settings.SITE_NAME,
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "source_url": SOURCE_URL,
        "distance": distance.EMPTY,  # the search form of the pages for errors of the request
    }
