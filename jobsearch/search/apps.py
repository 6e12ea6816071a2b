"""Configuration of the app `search`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """App of the search. Registers its system check."""

    name = "jobsearch.search"
    verbose_name = _("Søk")

    def ready(self) -> None:
        from . import checks  # noqa: F401 - registers them
