"""Middleware of accounts: records where a user is logged in, and sets the account's language in the browser."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from .sessions import record_session

log = logging.getLogger(__name__)


class SessionRecordMiddleware:
    """Records the session of each logged-in request; after the view, so that the login's own request is recorded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        try:
            record_session(request)
        except DatabaseError:  # busy, or read-only: no reason to refuse the page
            log.warning("A session could not be recorded: the database does not accept it.")
        if language := getattr(request, "account_language", None):
            set_language_cookie(response, language)
        return response


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Sets the cookie of the language, as Django's view `set_language` does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]  # a str in the settings
    )
