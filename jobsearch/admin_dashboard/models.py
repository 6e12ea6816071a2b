"""Tables of the admin: samples of the site's state, and incidents; and a proxy model of failed logins."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LoginAttempt(AccessAttempt):  # type: ignore[misc]  # django-axes has no type hints
    """Failed logins of a name from an address, as the login throttle counts them."""

    class Meta:
        proxy = True
        verbose_name = _("mislykket innlogging")
        verbose_name_plural = _("mislykkede innlogginger")


class Sample(models.Model):
    """The site's state in a minute, an hour or a day, as numbers by name (`monitoring.samples` of this app).

    One row for all numbers: the lines of a day are one query of 1,440 rows, and a new number needs no migration.
    """

    class Period(models.TextChoices):
        MINUTE = "m", _("Minutt")
        HOUR = "h", _("Time")
        DAY = "d", _("Dag")

    period = models.CharField(max_length=1, choices=Period)
    moment = models.DateTimeField()
    """Beginning of the period."""
    values = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["period", "moment"], name="sample_once_a_period")]

    def __str__(self) -> str:
        return f"{self.period} {timezone.localtime(self.moment):%Y-%m-%d %H:%M}"


class Incident(models.Model):
    """A problem from its beginning to its end, with the alarms sent about it (`monitoring.incidents` of this app)."""

    code = models.CharField(_("problem"), max_length=40)
    severity = models.CharField(max_length=8)
    title = models.CharField(_("hva"), max_length=300)
    """In the site's language, as it was when the problem was last seen."""
    started = models.DateTimeField(_("begynte"))
    checks = models.PositiveIntegerField(default=1)
    """How often it was found. An alarm is sent from the second time on: a fault that lasts seconds needs no action."""
    last_seen = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(_("sluttet"), null=True, blank=True)
    is_alarm = models.BooleanField(default=False)
    announced = models.DateTimeField(null=True, blank=True)
    """When the alarm was sent; null where none was, or where it could not be sent."""
    end_announced = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """Failed attempts to send the present alarm."""

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["code"], condition=Q(ended__isnull=True), name="one_open_incident_a_code")]
        indexes = [models.Index(fields=["-started"], name="incident_newest")]

    def __str__(self) -> str:
        return f"{self.code} {timezone.localtime(self.started):%Y-%m-%d %H:%M}"
