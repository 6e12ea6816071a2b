"""Admin site: Django admin with our dashboard as its front page, and the URLs of the dashboard's buttons."""

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
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from jobsearch.core import jobs
from jobsearch.core import logging as private_logs

from . import dashboard
from .jobs import can_start, start_from

log = logging.getLogger(__name__)


class DashboardAdminSite(admin.AdminSite):
    """Django's admin site with the dashboard as its front page."""

    site_header = _("Utlyst kontrollrom")
    site_title = _("Kontrollrom")
    index_title = _("Kontrollrom")
    enable_nav_sidebar = False  # the front page links to every list, and lists need the width

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Ours come first, because Django admin's last pattern matches every URL.
        return [
            path("tilstand/", self.admin_view(require_safe(self.panels_view)), name="dashboard_panels"),
            path("start/<slug:key>/", self.admin_view(self.start_view), name="start_job"),
            path("kjoring/<int:pk>/fjern/", self.admin_view(require_POST(self.cancel_view)), name="cancel_job"),
            *super().get_urls(),
        ]

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        """Wraps every admin page: parameters that raise an exception lead to a redirect to the page without parameters.

        Django validates most parameters, but not years, keys and texts: year 0, a number of thirty digits, a range with one end
        or a date filled into a form raise a dozen kinds of exceptions, in queries and in widgets. A bug of our own raises
        again without the parameters, and is then answered with 500.
        """

        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = view(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()  # a list queries its rows while it is rendered
                return response
            except (Http404, PermissionDenied, SuspiciousOperation):
                raise
            except Exception as error:
                if request.method not in {"GET", "HEAD"} or set(request.GET) <= {"e"}:
                    raise
                log.warning("The parameters of an admin page could not be read.\n%s", private_logs.format_places(error))
            messages.warning(request, gettext("Adressen gir ikke mening, så vi viser siden uten filtre."))
            is_list = request.resolver_match and (request.resolver_match.url_name or "").endswith("_changelist")
            return HttpResponseRedirect(f"{request.path}?e=1" if is_list else request.path)

        return super().admin_view(wrapped, cacheable)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), **self._context(request)})

    def panels_view(self, request: HttpRequest) -> HttpResponse:
        """The dashboard alone, which the front page's script fetches every few seconds."""
        if not dashboard.can_view(request.user):
            raise PermissionDenied
        return TemplateResponse(request, "admin/dashboard.html", self._context(request))

    def start_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """POST starts a job. A GET, and a POST without a required confirmation, shows the confirmation page."""
        action = jobs.ACTIONS.get(key)
        if action is None:
            raise Http404
        if not can_start(request.user, action):
            raise PermissionDenied
        if request.method != "POST" or (action.confirm and "confirmed" not in request.POST):
            context = {**self.each_context(request), "action": action, "title": action.label}
            return TemplateResponse(request, "admin/confirm_job.html", context)
        start_from(request, key)
        return HttpResponseRedirect(reverse("admin:index"))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancels a job that no worker has claimed, or whose process is gone. A late message does no harm."""
        if not request.user.has_perm("ingest.add_run"):
            raise PermissionDenied
        cancelled = jobs.cancel(pk, request.user.get_username())
        message = gettext("Kjøringen er ferdig, eller i full gang.")
        if cancelled:
            message = gettext("«%(work)s» er fjernet.") % {"work": jobs.get_label(cancelled)}
        messages.info(request, message)
        return HttpResponseRedirect(reverse("admin:index"))

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {"dashboard": dashboard.load_dashboard(request.user) if dashboard.can_view(request.user) else None}
