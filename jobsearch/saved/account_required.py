"""Decorator of views that need an account, for forms and scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from .return_path import get_return_path


def wants_json(request: HttpRequest) -> bool:
    """Whether a script has sent the request: it accepts JSON and no page."""
    return request.accepts("application/json") and not request.accepts("text/html")


def get_user_id(request: HttpRequest) -> int:
    """The id of the user who is logged in, inside a view of `account_required`."""
    if request.user.pk is None:
        raise PermissionDenied
    return int(request.user.pk)


def account_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view for users who are logged in, kept in no cache.

    A script gets 401: it would take the login page, after a redirect, for a successful answer. A form is sent to the login, and
    from there to the page that it was on, because most views of forms have no page of their own.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if wants_json(request):
            return JsonResponse({}, status=401)
        is_read = request.method in {"GET", "HEAD"}
        return redirect_to_login(request.get_full_path() if is_read else get_return_path(request, reverse("bookmarks")))

    return never_cache(wrapped)
