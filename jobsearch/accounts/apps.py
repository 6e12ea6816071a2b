"""Configuration of the app `accounts`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """App of users' accounts. Writes the roles to the database after each migration."""

    name = "jobsearch.accounts"
    label = "accounts"
    verbose_name = _("Brukere")

    def ready(self) -> None:
        from . import (
            limits,
            roles,
            signals,  # noqa: F401 - connects the receivers
        )

        post_migrate.connect(roles.write_roles, sender=self, dispatch_uid="jobsearch.accounts.roles")
        limits.count_in_database()
