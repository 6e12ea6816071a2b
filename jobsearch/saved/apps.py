"""Configuration of the app `saved`."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from jobsearch.core.personal_data import register_part


class SavedConfig(AppConfig):
    """App of saved searches."""

    name = "jobsearch.saved"
    label = "saved"
    verbose_name = _("Lagrede søk")

    def ready(self) -> None:
        """Registers the parts of an account, and records logins as activity of the address."""
        from . import personal_data
        from .alerts import owner_alerts

        register_part("saved", personal_data.export_user, personal_data.delete_subscriptions)
        register_part("shared_searches", personal_data.export_shared_searches, personal_data.delete_invitations)
        user_logged_in.connect(owner_alerts.note_login, dispatch_uid="saved.note_login")
