"""Admin site: Django admin with our dashboard as its front page, and the URLs of the dashboard's buttons."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from jobsearch.core import logging as private_logs

from .jobs import views
from .jobs.kinds import list_actions
from .overview import dashboard
from .overview.menu import build_menu
from .overview.search_usage import load_search_usage

log = logging.getLogger(__name__)


class DashboardAdminSite(admin.AdminSite):
    """Django's admin site with the dashboard as its front page."""

    site_header = _("Utlyst kontrollrom")
    site_title = _("Kontrollrom")
    index_title = _("Oversikt")
    enable_nav_sidebar = True  # the block of the base template that holds our menu

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        menu = build_menu(
            context["available_apps"],
            request.path,
            can_view_overview=dashboard.can_view(request.user),
            can_start_jobs=bool(list_actions(request.user)),
        )
        return context | {"menu": menu}

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Ours come first, because Django admin's last pattern matches every URL.
        return [
            path("tilstand/", self.admin_view(require_safe(self.panels_view)), name="dashboard_panels"),
            path("siste-30-dager/", self.admin_view(require_safe(self.month_view)), name="month"),
            path("besokendes-sok/", self.admin_view(require_safe(self.search_usage_view)), name="search_usage"),
            *views.get_urls(self),
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
            except DisallowedModelAdminLookup:
                pass  # a filter that the list does not offer
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

    def month_view(self, request: HttpRequest) -> HttpResponse:
        """The lines of the last 30 days."""
        if not dashboard.can_view(request.user):
            raise PermissionDenied
        context = {**self.each_context(request), "title": gettext("Siste 30 dager"), "charts": dashboard.load_month()}
        return TemplateResponse(request, "admin/month.html", context)

    def search_usage_view(self, request: HttpRequest) -> HttpResponse:
        """What visitors look for, as daily counts."""
        if not dashboard.can_view(request.user):
            raise PermissionDenied
        context = {**self.each_context(request), "title": gettext("Hva besøkende søker etter"), "tables": load_search_usage()}
        return TemplateResponse(request, "admin/search_usage.html", context)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {"dashboard": dashboard.load_dashboard(request.user) if dashboard.can_view(request.user) else None}
