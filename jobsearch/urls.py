"""Root URL configuration."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from jobsearch.admin_dashboard.monitoring.metrics import show_metrics
from jobsearch.saved.bookmarks import views as bookmark_views

urlpatterns = [
    path("", include("jobsearch.web.urls")),
    path("lagrede-sok/", include("jobsearch.saved.searches.urls")),
    path("lagret/", bookmark_views.show_bookmarks, name="bookmarks"),
    path("lagret/liste/", bookmark_views.list_bookmarks, name="bookmark_list"),
    path("lagret/", include("jobsearch.saved.bookmarks.urls")),
    path("varsler/", include("jobsearch.saved.alerts.urls")),
    path("", include("jobsearch.accounts.login_urls")),
    path("konto/", include("jobsearch.accounts.urls")),
    path("sprak/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("metrics", show_metrics, name="metrics"),
    path("demo/", include("jobsearch.demo.urls")),
]

handler400 = "jobsearch.web.views.errors.bad_request"
handler403 = "jobsearch.web.views.errors.forbidden"
handler404 = "jobsearch.web.views.errors.not_found"
handler429 = "jobsearch.web.views.errors.too_many_requests"  # Django has none; allauth's limits call it
handler500 = "jobsearch.web.views.errors.server_error"
