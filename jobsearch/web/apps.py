"""Configuration of the app `web`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """App of the public pages. Connects the receiver of logins."""

    name = "jobsearch.web"
    label = "web"
    verbose_name = _("Nettsidene")

    def ready(self) -> None:
        from .views import password  # noqa: F401 - connects the receiver of user_logged_in
