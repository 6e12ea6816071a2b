"""Configuration of the app `saved`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from jobsearch.core.personal_data import register_part


class SavedConfig(AppConfig):
    """App of saved searches."""

    name = "jobsearch.saved"
    label = "saved"
    verbose_name = _("Lagrede søk")

    def ready(self) -> None:
        from . import personal_data

        register_part("saved_searches", personal_data.export_saved_searches)
        register_part("alerts", personal_data.export_alerts, personal_data.delete_alerts)
