"""Root URL configuration."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.i18n import set_language

from jobsearch.saved import bookmark_views
from jobsearch.web.forms import LoginForm
from jobsearch.web.views.password import PasswordChange

urlpatterns = [
    path("", include("jobsearch.web.urls")),
    path("lagrede-sok/", include("jobsearch.saved.urls")),
    path("lagret/", bookmark_views.show_bookmarks, name="bookmarks"),
    path("lagret/liste/", bookmark_views.list_bookmarks, name="bookmark_list"),
    path("lagret/", include("jobsearch.saved.bookmark_urls")),
    path("varsler/", include("jobsearch.saved.alert_urls")),
    path(
        "logg-inn/",
        auth_views.LoginView.as_view(
            template_name="web/login.html",
            authentication_form=LoginForm,
            redirect_authenticated_user=True,
            extra_context={"site_name": settings.SITE_NAME},  # Django's own here is the host's name
        ),
        name="login",
    ),
    path("passord/", PasswordChange.as_view(), name="password_change"),
    path("logg-ut/", auth_views.LogoutView.as_view(), name="logout"),
    path("sprak/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("demo/", include("jobsearch.demo.urls")),
]

handler400 = "jobsearch.web.views.errors.bad_request"
handler403 = "jobsearch.web.views.errors.forbidden"
handler404 = "jobsearch.web.views.errors.not_found"
handler500 = "jobsearch.web.views.errors.server_error"
