"""Configuration of the app `saved`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SavedConfig(AppConfig):
    """App of saved searches."""

    name = "jobsearch.saved"
    label = "saved"
    verbose_name = _("Lagrede søk")
