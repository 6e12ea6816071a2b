"""Django admin with the control room as its front page, and the buttons' addresses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from ingest.models import Run
from jobsearch.control import overview, works
from jobsearch.web.attempts import CountedLogin


class CountedAdminLogin(CountedLogin, AdminAuthenticationForm):
    """Admin's own form, with guessing slowed down."""


class ControlSite(admin.AdminSite):
    site_header = _("Utlyst kontrollrom")
    site_title = _("Kontrollrom")
    index_title = _("Kontrollrom")
    login_form = CountedAdminLogin
    enable_nav_sidebar = False  # the front page is the way to everything, and lists need the width

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Ours come first: admin's own last pattern takes every address.
        return [
            path("tilstand/", self.admin_view(require_safe(self.state_view)), name="control_state"),
            path("start/<slug:key>/", self.admin_view(self.start_view), name="control_start"),
            path("kjoring/<int:pk>/fjern/", self.admin_view(require_POST(self.drop_view)), name="control_drop"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), **self._room(request)})

    def state_view(self, request: HttpRequest) -> HttpResponse:
        """The tiles alone: what the front page's script asks for again and again."""
        if not overview.may_see(request.user):
            raise PermissionDenied
        return TemplateResponse(request, "admin/control_room.html", self._room(request))

    def start_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """POST starts the work; a GET, and a POST that has not been confirmed where that is needed, asks first."""
        work = works.WORKS.get(key)
        if work is None:
            raise Http404
        if not works.may(request.user, work):
            raise PermissionDenied
        if request.method != "POST" or (work.asks and "confirmed" not in request.POST):
            context = {**self.each_context(request), "work": work, "title": work.label}
            return TemplateResponse(request, "admin/control_confirm.html", context)
        works.start_from(request, work)
        return HttpResponseRedirect(reverse("admin:index"))

    def drop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes a row out of sight that no worker came for, or whose process is gone. A late message does no harm."""
        if not request.user.has_perm("ingest.add_run"):
            raise PermissionDenied
        dropped = Run.objects.filter(pk=pk, state__in=[Run.State.QUEUED, Run.State.RUNNING]).first()
        if dropped is None or (dropped.state == Run.State.RUNNING and not works.is_silent(dropped)):
            told = say("Kjøringen er ferdig, eller i full gang.")
        else:
            dropped.finish(Run.State.STOPPED, error=f"removed: {request.user.get_username()}")
            told = say("«%(work)s» er fjernet.") % {"work": works.name_of(dropped)}
        messages.info(request, told)
        return HttpResponseRedirect(reverse("admin:index"))

    def _room(self, request: HttpRequest) -> dict[str, Any]:
        return {"room": overview.room(request.user)} if overview.may_see(request.user) else {"room": None}
