"""Views of the demo: the mails that it would have sent. They answer 404 outside the demo."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobsearch.core.private_pages import private_page

from .sent_mail import list_sent_mails


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Decorator of views that exist in the demo only: the mails contain links that need no login.

    A view gets the folder of the mails as its second argument.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        folder: str | None = getattr(settings, "EMAIL_FILE_PATH", None)
        if not settings.DEMO or not folder:
            raise Http404
        return view(request, Path(folder), *args, **kwargs)

    return wrapped


@private_page
@require_safe
@demo_only
def list_mails(request: HttpRequest, folder: Path) -> HttpResponse:
    """The sent mails, the newest first, each with its text."""
    return render(request, "demo/sent_mail.html", {"mails": list_sent_mails(folder)})


@private_page
@require_safe
@csp_update({"style-src": "'unsafe-inline'"})  # mail programs read no style sheets, so a mail's styles are in its elements
@demo_only
def show_html(request: HttpRequest, folder: Path, key: str) -> HttpResponse:
    """A mail as a mail program shows it."""
    for mail in list_sent_mails(folder):
        if mail.key == key and mail.html:
            return HttpResponse(mail.html)
    raise Http404
