"""Configuration of the app `ingest`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IngestConfig(AppConfig):
    """App that follows NAV's feed."""

    name = "ingest"
    verbose_name = _("Strømmen fra NAV")
