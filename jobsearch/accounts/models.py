"""Models of accounts: sessions of logged-in users, preferences, and counts of attempts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LoginSession(models.Model):
    """A session of a logged-in user, for the list on the account page. Neither network address nor full user agent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="login_sessions")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    device = models.CharField(_("enhet"), max_length=60, blank=True)
    """Browser and operating system, without versions: "Firefox, Windows"."""
    created = models.DateTimeField(_("logget inn"), default=timezone.now)
    last_seen = models.DateTimeField(_("sist i bruk"), default=timezone.now)

    class Meta:
        verbose_name = _("innlogging")
        verbose_name_plural = _("innlogginger")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class Preferences(models.Model):
    """What a user has chosen on the account page."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    language = models.CharField(_("språk"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("innstillinger")
        verbose_name_plural = _("innstillinger")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user_id)


class LimitCount(models.Model):
    """Counts of attempts: the table of the cache `limits`, with the columns that Django's `DatabaseCache` expects."""

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_limitcount"
        default_permissions = ()

    def __str__(self) -> str:
        return self.cache_key
