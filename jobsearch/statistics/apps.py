"""Configuration of the Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    """Configuration of the Django app."""

    name = "jobsearch.statistics"
    verbose_name = _("Statistikk")
