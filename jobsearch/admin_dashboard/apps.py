from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class ControlConfig(AppConfig):
    name = "jobsearch.admin_dashboard"
    label = "control"  # the name under which the database has its migrations and permissions
    verbose_name = _("Kontrollrom")
    default = True

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them


class ControlAdminConfig(admin.AdminConfig):
    """Django admin with the control room as its front page."""

    default_site = "jobsearch.admin_dashboard.admin_site.ControlSite"
    default = False  # of the two in this module, `jobsearch.admin_dashboard` alone means the app itself
