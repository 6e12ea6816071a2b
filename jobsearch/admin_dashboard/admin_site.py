"""Django admin with the control room as its front page, and the buttons' addresses."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from ingest.models import Run
from jobsearch.core import logging as private_logs

from . import dashboard, jobs

log = logging.getLogger(__name__)


class ControlSite(admin.AdminSite):
    site_header = _("Utlyst kontrollrom")
    site_title = _("Kontrollrom")
    index_title = _("Kontrollrom")
    enable_nav_sidebar = False  # the front page is the way to everything, and lists need the width

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Ours come first: admin's own last pattern takes every address.
        return [
            path("tilstand/", self.admin_view(require_safe(self.state_view)), name="control_state"),
            path("start/<slug:key>/", self.admin_view(self.start_view), name="control_start"),
            path("kjoring/<int:pk>/fjern/", self.admin_view(require_POST(self.drop_view)), name="control_drop"),
            *super().get_urls(),
        ]

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        """Every page of the admin goes through here: an address that cannot be read leads to the page without its parameters.

        Django checks much of what stands in an address, but hands years, keys and texts on: year 0, a number of thirty digits, a
        range with one end or a date filled into a form raise errors of a dozen kinds, in queries and in widgets. An error that
        is the program's own is met again without the parameters, and is then answered as one.
        """

        @wraps(view)
        def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = view(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()  # the rows of a list are asked for while it is rendered
                return response
            except (Http404, PermissionDenied, SuspiciousOperation):
                raise
            except Exception as error:
                if request.method not in {"GET", "HEAD"} or set(request.GET) <= {"e"}:
                    raise
                log.warning("The parameters of an admin page could not be read.\n%s", private_logs.places(error))
            messages.warning(request, say("Adressen gir ikke mening, så vi viser siden uten filtre."))
            is_list = request.resolver_match and (request.resolver_match.url_name or "").endswith("_changelist")
            return HttpResponseRedirect(f"{request.path}?e=1" if is_list else request.path)

        return super().admin_view(read, cacheable)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), **self._room(request)})

    def state_view(self, request: HttpRequest) -> HttpResponse:
        """The tiles alone: what the front page's script asks for again and again."""
        if not dashboard.may_see(request.user):
            raise PermissionDenied
        return TemplateResponse(request, "admin/control_room.html", self._room(request))

    def start_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """POST starts the work; a GET, and a POST that has not been confirmed where that is needed, asks first."""
        work = jobs.WORKS.get(key)
        if work is None:
            raise Http404
        if not jobs.may(request.user, work):
            raise PermissionDenied
        if request.method != "POST" or (work.asks and "confirmed" not in request.POST):
            context = {**self.each_context(request), "work": work, "title": work.label}
            return TemplateResponse(request, "admin/control_confirm.html", context)
        jobs.start_from(request, work)
        return HttpResponseRedirect(reverse("admin:index"))

    def drop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes a row out of sight that no worker came for, or whose process is gone. A late message does no harm."""
        if not request.user.has_perm("ingest.add_run"):
            raise PermissionDenied
        dropped = Run.objects.filter(pk=pk, state__in=[Run.State.QUEUED, Run.State.RUNNING]).first()
        if dropped is None or (dropped.state == Run.State.RUNNING and not jobs.is_silent(dropped)):
            told = say("Kjøringen er ferdig, eller i full gang.")
        else:
            dropped.finish(Run.State.STOPPED, error=f"removed: {request.user.get_username()}")
            told = say("«%(work)s» er fjernet.") % {"work": jobs.name_of(dropped)}
        messages.info(request, told)
        return HttpResponseRedirect(reverse("admin:index"))

    def _room(self, request: HttpRequest) -> dict[str, Any]:
        return {"room": dashboard.room(request.user)} if dashboard.may_see(request.user) else {"room": None}
