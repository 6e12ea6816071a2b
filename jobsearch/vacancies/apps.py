"""Configuration of the app `vacancies`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VacanciesConfig(AppConfig):
    """App of the job ads."""

    name = "jobsearch.vacancies"
    verbose_name = _("Stillinger")
