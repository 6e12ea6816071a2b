"""Proxy models of the admin: names for other apps' tables. No tables of its own."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.utils.translation import gettext_lazy as _


class LoginAttempt(AccessAttempt):  # type: ignore[misc]  # django-axes has no type hints
    """Failed logins of a name from an address, as the login throttle counts them."""

    class Meta:
        proxy = True
        verbose_name = _("mislykket innlogging")
        verbose_name_plural = _("mislykkede innlogginger")
