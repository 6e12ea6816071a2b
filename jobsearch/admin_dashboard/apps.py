"""Configuration of the app `admin_dashboard`, and of Django admin with our site."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class AdminDashboardConfig(AppConfig):
    """App of the admin dashboard. Registers its system checks, the kinds of jobs, and its personal data."""

    name = "jobsearch.admin_dashboard"
    label = "control"  # the app's name in the database: migrations and permissions
    verbose_name = _("Kontrollrom")
    default = True

    def ready(self) -> None:
        from jobsearch.core.personal_data import register_part

        from . import (
            checks,  # noqa: F401 - registers the checks
            personal_data,
        )
        from .jobs import kinds  # noqa: F401 - registers the kinds of jobs

        register_part("requested_jobs", personal_data.export_requests, personal_data.remove_name)


class DashboardAdminConfig(admin.AdminConfig):
    """Configuration of Django admin with our dashboard as its front page."""

    default_site = "jobsearch.admin_dashboard.admin_site.DashboardAdminSite"
    default = False  # in INSTALLED_APPS, `jobsearch.admin_dashboard` means the config above
