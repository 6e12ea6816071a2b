"""Admin classes of alert mails and reminders. They show neither an address nor a search, which are private."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from jobsearch.saved.models import AlertMail, ReminderMail

from .base import ReadOnlyAdmin


@admin.register(AlertMail)
class AlertMailAdmin(ReadOnlyAdmin):
    """Alert mails. An administrator looks here for those that may or may not have been sent."""

    empty_text = _("Ingen e-post er sendt ennå.")
    list_display = ["id", "state", "created", "ads", "error"]
    fields = ["id", "state", "created", "ads", "error"]
    list_filter = ["state"]
    ordering = ["-created"]


@admin.register(ReminderMail)
class ReminderMailAdmin(ReadOnlyAdmin):
    """Reminders of deadlines, without their users and ads."""

    empty_text = _("Ingen påminnelse er sendt ennå.")
    list_display = ["id", "state", "created", "error"]
    fields = ["id", "state", "created", "error"]
    list_filter = ["state"]
    ordering = ["-created"]
