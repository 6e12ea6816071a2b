"""Configuration of the app `statistics`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    """App of the counts of the market."""

    name = "jobsearch.statistics"
    verbose_name = _("Statistikk")
