"""Configuration of the Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VacanciesConfig(AppConfig):
    """Configuration of the Django app."""

    name = "jobsearch.vacancies"
    verbose_name = _("Stillinger")
